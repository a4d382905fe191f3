"""What a layer's activity tells of the input and of the target: I(X; T) and I(T; Y), counted in bins.

The activity T of a layer is a vector of real numbers. To count it, each unit's axis is cut into bins, and all samples
whose activity falls into the same bins are in one cell. The answer belongs to the bins and to the number of samples as
much as to the network: with bins so fine that each sample has a cell of its own, I(X; T) is log2 N for every network
that keeps the samples apart. So the width of the bins is the caller's choice, and the bias comes with the estimate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.checks import positive
from layerwise.errors import SettingError, ShapeError
from layerwise.formulas.information import entropy, states
from layerwise.types import Array


@dataclass(frozen=True)
class LayerInformation:
    """Two estimates in bits, and what to think of them.

    They count what was seen, and so are biased. With well-filled cells the bias is known: an entropy comes out too low
    by (cells - 1) / (2 N ln 2) bits, I(T; Y) too high by (cells - 1)(values of Y - 1) / (2 N ln 2). With few samples
    in each cell both formulas fail, and the estimates go to their ceilings: log2 N, and the entropy of Y.
    Source: Miller, Note on the bias of information estimates (1955); Saxe et al., On the information bottleneck theory
    of deep learning, ICLR 2018, on what the bins do.
    """

    width: float
    """The width of the bins, in units of the activity."""
    samples: int
    cells: int
    """Different cells in which samples fell."""
    input_bits: float
    """I(X; T)."""
    input_bias: float
    """The expected error of I(X; T) if T is a function of X: its entropy is too low, so this is negative or 0."""
    target_bits: float
    """I(T; Y)."""
    target_bias: float
    """The expected error of I(T; Y) if T and Y are independent: positive or 0."""

    @property
    def ceiling(self) -> float:
        """log2 N: more bits than this can not be found in N samples, whatever the network."""
        return math.log2(self.samples)

    def __str__(self) -> str:
        lines = [
            f"I(X; T) = {self.input_bits:.3f} bits of at most log2 {self.samples:,} = {self.ceiling:.2f} "
            f"(bias about {self.input_bias:+.3f})",
            f"I(T; Y) = {self.target_bits:.3f} bits (bias about {self.target_bias:+.3f})",
            f"bins {self.width:g} wide: {self.samples:,} samples in {self.cells:,} cells",
        ]
        if self.cells > self.samples / 5:
            lines.append("too few samples in a cell: these numbers tell of the sample size, not of the network")
        return "\n".join(lines)


def layer_information(x: Any, t: Any, y: Any, *, width: float) -> LayerInformation:
    """Estimate I(X; T) and I(T; Y) of a layer from N samples, with bins [k width, (k + 1) width) on each unit's axis.

    x: (N, ...) inputs; equal ones count as one value of X. t: (N, ...) activity. y: (N,) labels, or any target with
    few different values. width: of the bins, above 0, in units of the activity (0.1 for tanh makes 20 bins).
    Both are sums of counted entropies, I(A; B) = H(A) + H(B) - H(A, B).
    Errors: `SettingError` and `KindError` for the width, `ShapeError` and `DataError` for the arrays.

    >>> x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> hidden = np.stack([x.any(axis=1), x.all(axis=1)], axis=1)  # OR and AND
    >>> print(layer_information(x, hidden, [0, 1, 1, 0], width=0.5))
    I(X; T) = 1.500 bits of at most log2 4 = 2.00 (bias about -0.361)
    I(T; Y) = 1.000 bits (bias about +0.361)
    bins 0.5 wide: 4 samples in 3 cells
    too few samples in a cell: these numbers tell of the sample size, not of the network
    """
    inputs, cells, targets = states("x", x), binned(t, width), states("y", y)
    if not len(inputs) == len(cells) == len(targets):
        raise ShapeError(f"x, t and y need one row a sample, got {len(inputs)}, {len(cells)} and {len(targets)}")
    n, filled, classes = len(cells), int(cells.max()) + 1, int(targets.max()) + 1
    per_cell = 1 / (2 * n * math.log(2))
    return LayerInformation(
        width=float(width),
        samples=n,
        cells=filled,
        input_bits=_information(inputs, cells),
        input_bias=-(filled - 1) * per_cell,
        target_bits=_information(cells, targets),
        target_bias=(filled - 1) * (classes - 1) * per_cell,
    )


def binned(t: Any, width: float) -> Array:
    """The cell (N,) of each sample: equal numbers where every unit of t (N, ...) lies in the same bin.

    >>> binned([[0.05, -0.01], [0.09, -0.02], [0.11, -0.01]], width=0.1)
    array([0, 0, 1])
    """
    width = positive("width", width)
    values = real_array("t", t, np.float64)
    if values.ndim == 0 or not values.size:
        raise ShapeError(f"t must have the activity of each sample in a row (N, units), got shape {values.shape}")
    require_finite("t", values)
    with np.errstate(over="ignore"):
        bins = np.floor(values / width)
    if np.abs(bins).max() >= 2**53:  # neighbouring bins are then one number
        raise SettingError(f"width {width:g} is too narrow for activity of up to {np.abs(values).max():g}")
    return states("t", bins.astype(np.int64))


def _information(a: Array, b: Array) -> float:
    """I(A; B) in bits of two arrays of states (N,)."""
    together = a * (int(b.max()) + 1) + b
    return max(0.0, _bits(a) + _bits(b) - _bits(together))


def _bits(values: Array) -> float:
    counts = np.unique(values, return_counts=True)[1]
    H, _ = entropy(counts / len(values), 2)
    return float(H)
