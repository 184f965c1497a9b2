"""The pages of agencies and the people in them, and of the two floors below, which have none of their own."""
