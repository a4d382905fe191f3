"""Figures of a comparison as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from layerwise.comparison.contest.scoring import Measure
from layerwise.wording import quantity


def seconds(value: float) -> str:
    """A time with its unit.

    >>> seconds(0.0123), seconds(2.345), seconds(0.00004)
    ('12 ms', '2.3 s', '0.04 ms')
    """
    if value >= 1:
        return f"{value:.1f} s"
    return f"{1000 * value:.0f} ms" if value >= 0.001 else f"{1000 * value:.2g} ms"


def spread(value: float, measure: Measure) -> str:
    """A spread in the digits of its score.

    >>> from layerwise.comparison.contest.scoring import measure_of
    >>> spread(0.0123, measure_of("classification", None)), spread(0.0123, measure_of("regression", None))
    ('1.2', '0.012')
    """
    if math.isnan(value):
        return "-"
    return f"{100 * value:.1f}" if "accuracy" in measure.name else f"{value:.2g}"


def size(gain: float, measure: Measure) -> str:
    """How large a difference is: points of a share, or the units of the score."""
    return f"{100 * gain:.2f} points" if "accuracy" in measure.name else quantity(gain)


def signed(gain: float, measure: Measure) -> str:
    """A difference of gains with its sign."""
    return f"{'+' if gain >= 0 else '-'}{size(abs(gain), measure)}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them.

    >>> listed(["tree"]), listed(["tree", "forest", "boosting"])
    ('tree', 'tree, forest and boosting')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def several(count: int, noun: str) -> str:
    """A count and its noun.

    >>> several(1, "tree"), several(5000, "update")
    ('1 tree', '5,000 updates')
    """
    return f"{count:,} {noun}{'s' * (count != 1)}"
