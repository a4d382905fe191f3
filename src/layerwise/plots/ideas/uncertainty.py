"""Entropy and cross-entropy as curves: what is uncertain, and what a wrong belief costs on top."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from layerwise import formulas
from layerwise.checks import fraction
from layerwise.errors import SettingError
from layerwise.plots import style
from layerwise.plots.lines import lines
from layerwise.plots.panels import even_ticks
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DOTTED = (0, (1.2, 1.6))
_UNITS = {2.0: "bits", math.e: "nats"}


def entropy_curve(*, base: float = 2.0, ax: Axes | None = None) -> Axes:
    """Draw the entropy of a coin over the probability of one side: 0 where the outcome is known, most at 1/2.

    base: of the logarithm, 2 for bits, `math.e` for nats. ax: where to draw; unless given, a new figure. Returns the
    axes.

    >>> entropy_curve().get_title(loc="left")
    'Entropy of two outcomes: at most 1 bit, at p = 1/2'
    """
    p = np.linspace(0, 1, 401)
    H = _entropy(p, base)
    unit = _unit(base)
    title = f"Entropy of two outcomes: at most {_amount(H.max(), unit)}, at p = 1/2"
    ax = style.new_axes(6.0, 3.6) if ax is None else ax
    ax = lines(p, {"H(p)": H + 0.0}, title=title, labels=("probability p of one outcome", f"entropy H ({unit})"), ax=ax)
    even_ticks(ax)
    return ax


def cross_entropy_curve(p: float = 0.7, *, base: float = 2.0, ax: Axes | None = None) -> Axes:
    """Draw what it costs to believe in q while p is true: the cross-entropy over q, least at q = p, where it is H(p).

    p: the true probability of one of two outcomes, between 0 and 1. base: of the logarithm. The gap between curve and
    line is the divergence KL(p || q). ax: where to draw; unless given, a new figure. Returns the axes.

    >>> cross_entropy_curve(0.7).get_title(loc="left")
    'True is p = 0.7: the cross-entropy is least, 0.881 bits, at q = p'
    """
    if not 0 < fraction("p", p) < 1:
        raise SettingError(f"p must lie between 0 and 1, got {p!r}")
    q = np.linspace(0.005, 0.995, 397)
    pairs = np.stack([np.full_like(q, p), np.full_like(q, 1 - p)], axis=1), np.stack([q, 1 - q], axis=1)
    crossed, _ = formulas.cross_entropy_between(*pairs, base)
    extra, _ = formulas.kl_divergence(*pairs, base)
    least, unit = float(_entropy(np.array([p]), base)[0]), _unit(base)
    curves = {"cross-entropy H(p, q)": crossed, "KL(p || q), what the wrong belief adds": extra}
    title = f"True is p = {p:g}: the cross-entropy is least, {_amount(least, unit)}, at q = p"
    ax = style.new_axes(6.0, 3.8) if ax is None else ax
    ax = lines(q, curves, title=title, labels=("believed probability q", unit), ax=ax)
    ax.axhline(least, color=style.LINE_STRONG, linewidth=0.9, linestyle=_DOTTED, marker="none", zorder=2)
    ax.axvline(p, color=style.LINE_STRONG, linewidth=0.9, linestyle=_DOTTED, marker="none", zorder=2)
    ax.set_xlim(0, 1)
    ax.set_ylim(-0.15, 1.05 * float(max(crossed[20], crossed[-21])))
    even_ticks(ax)
    return ax


def _entropy(p: Array, base: float) -> Array:
    H, _ = formulas.entropy(np.stack([p, 1 - p], axis=-1), base)
    return np.asarray(H)


def _amount(value: float, unit: str) -> str:
    """A number with its unit, "1 bit" and "0.5 bits"."""
    shown = f"{value:.3g}"
    return f"{shown} {unit.removesuffix('s') if shown == '1' else unit}"


def _unit(base: float) -> str:
    return _UNITS.get(float(base), f"units of base {base:g}")
