"""Who holds what of a concern, and how what nobody holds any more is destroyed."""
