"""Whether `lw.compare` says what is known to be right, on generated tables."""
