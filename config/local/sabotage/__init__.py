"""Broken variants of the product, and the tests that have to notice: `make sabotage`."""
