"""Initialisation through depth: whether a signal, or a gradient, still has its size after many layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from layerwise.checks import one_of, require_kind
from layerwise.errors import KindError, SettingError
from layerwise.insight.propagation import Propagation, median_of, through_stack
from layerwise.plots import style
from layerwise.plots.lines import lines
from layerwise.plots.scales import mark_logarithmic
from layerwise.wording import quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FARTHEST = 1e9
"""Ratios beyond this leave the picture: nothing, or too much, is left, and the others could not be told apart."""
_WAYS = {"forward": "size of the signal", "backward": "size of the gradient"}


def signal_through_depth(
    found: Mapping[str, Propagation | Sequence[Propagation]] | None = None,
    *,
    way: str = "forward",
    ax: Axes | None = None,
) -> Axes:
    """Draw the RMS of the signal, or of the gradient, layer by layer, for several initialisations.

    found: name to what `propagation` or `through_stack` returned, or to several of them, such as one a seed, of which
    the median is drawn; at most six. Unless given, three standard deviations and He's rule in 50 layers of 256 ReLU
    units. way: "forward", or "backward", where the gradient arrives at the right and travels to the left. ax: where to
    draw; unless given, a new figure. Returns the axes.

    >>> ax = signal_through_depth({"He": through_stack(depth=5, width=64)})
    >>> ax.get_title(loc="left")
    'Size of the signal through 5 layers'
    """
    way = one_of("way", way, _WAYS)
    found = usual_initialisations() if found is None else found
    if not isinstance(found, Mapping):
        raise KindError(f"found must be a table of names and of what through_stack returned, got {found!r:.60}")
    medians = {name: _median(name, each) for name, each in found.items()}
    depths = {len(each.addresses) for each in medians.values()}
    if len(depths) != 1:
        raise SettingError(
            f"one picture has one depth, got {sorted(depths)}: draw networks of several depths in several"
        )
    (depth,) = depths
    ax = style.new_axes(6.4, 3.8) if ax is None else ax
    curves = {}
    for name, each in medians.items():
        sizes, left = getattr(each, way), each.kept() if way == "forward" else each.returned
        curves[f"{name}: {quantity(float(f'{left:.2g}'))} left"] = sizes / sizes[0 if way == "forward" else -1]
    what = _WAYS[way]
    ax = lines(
        np.arange(depth + 1), curves, title=f"{what.capitalize()} through {depth} layers", log="y",
        labels=("behind layer (0: the input)", f"{what}, RMS,\nas a ratio to its start"), ax=ax,
    )  # fmt: skip
    ax.axhline(1, color=style.LINE_STRONG, linewidth=0.9, linestyle=(0, (1.2, 1.6)), marker="none", zorder=2)
    ax.set_ylim(max(ax.get_ylim()[0], 1 / _FARTHEST), min(ax.get_ylim()[1], _FARTHEST))
    mark_logarithmic(ax.yaxis, *ax.get_ylim())
    return ax


def usual_initialisations() -> dict[str, Propagation]:
    """A tenth below the right standard deviation, right, a tenth above, and one that looks harmless."""
    stds = {"σ = 0.01": 0.01, "σ = 0.08": 0.08, "He, σ = 0.0884": 2**0.5 / 16, "σ = 0.1": 0.1}
    return {name: through_stack({"name": "normal", "std": std}) for name, std in stds.items()}


def _median(name: str, found: Propagation | Sequence[Propagation]) -> Propagation:
    several = [found] if isinstance(found, Propagation) else list(found)
    for each in several:
        require_kind(f"found[{name!r}]", each, Propagation, "lw.insight.through_stack()")
    if not several:
        raise SettingError(f"found[{name!r}] is empty: give what through_stack returned")
    return median_of(several)
