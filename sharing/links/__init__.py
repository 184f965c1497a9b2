"""Somebody without an account: the link that reaches them, the code that proves who they are, their visit."""
