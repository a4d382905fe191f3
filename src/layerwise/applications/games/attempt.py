"""One attempt at the game: a network of one seed learns it by one method, and is tested by games that it never saw."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import layerwise as lw
from layerwise.applications.games import cartpole
from layerwise.applications.games.drawing import Scene
from layerwise.applications.games.learner import Learner, Progress, train
from layerwise.applications.games.players import best_action
from layerwise.applications.games.playing import Games, play, starts
from layerwise.applications.games.policy import PolicyGradient
from layerwise.applications.games.q_learning import DeepQ
from layerwise.random import generator
from layerwise.types import Array

TEST = 100
"""Games of the test, fresh ones for every seed."""


@dataclass(frozen=True)
class Method:
    """A way to learn.

    name: in words. learner: makes one, as learner(seed=0). steps: that it may play. every: from judgement to judgement.
    """

    name: str
    learner: Callable[..., Learner]
    steps: int
    every: int

    def short(self) -> Method:
        """The same with much less play."""
        return Method(self.name, self.learner, self.steps // 10, self.every)


METHODS = (
    Method("policy gradient", PolicyGradient, 200_000, 2_500),
    Method("deep Q-learning", DeepQ, 120_000, 2_500),
)


@dataclass(frozen=True)
class Attempt:
    """What came of it.

    net: with its best weights. lengths: of the test games, (TEST,). scenes: the first game of each judgement, and at
    last that of the test. seconds: of learning, without those of who looks on.
    """

    method: str
    seed: int
    net: lw.Network
    progress: Progress
    lengths: Array
    scenes: tuple[Scene, ...]
    seconds: float

    @property
    def score(self) -> float:
        """The mean return: for how many steps the pole was held in the mean of the test games."""
        return float(self.lengths.mean())

    @property
    def solved(self) -> bool:
        """Whether that is what the game's authors ask for."""
        return self.score >= cartpole.SOLVED

    @property
    def needed(self) -> int:
        """Steps of play until the best network."""
        return self.progress.steps[self.progress.best]


def attempt(method: Method, seed: int, told: Callable[[Progress, Scene], None] = lambda *_: None) -> Attempt:
    """Learn. told: hears of each judgement, with one of its games to look at. Ctrl-C ends it with what is learnt."""
    begin, learner, scenes, looking = time.perf_counter(), method.learner(seed=seed), [], 0.0

    def judged(progress: Progress, games: Games) -> None:
        nonlocal looking
        scenes.append(scene(games, f"{method.name}: after {progress.steps[-1]:,} steps of play"))
        now = time.perf_counter()
        told(progress, scenes[-1])
        looking += time.perf_counter() - now

    progress = train(learner, steps=method.steps, every=method.every, seed=seed, told=judged)
    seconds = time.perf_counter() - begin - looking
    games = play(best_action(learner.net), test_starts(seed))
    last = scene(games, f"{method.name}: the best network, in a new game")
    return Attempt(method.name, seed, learner.net, progress, games.lengths, (*scenes, last), seconds)


def test_starts(seed: int) -> Array:
    """First states of the test games of a seed, (TEST, 4)."""
    return starts(TEST, seed, "test")


def hard_starts(seed: int) -> Array:
    """First states from which the pole is harder to save, from some not at all, (TEST, 4).

    Up to 1.2 m from the middle, 1 m/s, 6° and 1 rad/s, in any direction.
    """
    reach = np.array([cartpole.EDGE / 2, 1.0, cartpole.LEAN / 2, 1.0])
    return reach * generator(seed, "games with hard starts").uniform(-1, 1, size=(TEST, 4))


def scene(games: Games, title: str) -> Scene:
    """The first of some games, to look at."""
    return Scene(games.whole(0), title)
