"""Pictures of forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from layerwise import plots
from layerwise.applications.forecasting.forecaster import rmse
from layerwise.data.series import Series
from layerwise.plots import style
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Rolled(Protocol):
    """A forecaster's name, what it said, and its errors, (moments, horizon) each."""

    @property
    def name(self) -> str: ...
    @property
    def said(self) -> Array: ...
    @property
    def each(self) -> Array: ...


def test_part(series: Series, said: Array, best: Rolled, band: Array) -> Axes:
    """What came, what the network and the best of the others said, and the interval of the network."""
    rows = len(said)
    times = series.times[-rows:]
    numbers = all(time.isdecimal() for time in times)
    x = np.array([int(time) for time in times]) if numbers else np.arange(len(series.times) - rows, len(series.times))
    curves = {"what came": series.values[-rows:], "this network": said, best.name: best.said[-rows:, 0]}
    title = f"{series.name.capitalize()}, forecast one {series.step} ahead"
    ax = plots.lines(x, curves, title=title, labels=(series.step if numbers else "row", series.name))
    _colour(ax, (style.INK, style.ACCENT, style.POSITIVE))
    finite = np.where(np.isfinite(band), band, np.nan)
    low = said - finite
    if series.values.min() >= 0:
        low = np.maximum(low, 0)
    ax.fill_between(x, low, said + finite, color=style.ACCENT, alpha=0.16, linewidth=0, zorder=1)
    return ax


def by_horizon(judged: Sequence[Rolled], skipped: int, step: str) -> Axes:
    """The RMSE of each over how far it looks ahead."""
    ahead = np.arange(1, judged[0].each.shape[1] + 1)
    curves = {each.name: np.array([rmse(column) for column in each.each[skipped:].T]) for each in judged}
    ax = plots.lines(ahead, curves, title="Error by how far ahead", labels=(f"{step}s ahead", "RMSE"))
    ax.set_xticks(ahead)
    ax.set_ylim(bottom=0)
    return ax


def _colour(ax: Any, colours: Sequence[str]) -> None:
    """Other colours than the usual, in the key as well."""
    handles = ax.get_lines()
    for line, colour in zip(handles, colours, strict=True):
        line.set_color(colour)
    style.key(ax, handles, handle_length=2.6)
