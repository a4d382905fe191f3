"""Cheap experiments on copies of a network."""
