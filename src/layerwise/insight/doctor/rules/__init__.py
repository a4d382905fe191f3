"""One rule per file; the file bears the code of its rule."""
