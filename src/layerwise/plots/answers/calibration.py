"""How sure a network is, beside how often it is right, and with how many samples behind it: the reliability diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise import metrics
from layerwise.arrays import any_array, real_array
from layerwise.checks import whole_number
from layerwise.metrics.classes import in_bins
from layerwise.plots import style
from layerwise.plots.curves import split_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def calibration(probabilities: Any, labels: Any, *, bins: int = 10, ax: Axes | None = None) -> Axes:
    """Draw the share that is right over how sure the network was, with 95 % intervals, and below how many samples.

    probabilities: (N, K), rows that sum to 1, or (N, 1), the probability of a yes. labels: (N,). bins: of equal width.
    The intervals are Wilson's: a point with few samples may lie far from the diagonal by chance. The title has the
    expected calibration error of these bins. ax: where to draw the upper picture; unless given, a new figure. Returns
    the upper axes. Raises what `lw.metrics.calibration_error` raises.
    Source: Guo et al., On calibration of modern neural networks, ICML 2017.

    >>> p = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]])
    >>> calibration(p, np.array([0, 1, 0, 1])).get_title(loc="left")
    'Calibration error 40.0 %; on the whole as sure as right'
    """
    bins = whole_number("bins", bins)
    probabilities, labels = real_array("probabilities", probabilities), any_array("labels", labels)
    error = metrics.calibration_error(probabilities, labels, bins=bins)
    sure, right, place = in_bins(probabilities, labels, bins)
    counts = np.bincount(place, minlength=bins)
    known = np.flatnonzero(counts)
    mean_sure = np.bincount(place, sure, bins)[known] / counts[known]
    share = np.bincount(place, right, bins)[known] / counts[known]
    low, high = np.array(
        [metrics.wilson_interval(float(s), int(n)) for s, n in zip(share, counts[known], strict=True)]
    ).T

    ax = style.new_axes(5.6, 5.0) if ax is None else ax
    lower = split_below(ax)
    style.dress(ax, _title(error, float(sure.mean() - right.mean())), "", "share right")
    style.dress(lower, "", "how sure: probability of the answer", "samples")
    (ideal,) = ax.plot(
        [0, 1], [0, 1], color=style.LINE_STRONG, linewidth=1, linestyle=(0, (4, 2)), label="as sure as right"
    )
    points = ax.errorbar(
        mean_sure, share, yerr=np.abs([share - low, high - share]), color=style.ACCENT, marker="o", markersize=5,
        linewidth=1.6, elinewidth=1.2, capsize=2.5, zorder=3, label="this network, 95 % interval",
    )  # fmt: skip
    lower.bar(
        np.arange(bins) / bins, counts, 1 / bins, align="edge", edgecolor=style.SURFACE, linewidth=1,
        color=style.mix(style.ACCENT, style.SURFACE, 0.55),
    )  # fmt: skip
    ax.set(xlim=(_start(max(2, probabilities.shape[1]), bins), 1.02), ylim=(-0.02, 1.02))
    lower.set_xlim(*ax.get_xlim())
    _percents(ax, lower)
    ax.tick_params(labelbottom=False)
    style.key(ax, [points, ideal], handle_length=1.8)
    return ax


def _title(error: float, gap: float) -> str:
    words = f": {'more' if gap > 0 else 'less'} sure than right by {100 * abs(gap):.1f} %"
    if abs(gap) < 0.0005:
        words = "; on the whole as sure as right"
    return f"Calibration error {100 * error:.1f} %{words}"


def _start(classes: int, bins: int) -> float:
    """No answer is less sure than 1 / K: the bins below stay empty."""
    return max(0.0, np.floor(bins / classes) / bins - 0.02)


def _percents(ax: Axes, lower: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    percents = FuncFormatter(lambda value, _: f"{100 * value:.3g} %")
    ax.yaxis.set_major_formatter(percents)
    lower.xaxis.set_major_formatter(percents)
    lower.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    for each in (ax, lower):
        each.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
