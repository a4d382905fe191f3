"""What a gradient check has found: for each array its error and its verdict, and how much of it was looked at."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

from layerwise.display import Displayed
from layerwise.insight.patterns import Mismatch


@dataclass(frozen=True)
class ArrayCheck:
    """What the check of one array found."""

    name: str
    shape: tuple[int, ...]
    error: float
    """‖n - a‖ / (‖n‖ + ‖a‖), numeric and analytic; near 0 the largest difference, if that is below 1e-8."""
    ok: bool
    checked: int
    """How many elements were moved one by one."""
    kinks: int
    """At how many of them the function has a kink, where any slope between the two sides is right."""
    mismatch: Mismatch | None
    frozen: int = 0
    """How many elements learn nothing by design, such as the row of an embedding that stands for padding: their
    gradient is 0 whatever the slope, and they are left out."""

    along: int = 0
    """Along how many random directions, which move all elements at once, it was checked besides."""

    @property
    def verdict(self) -> str:
        """The result in a few words."""
        if self.mismatch is not None:
            return self.mismatch.kind
        if self.frozen:
            return f"right; {self.frozen} elements learn nothing, and are left out"
        kinks = f"{self.kinks} kink{'s' * (self.kinks > 1)} here, not a bug"
        if self.kinks:
            return f"right; {kinks}" if self.checked else f"between the slopes; {kinks}"
        return "right"


@dataclass(frozen=True)
class GradientReport(Displayed):
    """What a gradient check found; printed, it is a table and a sentence for each array that is wrong."""

    arrays: tuple[ArrayCheck, ...]
    tolerance: float
    notes: tuple[str, ...] = ()
    """What the reader has to know about this check: what was held still, and what could not be covered."""

    @property
    def ok(self) -> bool:
        """Whether every gradient is right."""
        return all(array.ok for array in self.arrays)

    @property
    def max_error(self) -> float:
        """The largest error of all arrays."""
        return max((array.error for array in self.arrays), default=0.0)

    @property
    def wrong(self) -> tuple[ArrayCheck, ...]:
        """The arrays whose gradients are wrong."""
        return tuple(array for array in self.arrays if not array.ok)

    def __str__(self) -> str:
        rows = [("array", "shape", "error", "verdict")]
        rows += [(each.name, str(each.shape), f"{each.error:.1e}", each.verdict) for each in self.arrays]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        table = [
            "  ".join((*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]))
            for row in rows
        ]
        count = f"{len(self.wrong)} of {len(self.arrays)} arrays wrong" if self.wrong else "all right"
        title = f"gradient check: {count} (tolerance {self.tolerance:.0e})"
        sentences = [f"{each.name} {each.mismatch.sentence}." for each in self.wrong if each.mismatch is not None]
        texts = [*sentences, self.coverage, *self.notes]
        return "\n".join([title, "", *table, *("\n" + textwrap.fill(each, 80) for each in texts)])

    @property
    def coverage(self) -> str:
        """Which numbers were moved, in a sentence: a check that looks at half the arrays finds half the mistakes."""
        alone = sum(each.checked + each.kinks for each in self.arrays)
        size = sum(math.prod(each.shape) - each.frozen for each in self.arrays)
        arrays = f"{len(self.arrays)} arrays" if len(self.arrays) > 1 else "the array"
        if alone == size:
            return f"Covered: {arrays}, all {size} numbers moved one by one."
        large = [each for each in self.arrays if each.along]
        if not large:  # what is wrong needs no second look
            return f"Covered: {arrays}, {alone} of {size} numbers moved one by one."
        return (
            f"Covered: {arrays}, {alone} of {size} numbers moved one by one, and every number of "
            f"{', '.join(each.name for each in large)} along {large[0].along} random directions."
        )
