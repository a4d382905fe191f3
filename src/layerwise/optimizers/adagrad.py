"""AdaGrad: the more a parameter has moved, the shorter its steps."""

from __future__ import annotations

import numpy as np

from layerwise.checks import not_negative
from layerwise.optimizers.optimizer import OPTIMIZERS, Optimizer
from layerwise.types import Array


@OPTIMIZERS.register
class Adagrad(Optimizer):
    """G ← G + g²;  θ ← θ - η g / (√G + ε): every parameter has a rate of its own, which only falls.

    Parameters that seldom see a gradient keep long steps, which suits rare words and sparse features. G never forgets,
    so that in long runs all steps end up short; RMSprop mends that.
    lr: η, 0.01 unless given. lr_decay: step t has the rate η / (1 + (t - 1) lr_decay), 0 unless given.
    weight_decay: λ, adds λθ to the gradient, 0 unless given. initial_accumulator_value: where G starts, 0 unless given.
    eps: ε, 1e-10 unless given, outside the root.
    decay: "all" of theta, as in torch, or the "weights" only, which spares biases (see `Optimizer.step`).
    Source: Duchi et al., Adaptive subgradient methods for online learning and stochastic optimization, JMLR 12 (2011).

    >>> theta, optimizer = np.array([0.0, 0.0]), Adagrad(lr=0.1)
    >>> for _ in range(2): optimizer.step(theta, np.array([0.001, 1000.0]))
    >>> theta.round(4)   # 0.1 + 0.1 / √2, whatever the size of the gradient
    array([-0.1707, -0.1707])
    """

    slots = ("G",)

    def __init__(
        self,
        lr: float = 0.01,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        decay: str = "all",
    ) -> None:
        super().__init__(lr, weight_decay, decay)
        self.lr_decay = not_negative("lr_decay", lr_decay)
        self.initial_accumulator_value = not_negative("initial_accumulator_value", initial_accumulator_value)
        self.eps = not_negative("eps", eps)

    def update(self, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
        g = grad if decay is None else grad + decay * theta
        G = self.state["G"]
        if self.t == 1:
            G += self.initial_accumulator_value
        G += g * g
        rate = lr / (1 + (self.t - 1) * self.lr_decay)
        theta -= rate * (g / (np.sqrt(G) + self.eps))
