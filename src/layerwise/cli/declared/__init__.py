"""The commands and their options. Each imports what it needs when it is called, so that help comes at once."""
