"""Twins of optimizer updates: one pass over theta, its gradient and the state, where NumPy makes a dozen.

Each takes the place of the `update` method of an optimizer, and reads that optimizer's settings and state.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from layerwise.compiled.choice import twin_of
from layerwise.compiled.kernel import kernel
from layerwise.types import Array


@twin_of("optimizers.gradient_descent", "GradientDescent.update")
def gradient_descent_update(optimizer: Any, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
    _descend(theta, grad, theta.dtype.type(lr))


@kernel
def _descend(theta: Array, g: Array, lr: Any) -> None:
    for i in range(len(theta)):
        theta[i] -= lr * g[i]


@twin_of("optimizers.gradient_descent", "SGD.update")
def sgd_update(optimizer: Any, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
    number = theta.dtype.type
    g = grad if decay is None else grad + decay * theta
    mu = optimizer.momentum
    if not mu:
        _descend(theta, g, number(lr))
        return
    rest = 1 if optimizer.t == 1 else 1 - optimizer.dampening
    _roll(theta, g, optimizer.state["velocity"], number(lr), number(mu), number(rest), optimizer.nesterov)


@kernel
def _roll(theta: Array, g: Array, v: Array, lr: Any, mu: Any, rest: Any, nesterov: bool) -> None:
    for i in range(len(theta)):
        v[i] = mu * v[i] + rest * g[i]
        theta[i] -= lr * (g[i] + mu * v[i] if nesterov else v[i])


@twin_of("optimizers.adam", "Adam.update")
def adam_update(optimizer: Any, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
    _adam(optimizer, theta, grad, lr, inside=decay, apart=None)


@twin_of("optimizers.adam", "AdamW.update")
def adamw_update(optimizer: Any, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
    _adam(optimizer, theta, grad, lr, inside=None, apart=decay)


def _adam(
    optimizer: Any, theta: Array, grad: Array, lr: float, inside: Array | float | None, apart: Array | float | None
) -> None:
    beta1, beta2 = optimizer.betas
    correction = math.sqrt(1 - beta2**optimizer.t)
    rate = lr * correction / (1 - beta1**optimizer.t)
    number = theta.dtype.type  # in the type of theta, or the loop would compute in float64
    if apart is not None:
        theta *= 1 - lr * apart
    _adam_step(
        theta,
        grad if inside is None else grad + inside * theta,
        optimizer.state["m"],
        optimizer.state["v"],
        number(rate),
        number(beta1),
        number(1 - beta1),
        number(beta2),
        number(1 - beta2),
        number(optimizer.eps * correction),
    )


@kernel
def _adam_step(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    rate: Any,
    beta1: Any,
    rest1: Any,
    beta2: Any,
    rest2: Any,
    floor: Any,
) -> None:
    for i in range(len(theta)):
        m[i] = beta1 * m[i] + rest1 * g[i]
        v[i] = beta2 * v[i] + rest2 * (g[i] * g[i])
        theta[i] -= rate * (m[i] / (np.sqrt(v[i]) + floor))
