"""Run one of the programs in this folder in a fresh process of one thread, which may fork."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import layerwise

HERE = Path(__file__).parent


def run(program: str, *arguments: object) -> str:
    """Its standard output; a failure of the program fails the test with its traceback."""
    source = Path(layerwise.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-W", "error", str(HERE / program), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(source), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
