"""Pictures of reading: how the bits fall, and where in a line they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from layerwise import plots
from layerwise.plots import style
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def learning(updates: Sequence[int], measured: Sequence[float], counted: float) -> Axes:
    """Bits per character on the validation part over updates, above what counted n-grams reach on it."""
    curves = {"this network": np.asarray(measured), "counted 5-grams": np.full(len(updates), counted)}
    return plots.lines(
        np.asarray(updates), curves, title="What the next character costs", labels=("updates", "bits per character")
    )


def line_of_bits(text: str, bits: Array) -> Axes:
    """A bar for each character: how much of a surprise it was."""
    ax = style.new_axes(7.2, 2.6)
    style.dress(ax, "How much of a surprise each character is", "", "bits")
    places = np.arange(len(text))
    ax.bar(places, bits, width=0.8, color=style.ACCENT, zorder=3)
    ax.set_xticks(places, [{" ": "␣", "\n": "⏎"}.get(letter, letter) for letter in text])
    ax.tick_params(axis="x", length=0)
    ax.margins(x=0.01)
    ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, alpha=0.7)
    return ax
