"""The command line: `layerwise train digits` and its like. Parse, call, print; what is printed is found out below.

Nothing heavy is imported here, so that help appears at once.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from layerwise.cli.codes import INTERRUPTED, TERMINATED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code, which the shell gets. arguments: those of the process unless given."""
    try:
        from layerwise.cli.running import run

        code = run(arguments)
    except KeyboardInterrupt:  # while importing, before there is anything to tell
        code = INTERRUPTED
    if arguments is None and code in (INTERRUPTED, TERMINATED):
        # Where Ctrl-C hit an import, Python would end by the signal SIGINT in spite of the code returned here.
        os._exit(code)
    return code
