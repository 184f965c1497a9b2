"""What the matrix by field does not reach: fill it in the scene or the story, and take it out here."""

# Fields that have no words in the scene, in the story or in what is done once.
EMPTY: frozenset[str] = frozenset()
