"""Learning-rate schedules as curves over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from layerwise.checks import positive, require_kind, whole_number
from layerwise.errors import KindError, SettingError
from layerwise.plots import style
from layerwise.plots.lines import lines
from layerwise.plots.panels import even_ticks
from layerwise.schedules import (
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    OneCycleLR,
    Schedule,
    SequentialLR,
    StepLR,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def schedules(
    chosen: Mapping[str, Schedule] | None = None,
    *,
    lr: float = 0.1,
    time: int = 100,
    log: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the learning rate of each schedule from time 0 to `time` - 1.

    chosen: schedules by the name in the key; all count the same, epochs or steps; at most six. Unless given, five that
    are in common use, over as many epochs. lr: the rate that the optimizer was made with. time: how many epochs, or
    steps. log: "y" for a logarithmic axis of rates. ax: where to draw; unless given, a new figure. Returns the axes.
    Raises SettingError and KindError for what is no such table.

    >>> import layerwise as lw
    >>> ax = schedules({"halve every 10": lw.StepLR(10, gamma=0.5)}, lr=0.8, time=30)
    >>> ax.lines[0].get_ydata()[[0, 10, 20]].round(3).tolist(), ax.get_xlabel()
    ([0.8, 0.4, 0.2], 'epoch, from 0')
    """
    lr, time = positive("lr", lr), whole_number("time", time, minimum=2)
    chosen = usual_schedules(lr, time) if chosen is None else chosen
    if not isinstance(chosen, Mapping):
        raise KindError(f"chosen must be a table of names and schedules, got {chosen!r:.60}")
    for name, schedule in chosen.items():
        require_kind(f"schedule {name!r}", schedule, Schedule, "lw.StepLR(10)")
    units = {schedule.per for schedule in chosen.values()}
    if len(units) > 1:
        raise SettingError("one picture has one time: these schedules count epochs and steps; draw them in two")
    t = np.arange(time)
    rates = {name: [schedule(lr, int(each)) for each in t] for name, schedule in chosen.items()}
    ax = style.new_axes(6.4, 3.8) if ax is None else ax
    title = f"Rate over time, from lr = {lr:g}"
    ax = lines(t, rates, title=title, labels=(f"{units.pop()}, from 0", "learning rate"), log=log, ax=ax)
    for line, schedule in zip(ax.lines, chosen.values(), strict=True):
        if isinstance(schedule, StepLR):
            line.set_drawstyle("steps-post")  # the rate jumps, and never has a value between
    if not log:
        even_ticks(ax, across=8)
        ax.set_ylim(bottom=0)
    return ax


def usual_schedules(lr: float, time: int) -> dict[str, Schedule]:
    """Five in common use, each over this many epochs."""
    warm = max(1, time // 10)
    return {
        "step": StepLR(max(1, time // 3)),
        "exponential": ExponentialLR(0.01 ** (1 / time)),
        "cosine": CosineAnnealingLR(T_max=time),
        "warm-up, then cosine": SequentialLR(
            [LinearLR(0.1, total_iters=warm), CosineAnnealingLR(T_max=max(1, time - warm))], milestones=[warm]
        ),
        "one cycle": OneCycleLR(lr, total_steps=time, per="epoch"),
    }
