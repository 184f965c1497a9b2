"""The chronology of a person and of a concern: what happened, in the order in which it happened."""
