"""Learning without names: what may be shown, how it is drawn, and how it leaves as a file."""
