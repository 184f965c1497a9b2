"""Answering a subject access request: the clock, what is held, what of it goes out, and the bundle."""
