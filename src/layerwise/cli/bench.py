"""`layerwise bench`: how long a training step takes, here and elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from layerwise.bench import run_bench, show


def bench(
    workloads: Sequence[str],
    rounds: int,
    seconds: float,
    seed: int,
    contenders: Sequence[str],
    vary: int | None,
    out: str | None,
) -> int:
    """Run the bench and print its tables. A peer that is not installed has a row that says how to get it."""
    show(run_bench(workloads, rounds=rounds, seconds=seconds, out=out, seed=seed, contenders=contenders, vary=vary))
    return 0
