"""Convolution, one place of the output at a time, with every number: the window, the weights, the sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise import formulas
from layerwise.arrays import real_array, require_finite
from layerwise.checks import number, whole_number
from layerwise.errors import SettingError, ShapeError
from layerwise.plots import style
from layerwise.plots.panels import grid, words
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 12
"""Cells on a side that still have room for their numbers."""
_GAP = 1.6
"""Cells between the three arrays."""
_LINE, _LETTER = 0.62, 0.215
"""Of the sum below them: the height of a line and the width of a letter, in cells."""


@dataclass(frozen=True, eq=False)
class _Convolution:
    """x: (H, W), padded. W: (I, J). z: (H', W'). padding: cells of zeros on each side. stride: of the window."""

    x: Array
    W: Array
    z: Array
    bias: float
    stride: int
    padding: int

    def corner(self, step: int) -> tuple[int, int]:
        """The first row and column of the window, in the padded input."""
        row, column = divmod(step, self.z.shape[1])
        return row * self.stride, column * self.stride

    def window(self, step: int) -> Array:
        row, column = self.corner(step)
        return self.x[row : row + self.W.shape[0], column : column + self.W.shape[1]]


def convolution_step(
    x: Any, W: Any, step: int = 0, *, bias: float = 0.0, stride: int = 1, padding: int = 0, ax: Axes | None = None
) -> Axes:
    """Draw one step of a convolution: the window on the input, the kernel, the output so far, and the sum in numbers.

    x: (H, W) and W: (I, J), at most 12 cells on a side, padding included. step: which number of the output, from 0, row
    by row. bias, stride, padding: as of `lw.Conv2d`. As everywhere in deep learning the kernel is not turned over. The
    output is computed by the formula `conv2d`. ax: where to draw; unless given, a new figure. Returns the axes. Raises
    ShapeError and SettingError for what does not fit.

    >>> ax = convolution_step([[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[1, 0], [-1, 2]], step=1)
    >>> ax.get_title(loc="left")
    'Step 2 of 4: z[0, 1] = 7'
    """
    made = _convolution(x, W, bias, stride, padding)
    step = whole_number("step", step, minimum=0)
    if step >= made.z.size:
        raise SettingError(
            f"step must be one of the {made.z.size} numbers of the output, 0 to {made.z.size - 1}; got {step}"
        )
    width, height = _extent(made)
    ax = style.new_axes(0.42 * width + 0.4, 0.42 * height + 0.75) if ax is None else ax
    row, column = divmod(step, made.z.shape[1])
    style.dress(ax, f"Step {step + 1} of {made.z.size}: z[{row}, {column}] = {_plain(made.z[row, column])}", "", "")
    ax.set_facecolor(style.GROUND)
    ax.spines[:].set_visible(False)
    ax.xaxis.set_ticks([])
    ax.yaxis.set_ticks([])
    _arrays(ax, made, step)
    _sum(ax, made, step)
    ax.set_xlim(-0.2, width - 0.2)
    ax.set_ylim(height - 1.3, -1.3)
    ax.set_aspect("equal", anchor="W")
    return ax


def convolution_steps(
    x: Any, W: Any, steps: Sequence[int] | None = None, *, bias: float = 0.0, stride: int = 1, padding: int = 0
) -> list[Axes]:
    """Several steps of one convolution below each other, each as `convolution_step` draws it.

    steps: which ones; unless given, the first three and the last. Returns the panels; `panels[0].figure` is the figure.

    >>> panels = convolution_steps(np.eye(4), [[1, 0], [0, 1]], steps=[0, 8])
    >>> [ax.get_title(loc="left") for ax in panels]
    ['Step 1 of 9: z[0, 0] = 2', 'Step 9 of 9: z[2, 2] = 2']
    """
    made = _convolution(x, W, bias, stride, padding)
    last = made.z.size - 1
    chosen = sorted({0, min(1, last), min(2, last), last}) if steps is None else list(steps)
    if not chosen:
        raise SettingError("steps must name at least one number of the output: write steps=[0]")
    width, height = _extent(made)
    panels = grid(len(chosen), 1, 0.42 * width + 0.4, 0.42 * height + 0.75)
    how: dict[str, Any] = {"bias": bias, "stride": stride, "padding": padding}
    return [convolution_step(x, W, step, ax=ax, **how) for step, ax in zip(chosen, panels, strict=True)]


def _convolution(x: Any, W: Any, bias: float, stride: int, padding: int) -> _Convolution:
    x, W = real_array("x", x, np.float64), real_array("W", W, np.float64)
    for name, each in (("x", x), ("W", W)):
        if each.ndim != 2 or not each.size:
            raise ShapeError(f"{name} must be a matrix of numbers, got shape {each.shape}")
        require_finite(name, each)
    bias, stride = number("bias", bias), whole_number("stride", stride)
    padding = whole_number("padding", padding, minimum=0)
    padded = np.pad(x, padding)
    if max(padded.shape) > _MOST or max(W.shape) > _MOST:
        raise SettingError(
            f"numbers are readable up to {_MOST} cells on a side, got {padded.shape} with its padding, and {W.shape}: "
            "take a corner, x[:6, :6]"
        )
    if any(kernel > size for kernel, size in zip(W.shape, padded.shape, strict=True)):
        raise ShapeError(f"the kernel {W.shape} is larger than the padded input {padded.shape}")
    z, _ = formulas.conv2d(
        x[None, None], W[None, None], np.array([bias]), (stride, stride), (padding, padding), (1, 1), 1
    )
    return _Convolution(padded, W, z[0, 0], bias, stride, padding)


def _extent(made: _Convolution) -> tuple[float, float]:
    """Width and height of the picture, in cells: the sum stands below kernel and output, at the right of the input."""
    letters = max(len(line) for line in _terms(made, made.z.size - 1))
    beside = max(made.W.shape[1] + _GAP + made.z.shape[1], _LETTER * letters)
    height = _sum_top(made) + _LINE * (made.W.shape[0] + 1)
    return made.x.shape[1] + _GAP + beside + 0.4, max(made.x.shape[0], height) + 1.5


def _sum_top(made: _Convolution) -> float:
    return max(made.W.shape[0], made.z.shape[0]) + 0.8


def _arrays(ax: Axes, made: _Convolution, step: int) -> None:
    (rows, columns), (tall, wide) = made.x.shape, made.W.shape
    at_kernel, at_output = columns + _GAP, columns + wide + 2 * _GAP
    row, column = made.corner(step)
    padding = f", padded by {made.padding}" if made.padding else ""
    inner = np.zeros(made.x.shape, bool)
    inner[made.padding : rows - made.padding, made.padding : columns - made.padding] = True
    _cells(ax, made.x, 0, f"input x{padding}", faint=~inner)
    _cells(ax, made.W, at_kernel, "kernel W")
    _cells(ax, made.z, at_output, "output z", known=step + 1)
    _frame(ax, column, row, wide, tall)
    _frame(ax, at_kernel, 0, wide, tall)
    _frame(ax, at_output + step % made.z.shape[1], step // made.z.shape[1], 1, 1)
    middle = min(rows, tall) / 2
    for place, sign in ((columns + _GAP / 2, "⊙"), (at_kernel + wide + _GAP / 2, "=")):
        words(ax, place, middle, sign, ha="center", fontsize=style.TITLE + 2)


def _cells(ax: Axes, values: Array, left: float, name: str, known: int | None = None, faint: Any = None) -> None:
    """A matrix as squares with their numbers, the stronger the colour the farther from 0."""
    from matplotlib.patches import Rectangle

    words(ax, left, -0.55, name, color=style.INK_SOFT)
    full = float(np.abs(values).max()) or 1.0
    for place, ((row, column), value) in enumerate(np.ndenumerate(values)):
        shown = known is None or place < known
        colour = style.POSITIVE if value > 0 else style.NEGATIVE
        pale = faint is not None and bool(faint[row, column])
        paper = style.LIGHT.sunken if pale else style.SURFACE
        fill = style.mix(colour, paper, style.FIELD * abs(value) / full) if shown else style.GROUND
        ax.add_patch(
            Rectangle((left + column, row), 1, 1, facecolor=fill, edgecolor=style.LINE, linewidth=0.8, zorder=2)
        )
        if shown:
            size = style.TICK if len(f"{value:.3g}") <= 4 else 8.0
            words(
                ax, left + column + 0.5, row + 0.5, f"{value:.3g}".replace("-", "−"), ha="center", fontsize=size,
                color=style.INK_FAINT if pale else style.INK,
            )  # fmt: skip


def _frame(ax: Axes, left: float, top: float, width: int, height: int) -> None:
    """What is computed with now."""
    from matplotlib.patches import Rectangle

    ax.add_patch(
        Rectangle(
            (left, top), width, height, fill=False, edgecolor=style.ACCENT, linewidth=2.2, zorder=5, joinstyle="round"
        )
    )


def _sum(ax: Axes, made: _Convolution, step: int) -> None:
    for line, text in enumerate(_terms(made, step)):
        words(ax, made.x.shape[1] + _GAP, _sum_top(made) + _LINE * line, text)


def _terms(made: _Convolution, step: int) -> list[str]:
    """The sum, a line for every row of the kernel."""
    row, column = divmod(step, made.z.shape[1])
    products = zip(made.window(step), made.W, strict=True)
    told = [" + ".join(f"{_factor(a)}·{_factor(w)}" for a, w in zip(*pair, strict=True)) for pair in products]
    bias = f" + {_factor(made.bias)}" if made.bias else ""
    lines = [f"z[{row}, {column}] = {told[0]}", *(f"+ {each}" for each in told[1:])]
    return [*lines[:-1], lines[-1] + bias, f"= {_plain(made.z[row, column])}"]


def _plain(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _factor(value: float) -> str:
    text = f"{value:.3g}"
    return f"(−{text[1:]})" if text.startswith("-") else text
