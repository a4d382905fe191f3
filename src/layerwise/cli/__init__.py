"""The command line: `layerwise train digits` and its like. Parse, call, print; what is printed is found out below.

Nothing heavy is imported here, so that help appears at once.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code, which the shell gets. arguments: those of the process unless given."""
    try:
        from layerwise.cli.running import run

        return run(arguments)
    except KeyboardInterrupt:  # while importing, before there is anything to tell
        return 130
