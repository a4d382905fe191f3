"""Who plays: chance, a rule written by hand, a rule of the learner's own, a network."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.applications.games import cartpole
from layerwise.applications.games.playing import Player
from layerwise.errors import SettingError
from layerwise.random import generator
from layerwise.types import Array

BY_HAND = (1.0, 2.0, 10.0, 5.0)
"""Weights of place, speed, lean and turning in the rule written by hand."""
_SIZES = np.array([2.4, 2.0, 0.2, 2.0], dtype=np.float32)
"""How large each number of a state may become, about."""


def by_chance(seed: int) -> Player:
    """Left or right, whatever the state is."""
    rng = generator(seed, "games by chance")
    return lambda state: rng.integers(2, size=len(state))


def by_rule(weights: Array | tuple[float, ...] = BY_HAND) -> Player:
    """Push right where w · (x, v, θ, ω) > 0, else left.

    Written by hand, the rule pushes the cart to where the pole falls, and so under it. The smaller weights of x and v
    push a cart that is on the right farther to the right, so that the pole leans to the middle and the cart follows it.
    """
    w = np.asarray(weights)
    return lambda state: np.where(state @ w > 0, cartpole.RIGHT, cartpole.LEFT)


def read_rule(text: str) -> tuple[float, ...]:
    """The weights of a learner's own rule: four numbers, apart by commas or spaces. Raises SettingError.

    >>> read_rule("0, 0, 1, 0.5")
    (0.0, 0.0, 1.0, 0.5)
    """
    words = text.replace(",", " ").split()
    try:
        weights = tuple(map(float, words))
    except ValueError:
        weights = ()
    if len(weights) != 4 or not np.isfinite(weights).all():
        raise SettingError(
            'a rule of your own is four numbers, weights of place, speed, lean and turning, such as "0,0,1,0.5"; '
            f"got {text!r}"
        )
    return weights


def in_words(weights: tuple[float, ...]) -> str:
    """A rule as people write it.

    >>> in_words((1.0, 0.0, 10.0, -0.5))
    'push right where place + 10 lean - 0.5 turning > 0'
    """
    terms = [(weight, name) for weight, name in zip(weights, cartpole.STATE, strict=True) if weight]
    words = [f"{'-' if weight < 0 else '+'} {_factor(abs(weight))}{name}" for weight, name in terms]
    total = " ".join(words).removeprefix("+ ") or "0"
    return f"push right where {total} > 0"


def _factor(size: float) -> str:
    return "" if size == 1 else f"{size:g} "


def seen(state: Array) -> Array:
    """A state as networks see it: float32, each number about from -1 to 1."""
    return state.astype(np.float32) / _SIZES


def best_action(net: lw.Network) -> Player:
    """The action of the highest output: the most probable one of a policy, the most valuable one of Q."""
    return lambda state: net(seen(state)).argmax(axis=1)
