"""Twins of optimizer updates: one pass over theta, its gradient and the state, where NumPy makes a dozen.

Each takes the place of the `update` method of an optimizer, and reads that optimizer's settings and state.
"""

from __future__ import annotations

import math
from typing import Any

from layerwise.compiled import kernels
from layerwise.compiled.choice import twin_of
from layerwise.types import Array


@twin_of("optimizers.gradient_descent", "GradientDescent.update")
def gradient_descent_update(optimizer: Any, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
    kernels.descend(theta, grad, lr)


@twin_of("optimizers.gradient_descent", "SGD.update")
def sgd_update(optimizer: Any, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
    g = grad if decay is None else grad + decay * theta
    mu = optimizer.momentum
    if not mu:
        kernels.descend(theta, g, lr)
        return
    rest = 1.0 if optimizer.t == 1 else 1 - optimizer.dampening
    kernels.roll(theta, g, optimizer.state["velocity"], lr, mu, rest, optimizer.nesterov)


@twin_of("optimizers.adam", "Adam.update")
def adam_update(optimizer: Any, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
    _adam(optimizer, theta, grad, lr, inside=decay, apart=None)


@twin_of("optimizers.adam", "AdamW.update")
def adamw_update(optimizer: Any, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
    _adam(optimizer, theta, grad, lr, inside=None, apart=decay)


def _adam(
    optimizer: Any, theta: Array, grad: Array, lr: float, inside: Array | float | None, apart: Array | float | None
) -> None:
    # η m̂ / (√v̂ + ε), with the corrections of m̂ and v̂ moved into two scalars: two divisions an element fewer.
    beta1, beta2 = optimizer.betas
    correction = math.sqrt(1 - beta2**optimizer.t)
    rate = lr * correction / (1 - beta1**optimizer.t)
    if apart is not None:
        theta *= 1 - lr * apart
    g = grad if inside is None else grad + inside * theta
    m, v = optimizer.state["m"], optimizer.state["v"]
    kernels.adam(theta, g, m, v, rate, beta1, beta2, optimizer.eps * correction)
