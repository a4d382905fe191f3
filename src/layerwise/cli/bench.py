"""`layerwise bench`: the door to the benchmarks, which stand beside the sources and are not installed with them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import layerwise
from layerwise.errors import FileError, SettingError


def bench(
    workloads: Sequence[str],
    contenders: Sequence[str],
    vary: int | None,
    growth: bool,
    **settings: int | float | str | None,
) -> int:
    """Run the bench and print its tables. A peer that is not installed has a row that says how to get it.

    settings: rounds, seconds, seed and out; those that are None are at their defaults.
    """
    benchmarks = _benchmarks(Path(layerwise.__file__).resolve().parents[2])
    given: dict[str, Any] = {name: value for name, value in settings.items() if value is not None}
    if not growth:
        benchmarks.show(benchmarks.run_bench(workloads, contenders=contenders, vary=vary, **given))
        return 0
    if contenders or vary is not None:
        raise SettingError("--growth has its own sizes and contenders: leave out --contender and --vary")
    benchmarks.show_growth(benchmarks.run_growth(workloads, **given))
    return 0


def _benchmarks(root: Path) -> Any:
    """The package `benchmarks` of this repository, and of no other folder of that name."""
    if not (root / "benchmarks" / "workloads.py").is_file():
        raise FileError(
            "the benchmarks are not part of an installed Layerwise: clone the repository, install it there with  "
            "pip install -e '.[bench]', and type layerwise bench again"
        )
    sys.path.insert(0, str(root))
    try:
        return importlib.import_module("benchmarks")
    finally:
        sys.path.remove(str(root))
