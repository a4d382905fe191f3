"""Softmax at every temperature: from a sure winner to no opinion at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from layerwise import formulas
from layerwise.arrays import real_array, require_finite
from layerwise.errors import SettingError, ShapeError
from layerwise.plots import style
from layerwise.plots.lines import lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLDEST, _HOTTEST = 0.1, 10.0


def temperature(
    logits: Sequence[float] = (2.0, 1.0, 0.0), *, names: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw softmax(z / T) over the temperature T, a curve for each class.

    logits: z, (K,), two to six classes. names: of the classes. ax: where to draw; unless given, a new figure. Returns
    the axes. As T falls to 0 the largest logit gets everything; as T grows all classes come to 1 / K; T = 1 is
    softmax itself. Raises ShapeError and SettingError for other logits.

    >>> ax = temperature([2.0, 1.0, 0.0])
    >>> ax.get_title(loc="left")
    'Softmax of (2, 1, 0) by temperature: at T = 1 it is (0.665, 0.245, 0.090)'
    """
    from matplotlib.ticker import FuncFormatter

    z = real_array("logits", logits, np.float64)
    if z.ndim != 1 or not 2 <= len(z) <= len(style.CURVES):
        raise ShapeError(f"logits must be two to {len(style.CURVES)} numbers, got shape {z.shape}")
    require_finite("logits", z)
    names = [f"class {k + 1}: z = {each:g}" for k, each in enumerate(z)] if names is None else [str(n) for n in names]
    if len(set(names)) != len(z):
        raise SettingError(f"names must be {len(z)} different ones, got {names}")
    T = np.geomspace(_COLDEST, _HOTTEST, 201)
    p, _ = formulas.softmax(z / T[:, None])
    at_one, _ = formulas.softmax(z)
    ax = style.new_axes(6.4, 3.8) if ax is None else ax
    shown = ", ".join(f"{each:.3f}" for each in at_one)
    title = f"Softmax of ({', '.join(f'{each:g}' for each in z)}) by temperature: at T = 1 it is ({shown})"
    ax = lines(
        T, dict(zip(names, p.T, strict=True)), title=title, labels=("temperature T", "probability"), log="x", ax=ax
    )
    ax.axvline(1, color=style.LINE_STRONG, linewidth=0.9, linestyle=(0, (1.2, 1.6)), marker="none", zorder=2)
    ax.axhline(1 / len(z), color=style.LINE_STRONG, linewidth=0.9, linestyle=(0, (1.2, 1.6)), marker="none", zorder=2)
    ax.set_ylim(-0.03, 1.03)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    return ax
