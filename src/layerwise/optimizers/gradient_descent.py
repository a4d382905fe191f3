"""Gradient descent, and its two forms of momentum."""

from __future__ import annotations

from layerwise.checks import fraction, yes_or_no
from layerwise.errors import SettingError
from layerwise.optimizers.optimizer import OPTIMIZERS, Optimizer
from layerwise.types import Array


@OPTIMIZERS.register
class GradientDescent(Optimizer):
    """θ ← θ - η g, and nothing else. Source: Cauchy, Comptes rendus 25 (1847).

    >>> import numpy as np
    >>> theta = np.array([1.0, 2.0])
    >>> GradientDescent(lr=0.5).step(theta, np.array([1.0, -2.0]))
    >>> theta
    array([0.5, 3. ])
    """

    def __init__(self, lr: float = 0.01) -> None:
        super().__init__(lr)

    def update(self, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
        theta -= lr * grad


@OPTIMIZERS.register
class Momentum(Optimizer):
    """v ← γ v + η g;  θ ← θ - v: a heavy ball, with the rate inside the velocity.

    gamma: how much of the velocity is kept, 0.9 unless given. `SGD(momentum=γ)` keeps the rate outside; both make the
    same steps while η stays the same, and differ when it changes: here old gradients keep the rate they came with.
    Source: Polyak, Some methods of speeding up the convergence of iteration methods, 1964.

    >>> import numpy as np
    >>> theta, optimizer = np.array([1.0]), Momentum(lr=0.1, gamma=0.5)
    >>> for _ in range(2): optimizer.step(theta, np.array([1.0]))
    >>> theta   # 1 - 0.1 - (0.05 + 0.1)
    array([0.75])
    """

    slots = ("velocity",)

    def __init__(self, lr: float = 0.01, gamma: float = 0.9) -> None:
        super().__init__(lr)
        self.gamma = fraction("gamma", gamma)

    def update(self, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
        v = self.state["velocity"]
        v *= self.gamma
        v += lr * grad
        theta -= v


@OPTIMIZERS.register
class SGD(Optimizer):
    """torch's SGD: g ← g + λθ;  v ← μ v + (1 - τ) g;  θ ← θ - η v (with Nesterov: θ ← θ - η (g + μ v)).

    lr: η, 0.001 unless given. momentum: μ. dampening: τ, which the first step leaves out. weight_decay: λ.
    nesterov: look ahead; needs momentum and no dampening. Each is 0 or off unless given.
    decay: "all" of theta, as in torch, or the "weights" only, which spares biases (see `Optimizer.step`).
    Sources: Sutskever et al., On the importance of initialization and momentum, ICML 2013; torch.optim.SGD.

    >>> import numpy as np
    >>> theta, optimizer = np.array([1.0]), SGD(lr=0.1, momentum=0.5)
    >>> for _ in range(2): optimizer.step(theta, np.array([1.0]))
    >>> theta
    array([0.75])
    """

    slots = ("velocity",)

    def __init__(
        self,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        decay: str = "all",
    ) -> None:
        super().__init__(lr, weight_decay, decay)
        self.momentum = fraction("momentum", momentum)
        self.dampening = fraction("dampening", dampening, one_allowed=True)
        self.nesterov = yes_or_no("nesterov", nesterov)
        if nesterov and (momentum == 0 or dampening != 0):
            raise SettingError(f"nesterov needs momentum above 0 and dampening 0, got {momentum} and {dampening}")

    def update(self, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
        g = grad if decay is None else grad + decay * theta
        if self.momentum:
            v = self.state["velocity"]
            v *= self.momentum
            v += g if self.t == 1 else (1 - self.dampening) * g
            g = g + self.momentum * v if self.nesterov else v
        theta -= lr * g
