"""Wiring: settings, addresses, background processes and what runs them locally. Nobody imports it."""
