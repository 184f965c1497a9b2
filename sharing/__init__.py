"""The product: the cycle Ask, Do, Share, Record, and the check-back that holds it."""
