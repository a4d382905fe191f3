"""`layerwise bench`: how long a training step takes, here and elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layerwise.bench import run_bench, run_growth, show, show_growth
from layerwise.errors import SettingError


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
    given: dict[str, Any] = {name: value for name, value in settings.items() if value is not None}
    if not growth:
        show(run_bench(workloads, contenders=contenders, vary=vary, **given))
        return 0
    if contenders or vary is not None:
        raise SettingError("--growth has its own sizes and contenders: leave out --contender and --vary")
    show_growth(run_growth(workloads, **given))
    return 0
