"""Append-only events and the access log. The ground floor: it knows nobody's tables."""
