"""Adam, and AdamW, whose weight decay stands apart: momentum, and a step of its own size for every parameter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerwise.checks import fraction, not_negative, several
from layerwise.errors import SettingError
from layerwise.optimizers.optimizer import OPTIMIZERS, Optimizer
from layerwise.types import Array


@OPTIMIZERS.register
class Adam(Optimizer):
    """m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  θ ← θ - η m̂ / (√v̂ + ε), with m̂ = m/(1 - β₁ᵗ), v̂ = v/(1 - β₂ᵗ).

    m and v are running means of the gradient and of its square. Both start at 0, which m̂ and v̂ correct, so that the
    first step has the length η for every parameter, however large its gradient.
    lr: η, 0.001 unless given. betas: (β₁, β₂). eps: ε, added outside the root, after the correction.
    weight_decay: λ, adds λθ to the gradient (not the decoupled decay of AdamW), 0 unless given.
    decay: "all" of theta, as in torch, or the "weights" only, which spares biases (see `Optimizer.step`).
    Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015.

    >>> import numpy as np
    >>> theta = np.array([1.0, 1.0])
    >>> Adam(lr=0.1).step(theta, np.array([0.001, 1000.0]))
    >>> theta.round(4)
    array([0.9, 0.9])
    """

    slots = ("m", "v")

    def __init__(
        self,
        lr: float = 1e-3,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        decay: str = "all",
    ) -> None:
        super().__init__(lr, weight_decay, decay)
        two = several(betas)
        if two is None or len(two) != 2:
            raise SettingError(f"betas are two numbers, such as (0.9, 0.999); got {betas!r}")
        self.betas = (fraction("beta1", two[0]), fraction("beta2", two[1]))
        self.eps = not_negative("eps", eps)

    def update(self, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
        m, v = self.state["m"], self.state["v"]
        beta1, beta2 = self.betas
        g = grad if decay is None else grad + decay * theta
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * (g * g)
        m_hat = m / (1 - beta1**self.t)
        v_hat = v / (1 - beta2**self.t)
        theta -= lr * m_hat / (np.sqrt(v_hat) + self.eps)


@OPTIMIZERS.register
class AdamW(Adam):
    """θ ← (1 - ηλ) θ, then a step of Adam on the gradient alone: weight decay that Adam does not rescale.

    Adam divides the gradient by its usual size, and a decay inside the gradient with it: weights with large gradients
    then hardly decay. Decoupled, all of them shrink by the same factor.
    weight_decay: λ, 0.01 unless given. All else is as in `Adam`.
    Source: Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019.

    >>> import numpy as np
    >>> theta = np.array([1.0, 1.0])
    >>> AdamW(lr=0.1, weight_decay=0.5).step(theta, np.array([0.0, 1000.0]))
    >>> theta.round(4)
    array([0.95, 0.85])
    """

    def __init__(
        self,
        lr: float = 1e-3,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        *,
        decay: str = "all",
    ) -> None:
        super().__init__(lr, betas, eps, weight_decay, decay=decay)

    def update(self, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
        if decay is not None:
            theta *= 1 - lr * decay
        super().update(theta, grad, lr, None)
