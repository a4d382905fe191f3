"""Playing many games at once, and what is left of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from layerwise.applications.games import cartpole
from layerwise.random import generator
from layerwise.types import Array

Player = Callable[[Array], Array]
"""Sees the states (N, 4) of games that go on, and answers with an action for each, (N,)."""


@dataclass(frozen=True)
class Games:
    """Games that were played from their start, (N, ...); behind the end of a shorter one there are zeros.

    states: (N, T, 4), before each step. actions: (N, T). lengths: (N,), steps until the end, which are the return of a
    game: each step is worth 1. last: (N, 4), the state at the end. lost: (N,), whether that was the end, and not merely
    the last of the 500 steps.
    """

    states: Array
    actions: Array
    lengths: Array
    last: Array
    lost: Array

    @property
    def played(self) -> Array:
        """Which steps were played, (N, T)."""
        return np.arange(self.states.shape[1]) < self.lengths[:, None]

    def whole(self, game: int) -> Array:
        """Every state of one game, the last one too: (length + 1, 4)."""
        return np.concatenate([self.states[game, : self.lengths[game]], self.last[game : game + 1]])


def play(player: Player, first: Array, steps: int = cartpole.STEPS) -> Games:
    """Play each game from its first state (N, 4) until it is lost, or for so many steps.

    >>> games = play(lambda state: np.full(len(state), cartpole.RIGHT), np.zeros((2, 4)))
    >>> games.lengths, games.lost
    (array([9, 9]), array([ True,  True]))
    """
    n = len(first)
    states, actions = np.zeros((n, steps, 4)), np.zeros((n, steps), dtype=np.int64)
    lengths, here, on = np.zeros(n, dtype=np.int64), first.copy(), np.arange(n)
    for t in range(steps):
        action = player(here[on])
        states[on, t], actions[on, t] = here[on], action
        here[on] = cartpole.step(here[on], action)
        lengths[on] += 1
        on = on[~cartpole.lost(here[on])]
        if not len(on):
            break
    longest = int(lengths.max())
    return Games(states[:, :longest], actions[:, :longest], lengths, here, cartpole.lost(here))


def starts(games: int, seed: int, purpose: str, number: int = 0) -> Array:
    """First states (N, 4) at an address: games to learn from, to be judged by and to test with have different ones."""
    return cartpole.start(games, generator(seed, f"games {purpose}", step=number))
