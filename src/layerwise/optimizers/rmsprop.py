"""RMSprop: AdaGrad that forgets."""

from __future__ import annotations

import numpy as np

from layerwise.checks import fraction, not_negative, yes_or_no
from layerwise.optimizers.optimizer import OPTIMIZERS, Optimizer
from layerwise.types import Array


@OPTIMIZERS.register
class RMSprop(Optimizer):
    """v ← α v + (1 - α) g²;  θ ← θ - η g / (√v + ε): steps are measured by the usual size of the gradient of late.

    lr: η, 0.01 unless given. alpha: α, how much of v is kept, 0.99 unless given. eps: ε, 1e-8 unless given, outside the
    root. weight_decay: λ, adds λθ to the gradient, 0 unless given.
    momentum: μ, 0 unless given; with it, u ← μ u + g / (√v + ε) and θ ← θ - η u.
    centered: divide by the spread of the gradient, √(v - m²), with its running mean m ← α m + (1 - α) g; off unless
    given. Where a gradient never changes v - m² is 0, and below it by rounding: it is then taken as 0, where torch
    answers with NaN.
    decay: "all" of theta, as in torch, or the "weights" only, which spares biases (see `Optimizer.step`).
    Sources: Hinton, Neural networks for machine learning, lecture 6e (2012); Graves, Generating sequences with
    recurrent neural networks, arXiv 1308.0850 (2013), for momentum and centering.

    >>> theta = np.array([0.0, 0.0])
    >>> RMSprop(lr=0.1, alpha=0.75).step(theta, np.array([0.01, 1000.0]))
    >>> theta.round(4)   # v = g²/4, so the first step is twice the rate
    array([-0.2, -0.2])
    """

    def __init__(
        self,
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        decay: str = "all",
    ) -> None:
        super().__init__(lr, weight_decay, decay)
        self.alpha = fraction("alpha", alpha)
        self.eps = not_negative("eps", eps)
        self.momentum = fraction("momentum", momentum)
        self.centered = yes_or_no("centered", centered)
        self.slots = ("v", *(["m"] if self.centered else []), *(["u"] if self.momentum else []))

    def update(self, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
        g = grad if decay is None else grad + decay * theta
        v = self.state["v"]
        v *= self.alpha
        v += (1 - self.alpha) * (g * g)
        spread = v
        if self.centered:
            m = self.state["m"]
            m *= self.alpha
            m += (1 - self.alpha) * g
            spread = np.maximum(v - m * m, 0)
        direction = g / (np.sqrt(spread) + self.eps)
        if self.momentum:
            u = self.state["u"]
            u *= self.momentum
            u += direction
            direction = u
        theta -= lr * direction
