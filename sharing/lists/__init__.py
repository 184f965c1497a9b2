"""The lists of what waits: each person's own, and a lead's of their agency."""
