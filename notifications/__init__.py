"""The outbox: every message is a row, written in the transaction of the change that caused it."""
