"""The questions that the pages of this app ask."""
