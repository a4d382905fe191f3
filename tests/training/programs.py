"""Run one of the programs in this folder in a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import layerwise

HERE = Path(__file__).parent


def start(program: str, *arguments: object, **environment: str) -> subprocess.Popen[str]:
    """The process, with these variables in its environment."""
    source = Path(layerwise.__file__).parents[1]
    paths = os.pathsep.join([str(source), str(HERE.parents[1])])
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(HERE / program), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def output(process: subprocess.Popen[str]) -> str:
    """Its standard output, once it has ended well."""
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    return out
