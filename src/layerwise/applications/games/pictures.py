"""Pictures of learning to play: how it went, who holds the pole how long, and what a network does where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

import layerwise as lw
from layerwise.applications.games import cartpole
from layerwise.applications.games.attempt import Attempt
from layerwise.applications.games.drawing import Scene
from layerwise.applications.games.players import BY_HAND, best_action
from layerwise.plots import style
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TOP = 1.06 * cartpole.STEPS


def learning(attempts: Sequence[Attempt]) -> Axes:
    """For each method, and in it for each seed, how long the pole was held, by how much was played before."""
    methods = list(dict.fromkeys(each.method for each in attempts))
    panels = style.new_panels(len(methods), 6.4 if len(methods) > 1 else 4.0, 3.1)
    for number, (ax, method) in enumerate(zip(panels, methods, strict=True)):
        style.dress(ax, titled(method), "thousands of steps played", "" if number else "steps held, mean of 50 games")
        ax.axhline(cartpole.SOLVED, color=style.INK_FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=2)
        seeds = [each for each in attempts if each.method == method]
        for one in seeds:
            x, y = np.array(one.progress.steps) / 1000, one.progress.means
            ax.plot(x, y, color=style.CLASSES[number], alpha=0.75, linewidth=1.3, zorder=3, solid_capstyle="round")
            ax.plot(
                x[one.progress.best], y[one.progress.best], "o", color=style.CLASSES[number], markersize=4.5, zorder=4
            )
        ax.set(ylim=(0, _TOP), xlim=(0, None))
        ax.grid(True, which="major", axis="y", color=style.LINE, linewidth=0.6, alpha=0.7)
    return panels[0]


def lengths(players: Mapping[str, Sequence[Array]], title: str) -> Axes:
    """For each player the games of a test, a dot each at how long the pole was held, and a line at their mean.

    players: name to the lengths, one array for each seed.
    """
    ax = style.new_axes(6.4, 0.75 + 0.52 * len(players))
    style.dress(ax, title, "steps held", "")
    ax.set(ylim=(len(players) - 0.4, -0.6), xlim=(0, _TOP))
    ax.set_yticks(range(len(players)), list(players))
    for row, each in enumerate(players.values()):
        every = np.concatenate(list(each))
        height = row + np.linspace(-0.22, 0.22, len(every))[np.argsort(np.arange(len(every)) * 0.618 % 1)]
        ax.plot(every, height, "o", color=style.CLASSES[row], markersize=2.4, alpha=0.35, markeredgewidth=0, zorder=3)
        ax.plot([every.mean()] * 2, [row - 0.34, row + 0.34], color=style.INK, linewidth=1.6, zorder=4)
    ax.grid(True, which="major", axis="x", color=style.LINE, linewidth=0.6, alpha=0.7)
    return ax


def actions(nets: Mapping[str, lw.Network]) -> Axes:
    """Where each network pushes right and where left, by how the pole leans and turns, beside the rule by hand.

    The cart stands in the middle of the track.
    """
    from matplotlib.patches import Patch

    panels = style.new_panels(len(nets), 6.4 if len(nets) > 1 else 4.0, 3.3)
    low, high = (style.mix(each, style.SURFACE, 0.3) for each in (style.NEGATIVE, style.POSITIVE))
    lean, turn = np.linspace(-12, 12, 121), np.linspace(-120, 120, 121)
    grid = np.zeros((121, 121, 4))
    grid[..., 2], grid[..., 3] = np.meshgrid(np.deg2rad(lean), np.deg2rad(turn))
    for number, (ax, (name, net)) in enumerate(zip(panels, nets.items(), strict=True)):
        style.dress(ax, titled(name), "pole leans (°)", "" if number else "pole turns (°/s)")
        right = best_action(net)(grid.reshape(-1, 4)).reshape(121, 121)
        ax.contourf(lean, turn, right, levels=[-0.5, 0.5, 1.5], colors=[low, high], zorder=1)
        ax.plot(lean, -lean * BY_HAND[2] / BY_HAND[3], color=style.INK, linewidth=1.6, linestyle=(0, (4, 2)), zorder=3)
        ax.set(ylim=(-120, 120), xlim=(-12, 12), xticks=[-10, -5, 0, 5, 10], yticks=[-100, -50, 0, 50, 100])
        style.key(ax, [Patch(color=high, label="pushes right"), Patch(color=low, label="pushes left")])
    return panels[0]


def titled(name: str) -> str:
    """A name as it begins a sentence."""
    return name[:1].upper() + name[1:]


def in_short(scenes: Sequence[Scene]) -> tuple[Scene, ...]:
    """Of the games of an attempt: the first, one halfway, and the last, that of the best network.

    Halfway is the game whose length is nearest to a third of the longest, so that there is something to see.
    """
    first, *between, last = scenes
    between = [each for each in between if len(first.states) < len(each.states) < cartpole.STEPS]
    halfway = min(between, key=lambda each: abs(len(each.states) - cartpole.STEPS / 3), default=None)
    return (first, last) if halfway is None else (first, halfway, last)
