"""Experiments side by side: one call runs the same learning with one thing changed, over several seeds.

Each takes seconds and returns a `SideBySide`: the curves, the number that decides for every seed, and a verdict that
follows from the numbers. `layerwise.plots.side_by_side` draws it.
"""

from __future__ import annotations

from collections.abc import Callable

from layerwise.insight.side_by_side.activation import hidden_activations
from layerwise.insight.side_by_side.batch_size import batch_sizes
from layerwise.insight.side_by_side.collapse import linear_stack, one_matrix
from layerwise.insight.side_by_side.depth import depth_and_width
from layerwise.insight.side_by_side.learning_rate import learning_rates
from layerwise.insight.side_by_side.normalization import batch_normalization
from layerwise.insight.side_by_side.result import Arm, SideBySide
from layerwise.insight.side_by_side.schedule import schedules
from layerwise.insight.side_by_side.sparsity import l1_and_l2

EXPERIMENTS: dict[str, Callable[..., SideBySide]] = {
    each.__name__: each
    for each in (
        learning_rates,
        depth_and_width,
        l1_and_l2,
        batch_sizes,
        batch_normalization,
        schedules,
        hidden_activations,
        linear_stack,
    )
}
"""All of them by name. Each can be called without arguments."""

__all__ = [
    "EXPERIMENTS",
    "Arm",
    "SideBySide",
    "batch_normalization",
    "batch_sizes",
    "depth_and_width",
    "hidden_activations",
    "l1_and_l2",
    "learning_rates",
    "linear_stack",
    "one_matrix",
    "schedules",
]
