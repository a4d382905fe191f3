"""What learns to play, and the loop that lets it: play, learn, and now and then be judged by games of its own kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

import layerwise as lw
from layerwise.applications.games import cartpole
from layerwise.applications.games.players import best_action
from layerwise.applications.games.playing import Games, play, starts

VALIDATION = 50
"""Games of each judgement, by which the best network is chosen."""


class Learner(Protocol):
    """A network that plays, and learns from what happens."""

    net: lw.Network
    steps: int
    """Steps that were played to learn from."""

    def round(self) -> None:
        """Play some steps, and learn from them."""


@dataclass
class Progress:
    """How a learner got on.

    steps: that it had played at each judgement. means: of the lengths of the games by which it was judged.
    interrupted: whether Ctrl-C ended it.
    """

    steps: list[int] = field(default_factory=list)
    means: list[float] = field(default_factory=list)
    interrupted: bool = False

    @property
    def best(self) -> int:
        """The place of the best judgement; of equal ones the last."""
        return len(self.means) - 1 - int(np.argmax(self.means[::-1]))

    @property
    def mastered(self) -> bool:
        """Whether two judgements in a row saw every game held to its end: there is nothing more to learn."""
        return self.means[-2:] == [cartpole.STEPS] * 2


Told = Callable[[Progress, Games], None]
"""Hears of each judgement, and is given the games that were played for it."""


def train(learner: Learner, *, steps: int, every: int, seed: int, told: Told) -> Progress:
    """Let it learn, judge it now and then, and give its network the weights of its best judgement.

    steps: that it may play; it ends sooner when the game is mastered. every: steps from one judgement to the next; the
    first is made before anything is learnt. seed: of the games to be judged by, which are new ones each time.
    Ctrl-C ends it at once, and the best weights so far are kept.
    """
    progress = Progress()
    best = learner.net.snapshot()
    try:
        while True:
            games = play(best_action(learner.net), starts(VALIDATION, seed, "to be judged by", len(progress.means)))
            progress.means.append(float(games.lengths.mean()))
            progress.steps.append(learner.steps)
            if progress.best == len(progress.means) - 1:
                best = learner.net.snapshot()
            told(progress, games)
            if progress.mastered or learner.steps >= steps:
                break
            goal = min(learner.steps + every, steps)
            while learner.steps < goal:
                learner.round()
    except KeyboardInterrupt:
        if not progress.means:  # there is nothing to keep
            raise
        progress.interrupted = True
    learner.net.restore(best)
    return progress
