"""What was lived through, kept to be learnt from again: the memory of deep Q-learning."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from layerwise.types import Array, Generator


class Steps(NamedTuple):
    """Single steps of games, (N, ...): x and next_x (N, 4), as networks see them; action, reward and goes_on (N,)."""

    x: Array
    action: Array
    reward: Array
    next_x: Array
    goes_on: Array


class Replay:
    """The last steps, as many as there is room for; a batch is drawn by chance from all of them.

    Steps that follow one another are alike, and a network that learns from nothing else forgets what was before.
    Source: Lin, Self-improving reactive agents based on reinforcement learning, planning and teaching (1992).

    >>> replay = Replay(room=3)
    >>> for n in range(5):
    ...     x = np.full((1, 4), n, dtype=np.float32)
    ...     replay.add(Steps(x, np.array([0]), np.array([1.0]), x + 1, np.array([True])))
    >>> len(replay), sorted(replay.memory.x[:, 0].tolist())
    (3, [2.0, 3.0, 4.0])
    """

    def __init__(self, room: int) -> None:
        self.room, self.count = room, 0
        x = np.zeros((room, 4), dtype=np.float32)
        self.memory = Steps(
            x, np.zeros(room, np.int64), np.zeros(room, np.float32), x.copy(), np.zeros(room, dtype=bool)
        )

    def __len__(self) -> int:
        return min(self.count, self.room)

    def add(self, steps: Steps) -> None:
        """Remember these; the oldest are forgotten where there is no more room."""
        places = (self.count + np.arange(len(steps.action))) % self.room
        for kept, new in zip(self.memory, steps, strict=True):
            kept[places] = new
        self.count += len(places)

    def draw(self, count: int, rng: Generator) -> Steps:
        """So many steps, each by chance; a step may be drawn twice."""
        rows = rng.integers(len(self), size=count)
        return Steps(*(kept[rows] for kept in self.memory))
