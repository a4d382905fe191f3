"""Curves over the epochs of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.checks import whole_number
from layerwise.errors import DataError, KindError, SettingError
from layerwise.plots import style
from layerwise.plots.scales import mark_logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOG_FROM = 100
"""From this ratio of the largest to the smallest loss, the axis of losses is logarithmic."""
_DOTS_UP_TO = 30
"""Up to this many epochs each has a dot of its own."""


def loss_curve(history: Mapping[str, Sequence[float]], ax: Axes | None = None, kept: int | None = None) -> Axes:
    """Training and validation loss by epoch; the epoch of least validation loss is marked.

    history: what `fit` returned, or any mapping with "train_loss" and, if there was validation data, "val_loss" and
    "val_accuracy", one number an epoch. The accuracy gets a smaller panel below. ax: where to draw; unless
    given, a new figure. The axis is logarithmic where losses span more than a factor of 100. kept: the epoch, from 1,
    whose weights the network has now; told and marked if given. Returns the axes of the losses; `ax.figure` holds the
    rest. Raises DataError for a history without epochs, SettingError for an epoch that it lacks.

    Training loss is the mean over the batches of an epoch, while the weights moved; validation loss comes after it.

    >>> ax = loss_curve({"train_loss": [0.9, 0.5, 0.3], "val_loss": [0.8, 0.6, 0.7]})
    >>> ax.get_title(loc="left")
    'Loss by epoch: validation is least, 0.6, after epoch 2'
    """
    train, validation, accuracy = (_record(history, name) for name in ("train_loss", "val_loss", "val_accuracy"))
    if train is None:
        raise DataError("the history has no 'train_loss', or no epochs: pass what fit returned after one epoch or more")
    for name, values in (("val_loss", validation), ("val_accuracy", accuracy)):
        if values is not None and len(values) != len(train):
            raise DataError(f"the history has {len(train)} numbers of train_loss and {len(values)} of {name}")
    if kept is not None and whole_number("kept", kept, minimum=1) > len(train):
        raise SettingError(f"kept is epoch {kept}, and the history has {len(train)}: name one of these")
    best = _least(validation)
    ax = style.new_axes(6.4, 4.4 if accuracy is not None else 3.6) if ax is None else ax
    panel = split_below(ax) if accuracy is not None else None
    style.dress(ax, _title(validation, best), "" if panel else "epoch", "loss")
    lines = [_line(ax, train, style.TRAINING, "training", (0, (4, 2)))]
    if validation is not None:
        lines.append(_line(ax, validation, style.VALIDATION, "validation"))
    _epochs(ax, len(train))
    _frame(ax, [train] if validation is None else [train, validation])
    if kept is not None:
        lines.append(_kept(ax, train if validation is None else validation, kept, ring=best == kept - 1))
    style.key(ax, lines)
    _mark(ax, validation, best)
    if panel is not None and accuracy is not None:
        _accuracy_panel(panel, ax, accuracy, best, len(train))
    return ax


def _record(history: Mapping[str, Sequence[float]], name: str) -> Any:
    """The numbers of one name as an array, or None if there are none."""
    if not isinstance(history, Mapping):
        raise KindError(f"history must be what fit returned, or a mapping of names to numbers; got {history!r:.60}")
    if name not in history or len(history[name]) == 0:
        return None
    return real_array(name, history[name], np.float64)


def _least(values: Any) -> int | None:
    """The place of the smallest finite number."""
    if values is None or not np.isfinite(values).any():
        return None
    return int(np.argmin(np.where(np.isfinite(values), values, np.inf)))


def _title(validation: Any, best: int | None) -> str:
    if best is None:
        return "Loss by epoch"
    return f"Loss by epoch: validation is least, {validation[best]:.3g}, after epoch {best + 1}"


def _line(ax: Axes, values: Any, colour: str, label: str, dashes: Any = "solid") -> Any:
    few = len(values) <= _DOTS_UP_TO
    (line,) = ax.plot(
        np.arange(1, len(values) + 1), values, color=colour, label=label, linestyle=dashes, linewidth=1.8,
        marker="o" if few else "none", markersize=3.2, markerfacecolor=colour, markeredgewidth=0,
        solid_capstyle="round", drawstyle="default", zorder=3, antialiased=True,
    )  # fmt: skip
    return line


def _frame(ax: Axes, records: list[Any]) -> None:
    """Limits with a little room, and a logarithm where a straight axis would hide the end."""
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    finite = np.concatenate([values[np.isfinite(values)] for values in records])
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    if low > 0 and high / low > _LOG_FROM:
        ax.set_yscale("log", nonpositive="mask")
        ax.set_ylim(low / 1.3, high * 1.3)
        mark_logarithmic(ax.yaxis, low, high)
        ax.set_ylabel("loss (logarithmic)")
    else:
        room = 0.06 * (high - low) or 0.1 * abs(high) or 0.1
        ax.set_ylim(max(low - room, 0.0) if low >= 0 else low - room, high + room)
        ax.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
        ax.yaxis.set_major_formatter(ScalarFormatter(useOffset=False, useMathText=False, useLocale=False))
    ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)


def _epochs(ax: Axes, epochs: int) -> None:
    """Whole epochs on the axis, from the first to the last."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, ScalarFormatter

    ticks = MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1).tick_values(1, epochs)
    ax.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if 1 <= tick <= epochs]))
    ax.xaxis.set_major_formatter(ScalarFormatter(useOffset=False, useMathText=False, useLocale=False))
    ax.set_xlim(1 - 0.03 * epochs, epochs + 0.03 * epochs)


