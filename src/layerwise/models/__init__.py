"""Known networks, each on one page: what they are made of, and why."""
