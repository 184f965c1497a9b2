"""How long records are kept: classes as rows, the day of review, legal holds and disposal by two people."""
