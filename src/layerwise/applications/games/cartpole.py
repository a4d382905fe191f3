"""The game: a cart on a track, with a pole that stands on it. Push left or right, and keep the pole up.

The equations are those of Barto, Sutton and Anderson, Neuronlike adaptive elements that can solve difficult learning
control problems (1983), without friction, in steps of Euler's method; the limits and the start are those of CartPole-v1
in Gymnasium, whose numbers this game gives step by step. Many games are played at once, a row each.

A state is (x, v, θ, ω): where the cart is (m), how fast it moves (m/s), how far the pole leans to the right (rad), how
fast it turns (rad/s).
"""

from __future__ import annotations

import numpy as np

from layerwise.types import Array, Generator

GRAVITY, FORCE = 9.8, 10.0
"""m/s² and N."""
CART, POLE = 1.0, 0.1
"""Masses, kg."""
HALF = 0.5
"""Half the length of the pole, m: its centre of mass is so far from the cart."""
SECONDS = 0.02
"""Between two steps."""
EDGE, LEAN = 2.4, 12 * np.pi / 180
"""The game is lost where the cart is farther from the middle, m, or the pole leans more, rad."""
STEPS = 500
"""A game is over, and won, after so many steps: 10 s."""
SOLVED = 475
"""The game counts as solved by who holds the pole for so many steps in the mean of 100 games."""
LEFT, RIGHT = 0, 1
STATE = ("place", "speed", "lean", "turning")
"""The numbers of a state, as words."""


def start(games: int, rng: Generator) -> Array:
    """Fresh games, (N, 4): every number of the state between -0.05 and 0.05."""
    return rng.uniform(-0.05, 0.05, size=(games, 4))


def step(state: Array, action: Array) -> Array:
    """The state 0.02 s later, (N, 4). action: (N,), `LEFT` or `RIGHT`.

    >>> step(np.zeros((1, 4)), np.array([RIGHT])).round(3)   # the cart sets off, the pole stays behind
    array([[ 0.   ,  0.195,  0.   , -0.293]])
    """
    x, v, theta, omega = state.T
    force = np.where(action == RIGHT, FORCE, -FORCE)
    sine, cosine = np.sin(theta), np.cos(theta)
    push = (force + POLE * HALF * omega**2 * sine) / (CART + POLE)
    turning = (GRAVITY * sine - cosine * push) / (HALF * (4 / 3 - POLE * cosine**2 / (CART + POLE)))
    moving = push - POLE * HALF * turning * cosine / (CART + POLE)
    return np.stack([x, v, theta, omega], axis=1) + SECONDS * np.stack([v, moving, omega, turning], axis=1)


def lost(state: Array) -> Array:
    """Whether the cart is off the track or the pole has fallen, (N,).

    >>> lost(np.array([[2.5, 0, 0, 0], [0, 9, 0.2, 9], [0, 0, -0.21, 0]]))
    array([ True, False,  True])
    """
    return (np.abs(state[:, 0]) > EDGE) | (np.abs(state[:, 2]) > LEAN)
