"""`layerwise bench`: how long a training step takes, here and elsewhere."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

from layerwise.bench import run_bench, show
from layerwise.cli.output import note

_PEERS = {"torch": "PyTorch", "jax": "JAX"}


def bench(
    workloads: Sequence[str], rounds: int, seconds: float, seed: int, contenders: Sequence[str], out: str | None
) -> int:
    """Run the bench and print its tables. Peers that are not installed are named; the others are timed."""
    missing = [title for module, title in _PEERS.items() if importlib.util.find_spec(module) is None]
    if missing:
        note(f"layerwise: {' and '.join(missing)} can be compared with after  pip install -e '.[bench]'")
    show(run_bench(workloads, rounds=rounds, seconds=seconds, out=out, seed=seed, contenders=contenders))
    return 0
