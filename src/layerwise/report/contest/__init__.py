"""A comparison as a page of its own, with its pictures."""
