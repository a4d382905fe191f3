"""Policy gradient: a network says how probable each action should be, and what did better than expected is done more.

REINFORCE with a baseline: Williams (1992); Sutton and Barto, Reinforcement Learning (2018), 13.4.
"""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.applications.games import cartpole
from layerwise.applications.games.players import seen
from layerwise.applications.games.playing import Games, Player, play, starts
from layerwise.checks import fraction
from layerwise.formulas import discounted_return, policy_gradient, softmax
from layerwise.optimizers.clipping import clip_by_norm
from layerwise.random import generator
from layerwise.types import Array


class PolicyGradient:
    """Learns from whole games that it played by its own probabilities.

    A second network, the baseline, learns what a state usually brings. An action is judged by its advantage, the return
    it had above that: without a baseline every action of a long game would look good.

    games: that a round plays at once. hidden: units. lr, lr_baseline: learning rates of Adam. discount: γ. beta: of the
    entropy. seed: of first weights, games and actions.

    >>> learner = PolicyGradient(games=4, seed=0)
    >>> learner.round()
    >>> learner.steps > 4 * 8   # no game is lost sooner
    True
    """

    name = "policy gradient"

    def __init__(
        self, *, games: int = 16, hidden: int = 32, lr: float = 0.01, lr_baseline: float = 0.01,
        discount: float = 0.99, beta: float = 0.01, seed: int = 0,
    ) -> None:  # fmt: skip
        self.games, self.discount, self.beta, self.seed = games, fraction("discount", discount), beta, seed
        self.net = lw.Network(lw.Linear(4, hidden), lw.Tanh(), lw.Linear(hidden, 2), seed=seed)
        self.baseline = lw.Network(lw.Linear(4, hidden), lw.Tanh(), lw.Linear(hidden, 1), seed=seed + 1)
        self.optimizer, self.optimizer_baseline = lw.Adam(lr), lw.Adam(lr_baseline)
        self.rounds = self.steps = 0

    def round(self) -> None:
        """Play some games to their end, and make one update of each network."""
        games = play(self._drawn(), starts(self.games, self.seed, "to learn from", self.rounds))
        self.rounds += 1
        self.steps += int(games.lengths.sum())
        x, action = seen(games.states[games.played]), games.actions[games.played]  # (steps, 4), (steps,)
        G = self._returns(games)
        advantage = G - self.baseline(x)[:, 0]
        advantage /= advantage.std() + 1e-6  # so that the rate fits short games and long ones
        self._improve_baseline(x, G)
        self._improve_policy(x, action, advantage)

    def _drawn(self) -> Player:
        """Actions drawn by the probabilities of the policy."""
        rng = generator(self.seed, "games drawn actions", step=self.rounds)

        def player(state: Array) -> Array:
            p, _ = softmax(self.net(seen(state)))
            return (rng.random(len(p)) < p[:, cartpole.RIGHT]).astype(np.int64)

        return player

    def _returns(self, games: Games) -> Array:
        """The return of every step that was played, (steps,)."""
        reward = ((1 - self.discount) * games.played).astype(np.float32)  # 1 in all for a pole held for ever
        # A game that was cut off would have gone on; it is as long as the longest, and the others end in zeros.
        after = np.where(games.lost, 0, self.baseline(seen(games.last))[:, 0])
        G, _ = discounted_return(reward, after, self.discount)
        return G[games.played]

    def _improve_baseline(self, x: Array, G: Array) -> None:
        self.baseline.zero_grad()
        self.baseline.backpropagate(x, G[:, None], lw.MSELoss())
        self.optimizer_baseline.step(self.baseline.theta, self.baseline.grad)

    def _improve_policy(self, x: Array, action: Array, advantage: Array) -> None:
        self.net.zero_grad()
        z, backward = self.net.forward(x, training=True, input_gradient=False)
        _, slope = policy_gradient(z, action, advantage, self.beta, len(x))
        backward(slope(1.0))
        clip_by_norm(self.net.grad, 0.5)
        self.optimizer.step(self.net.theta, self.net.grad)
