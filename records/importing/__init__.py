"""Entries of people's histories from a file: read line by line, looked at, then added."""
