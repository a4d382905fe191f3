"""Adam: a step of its own size for every parameter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from layerwise.checks import fraction, not_negative
from layerwise.errors import SettingError
from layerwise.optimizers.optimizer import OPTIMIZERS, Optimizer
from layerwise.types import Array


@OPTIMIZERS.register
class Adam(Optimizer):
    """m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  θ ← θ - η m̂ / (√v̂ + ε), with m̂ = m/(1 - β₁ᵗ), v̂ = v/(1 - β₂ᵗ).

    m and v are running means of the gradient and of its square. Both start at 0, which m̂ and v̂ correct, so that the
    first step has the length η for every parameter, however large its gradient.
    lr: η, 0.001 unless given. betas: (β₁, β₂). eps: ε, added outside the root, after the correction.
    weight_decay: λ, adds λθ to the gradient (not the decoupled decay of AdamW).
    Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015.

    >>> import numpy as np
    >>> theta = np.array([1.0, 1.0])
    >>> Adam(lr=0.1).step(theta, np.array([0.001, 1000.0]))
    >>> theta.round(4)
    array([0.9, 0.9])
    """

    slots: ClassVar[tuple[str, ...]] = ("m", "v")

    def __init__(
        self,
        lr: float = 1e-3,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(lr)
        if not isinstance(betas, Sequence) or len(betas) != 2:
            raise SettingError(f"betas are two numbers, such as (0.9, 0.999); got {betas!r}")
        self.betas = (fraction("beta1", betas[0]), fraction("beta2", betas[1]))
        self.eps = not_negative("eps", eps)
        self.weight_decay = not_negative("weight_decay", weight_decay)

    def update(self, theta: Array, grad: Array, lr: float) -> None:
        m, v = self.state["m"], self.state["v"]
        beta1, beta2 = self.betas
        g = grad + self.weight_decay * theta if self.weight_decay else grad
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * (g * g)
        # η m̂ / (√v̂ + ε), with the corrections of m̂ and v̂ moved into the two scalars: two passes over memory fewer.
        correction = math.sqrt(1 - beta2**self.t)
        rate = lr * correction / (1 - beta1**self.t)
        root = np.sqrt(v)
        root += self.eps * correction
        theta -= rate * (m / root)
