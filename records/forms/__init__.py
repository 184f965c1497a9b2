"""The questions that the pages of the record ask."""
