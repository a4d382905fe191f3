"""The cases, by what falls sick."""
