"""Tests that make up their own stories and moments."""
