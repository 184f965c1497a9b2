"""Backing the database up and restoring it.

One encrypted file (envelope), its key (keys), PostgreSQL's own programs (programs), what is in it and whether
it came back whole (manifest), and the two acts themselves (acts).
"""
