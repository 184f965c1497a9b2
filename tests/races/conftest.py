"""Tests that write from two connections at once."""
