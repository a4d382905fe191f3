"""The exit codes: these are all, and the documentation of the command line lists them."""

from __future__ import annotations

FINE = 0
MISTAKE = 1
"""Of the user, in data, files or settings: told in a sentence."""
USAGE = 2
"""The command line itself is wrong."""
DIVERGED = 3
SICK = 4
"""The doctor found something above a note."""
DEFECT = 70
"""An error in Layerwise."""
INTERRUPTED = 130
TERMINATED = 143
"""The codes by which a shell knows SIGINT and SIGTERM."""
