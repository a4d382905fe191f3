"""How hard a loss pulls at a logit, from surely right to surely wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layerwise import formulas
from layerwise.checks import positive
from layerwise.plots import style
from layerwise.plots.lines import lines
from layerwise.plots.panels import even_ticks, words
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 401


def pull_of_losses(*, span: float = 8.0, ax: Axes | None = None) -> Axes:
    """Draw the size of the gradient at the logit of the true class, for cross-entropy and for squared error.

    One logit z with a sigmoid behind it, and the target 1: left of 0 the answer is wrong. span: z goes from -span to
    span. ax: where to draw; unless given, a new figure. Returns the axes. The worse the mistake, the harder
    cross-entropy pulls, up to 1; squared error lets go, since the slope of the sigmoid fades.

    >>> ax = pull_of_losses()
    >>> ax.get_title(loc="left")
    'Surely wrong, at z = -8: a pull of 1, and one of 0.00067'
    """
    z = np.linspace(-positive("span", span), span, _POINTS)
    crossed, squared = pulls(z)
    title = f"Surely wrong, at z = {-span:g}: a pull of {crossed[0]:.2g}, and one of {squared[0]:.2g}"
    ax = style.new_axes(6.6, 3.8) if ax is None else ax
    curves = {"cross-entropy": crossed, "squared error of the probability": squared}
    ax = lines(z, curves, title=title, labels=("logit z of the true class", "size of the gradient at z"), ax=ax)
    ax.axvline(0, color=style.LINE_STRONG, linewidth=0.9, linestyle=(0, (1.2, 1.6)), marker="none", zorder=2)
    ax.set_ylim(-0.03, 1.13)
    for place, text in ((-span / 2, "wrong"), (span / 2, "right")):
        words(ax, place, 1.08, text, ha="center", color=style.INK_SOFT)
    even_ticks(ax)
    return ax


def pulls(z: Array) -> tuple[Array, Array]:
    """The sizes of the gradients at (N,) logits whose target is 1: of cross-entropy, and of squared error behind σ."""
    column, y, weight = z[:, None], np.ones((len(z), 1)), np.ones((1, 1))
    _, crossed = formulas.binary_cross_entropy_with_logits(column, y, weight, 1.0)
    p, into_logit = formulas.sigmoid(column)
    _, squared = formulas.mean_squared_error(p, y, weight, 1.0)
    return np.abs(crossed(1.0))[:, 0], np.abs(into_logit(squared(1.0)))[:, 0]
