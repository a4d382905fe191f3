"""Deep Q-learning: a network says what each action will bring in the end, and the best one is taken.

Mnih et al., Human-level control through deep reinforcement learning, Nature 518 (2015), with the double estimate of van
Hasselt, Guez and Silver (2016).
"""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.applications.games import cartpole
from layerwise.applications.games.players import seen
from layerwise.applications.games.playing import starts
from layerwise.applications.games.replay import Replay, Steps
from layerwise.checks import fraction
from layerwise.formulas import double_q_target
from layerwise.optimizers.clipping import clip_by_norm
from layerwise.random import generator


class DeepQ:
    """Learns from single steps that it remembers, whoever's idea the action was.

    games: that go on side by side. hidden: units in each of two layers. lr: of Adam. discount: γ. batch: steps an
    update. room: steps that are remembered. warm_up: steps before the first update. copy_every: updates from one copy
    of the network, which judges, to the next. explore: from, to, and over how many steps the share of actions falls
    that are taken by chance (ε). updates: after each move. seed: of first weights, games and actions.

    >>> learner = DeepQ(warm_up=100, seed=0)
    >>> learner.round()
    >>> learner.steps, len(learner.replay)
    (256, 256)
    """

    name = "deep Q-learning"

    def __init__(
        self, *, games: int = 8, hidden: int = 64, lr: float = 0.001, discount: float = 0.99, batch: int = 64,
        room: int = 50_000, warm_up: int = 1000, copy_every: int = 200,
        explore: tuple[float, float, int] = (1.0, 0.05, 15_000), updates: int = 4, seed: int = 0,
    ) -> None:  # fmt: skip
        self.discount, self.batch, self.warm_up = fraction("discount", discount), batch, warm_up
        self.copy_every, self.explore, self.updates, self.seed = copy_every, explore, updates, seed
        self.net = lw.Network(
            lw.Linear(4, hidden), lw.ReLU(), lw.Linear(hidden, hidden), lw.ReLU(), lw.Linear(hidden, 2), seed=seed
        )
        self.judge = self.net.__copy__()
        self.optimizer, self.loss = lw.Adam(lr), lw.HuberLoss()
        self.replay = Replay(room)
        self.state = starts(games, seed, "to learn from")
        self.age = np.zeros(games, dtype=np.int64)
        self.moves = self.steps = self.made = 0

    @property
    def epsilon(self) -> float:
        """The share of actions that are taken by chance now."""
        first, last, over = self.explore
        return first + (last - first) * min(1.0, self.steps / over)

    def round(self) -> None:
        """Move 32 times in every game, with some updates after each."""
        for _ in range(32):
            self._move()
            if self.steps >= self.warm_up:
                for _ in range(self.updates):
                    self._update()

    def _move(self) -> None:
        rng = generator(self.seed, "games explored", step=self.moves)
        self.moves += 1
        n = len(self.state)
        x = seen(self.state)
        action = np.where(rng.random(n) < self.epsilon, rng.integers(2, size=n), self.net(x).argmax(axis=1))
        self.state = cartpole.step(self.state, action)
        self.age += 1
        self.steps += n
        fallen = cartpole.lost(self.state)
        reward = np.full(n, 1 - self.discount, np.float32)  # 1 in all for a pole held for ever
        self.replay.add(Steps(x, action, reward, seen(self.state), ~fallen))
        # A game that is cut off after 500 steps would have gone on: what followed still counts.
        over = fallen | (self.age >= cartpole.STEPS)
        if over.any():
            self.state[over] = cartpole.start(int(over.sum()), rng)
            self.age[over] = 0

    def _update(self) -> None:
        rng = generator(self.seed, "games remembered", step=self.made)
        steps = self.replay.draw(self.batch, rng)
        y, _ = double_q_target(
            steps.reward, steps.goes_on, self.discount, self.net(steps.next_x), self.judge(steps.next_x)
        )
        self.net.zero_grad()
        Q, backward = self.net.forward(steps.x, training=True, input_gradient=False)
        target = Q.copy()
        target[np.arange(len(y)), steps.action] = y  # only the action that was taken has anything to learn
        _, slope = self.loss(Q, target, denominator=len(y))
        backward(slope())
        clip_by_norm(self.net.grad, 10)
        self.optimizer.step(self.net.theta, self.net.grad)
        self.made += 1
        if self.made % self.copy_every == 0:
            self.judge.restore(self.net.snapshot())