def _mark(ax: Axes, values: Any, best: int | None) -> None:
    """A thin line at the best epoch, and a ring if the value is to be seen here."""
    if best is None:
        return
    ax.axvline(best + 1, color=style.ACCENT, linewidth=0.9, linestyle=(0, (1, 2)), marker="none", zorder=2)
    ax.plot(
        [best + 1], [values[best]], linestyle="none", marker="o", markersize=8, markerfacecolor=style.SURFACE,
        markeredgecolor=style.ACCENT, markeredgewidth=1.8, zorder=4, label="_best",
    )  # fmt: skip


def _kept(ax: Axes, values: Any, epoch: int, ring: bool) -> Any:
    """The mark of the epoch whose weights are kept: the ring of the least loss, if it is that one, else a diamond."""
    fill, edge = (style.SURFACE, style.ACCENT) if ring else (style.INK, style.INK)
    (mark,) = ax.plot(
        [epoch], [values[epoch - 1]], linestyle="none", marker="o" if ring else "D", markersize=8 if ring else 6,
        markerfacecolor=fill, markeredgecolor=edge, markeredgewidth=1.8 if ring else 0.0, zorder=5, clip_on=False,
        label=f"weights kept: epoch {epoch}", fillstyle="full",
    )  # fmt: skip
    return mark


def _accuracy_panel(panel: Axes, above: Axes, accuracy: Any, best: int | None, epochs: int) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    style.dress(panel, "", "epoch", "accuracy")
    _line(panel, accuracy, style.VALIDATION, "validation accuracy")
    _mark(panel, accuracy, best)
    finite = accuracy[np.isfinite(accuracy)]
    low = math.floor(10 * finite.min()) / 10 if finite.size else 0.0
    panel.set_ylim(low - 0.02, 1.02)
    _epochs(panel, epochs)
    panel.yaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 5, 10]))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.3g} %"))
    panel.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    above.tick_params(labelbottom=False)
    panel.figure.align_ylabels([above, panel])


def split_below(ax: Axes) -> Axes:
    """Give the lower third of the place of these axes to a new pair below."""
    figure = ax.figure
    place = ax.get_subplotspec()
    if place is not None:
        halves = place.subgridspec(2, 1, height_ratios=[2.6, 1], hspace=0.08)
        ax.set_subplotspec(halves[0])
        return figure.add_subplot(halves[1])
    box = ax.get_position()
    ax.set_position((box.x0, box.y0 + 0.36 * box.height, box.width, 0.64 * box.height))
    return figure.add_axes((box.x0, box.y0, box.width, 0.28 * box.height))
