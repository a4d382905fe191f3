"""The command line as a program of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "layerwise.cli"]
WITH_SMALL_FILES = [sys.executable, str(Path(__file__).parent / "small_files.py")]
_UNSET = ("NO_COLOR", "LANG", "LC_ALL", "PYTHONIOENCODING", "LAYERWISE_DEBUG")


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of the tests, without what decides how text is shown."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    paths = [path for path in sys.path if path]  # the package, also where it is not installed
    # One thread: the threads of several programs at once would wait for each other.
    fixed = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "0", "OPENBLAS_NUM_THREADS": "1"}
    return {**kept, **fixed, **(changes or {})}


def started(
    *arguments: str,
    folder: Path,
    changes: Mapping[str, str] | None = None,
    command: Sequence[str] = COMMAND,
    **options: Any,
) -> Any:
    """A process that has begun; its standard output and error can be read."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([*command, *arguments], cwd=folder, env=environment(changes), **pipes)


def finished(*arguments: str, folder: Path, changes: Mapping[str, str] | None = None, **options: Any) -> Any:
    """A process that has ended: `.returncode`, `.stdout` and `.stderr` (bytes)."""
    process = started(*arguments, folder=folder, changes=changes, **options)
    out, error = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, error)
