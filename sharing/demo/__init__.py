"""The demo: invented people, and concerns at every stage, made through the product's own operations."""
