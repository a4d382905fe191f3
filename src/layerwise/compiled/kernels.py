"""The compiled loops behind the affine map, activations, losses and optimizers, and those of a small dense network.

The pieces of the affine map and of the activations serve the twins and the fused chain alike, which therefore have the
same bits.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from layerwise.compiled.codes import RELU, SIGMOID, SQUARED_ERROR, TANH
from layerwise.compiled.compiling import kernel
from layerwise.types import Array


@kernel
def affine(x: Array, W: Array, b: Array, z: Array) -> None:
    """z = x Wᵀ + b. x: (N, D), W: (K, D), b: (K,), z: (N, K).

    Each z is summed over d in order; between two additions to it lie all others, so that none waits for the one before.
    """
    N, D = x.shape
    K = len(W)
    Wt = np.empty((D, K), W.dtype)
    for k in range(K):
        for d in range(D):
            Wt[d, k] = W[k, d]
    for n in range(N):
        for k in range(K):
            z[n, k] = b[k]
    for d in range(D):
        for n in range(N):
            x_nd = x[n, d]
            for k in range(K):
                z[n, k] += x_nd * Wt[d, k]


@kernel
def affine_parameters(dz: Array, x: Array, dW: Array, db: Array) -> None:
    """dW = dzᵀ x, db = Σ_n dz_n."""
    N, D = x.shape
    K = dz.shape[1]
    dW[:] = 0
    db[:] = 0
    for n in range(N):
        for k in range(K):
            dz_nk = dz[n, k]
            db[k] += dz_nk
            for d in range(D):
                dW[k, d] += dz_nk * x[n, d]


@kernel
def affine_input(dz: Array, W: Array, dx: Array) -> None:
    """dx = dz W."""
    N, K = dz.shape
    D = W.shape[1]
    for n in range(N):
        for d in range(D):
            dx[n, d] = 0
    for k in range(K):
        for n in range(N):
            dz_nk = dz[n, k]
            for d in range(D):
                dx[n, d] += dz_nk * W[k, d]


@kernel
def activate(code: int, y: Array) -> None:
    """y ← f(y), for the activation of this code. NaN stays NaN. y: (M,)."""
    if code == TANH:
        for i in range(len(y)):
            y[i] = tanh(y[i])
    elif code == RELU:
        for i in range(len(y)):
            y[i] = 0 if y[i] < 0 else y[i]
    elif code == SIGMOID:
        for i in range(len(y)):
            y[i] = sigmoid(y[i])


@kernel
def activate_backward(code: int, dy: Array, y: Array) -> None:
    """dy ← dy f'(x), which each of these activations knows from its output y. dy, y: (M,)."""
    if code == TANH:
        for i in range(len(y)):
            dy[i] *= 1 - y[i] * y[i]
    elif code == RELU:
        for i in range(len(y)):
            dy[i] *= step(y[i])
    elif code == SIGMOID:
        for i in range(len(y)):
            dy[i] *= y[i] * (1 - y[i])


@kernel
def step(y: float) -> float:
    """The slope of relu, from its output: 1 above 0, 0 at 0, NaN at NaN."""
    return 1 if y > 0 else 0 if y == y else y


@kernel
def tanh(x: float) -> float:
    """Lambert's continued fraction a / (1 + s / (3 + s / (5 + ...))), s = a², at a = x/8, then tanh 2a three times.

    It is kept as a fraction u/v until the end, so that a single division is left; with nothing but arithmetic in it, a
    loop over it is vectorised, which the C library's tanh is not. Beyond 20 the answer is ±1 to the last bit.
    """
    a = (20.0 if x > 20.0 else (-20.0 if x < -20.0 else x)) / 8
    s = a * a
    v, w = 19.0, 1.0
    for odd in range(17, 0, -2):
        v, w = odd * v + s * w, v  # v/w = odd + s / (v/w)
    u = a * w
    for _ in range(3):
        u, v = 2 * u * v, u * u + v * v  # tanh 2a = 2t / (1 + t²), with t = u/v
    t = u / v
    return 1.0 if t > 1.0 else (-1.0 if t < -1.0 else t)  # rounding may have carried it one bit too far


@kernel
def sigmoid(x: float) -> float:
    """1 / (1 + e⁻ˣ), with an exponent that is never positive."""
    e = math.exp(-abs(x))
    return (1.0 if x >= 0 else e) / (1 + e)


@kernel
def finish(code: int, z: Array, b: Array) -> None:
    """z ← f(z + b), row by row: what stands between two products. z: (N, K), b: (K,)."""
    for n in range(len(z)):
        for k in range(len(b)):
            z[n, k] += b[k]
        activate(code, z[n])


@kernel
def finish_backward(code: int, dz: Array, y: Array, db: Array) -> None:
    """dz ← dz f'(z), row by row, and db = Σ_n dz_n. dz, y: (N, K), db: (K,)."""
    db[:] = 0
    for n in range(len(dz)):
        activate_backward(code, dz[n], y[n])
        for k in range(len(db)):
            db[k] += dz[n, k]


@kernel
def chain_forward(x: Array, theta: Array, plan: Array, hidden: Array, y: Array) -> None:
    """Fill y, (N, K), with the output, and `hidden` with the activations of the layers before, one after the other.

    plan: (L, 5), for each layer the features in and out, where its weight and its bias begin in theta (-1 for no bias),
    and the code of its activation.
    """
    N = len(x)
    last = len(plan) - 1
    begin = 0
    a = x
    for layer in range(last + 1):
        D, K, weight, bias, code = plan[layer]
        W = theta[weight : weight + K * D].reshape(K, D)
        b = theta[bias : bias + K] if bias >= 0 else np.zeros(K, theta.dtype)
        z = hidden[begin : begin + N * K].reshape(N, K) if layer < last else y
        affine(a, W, b, z)
        activate(code, z.reshape(N * K))
        begin += N * K
        a = z


@kernel
def chain_backward(
    dy: Array, x: Array, hidden: Array, y: Array, theta: Array, grad: Array, plan: Array, dx: Array
) -> None:
    """Add the gradients of the parameters into grad, and fill dx; an empty dx is not wanted."""
    N = len(x)
    last = len(plan) - 1
    end = len(hidden)
    widest = 0
    for layer in range(last + 1):
        widest = max(widest, plan[layer, 1] * (plan[layer, 0] + 1))
    room = np.empty(widest, theta.dtype)  # for dW and db of one layer
    da = dy.copy()
    a = y
    for layer in range(last, -1, -1):
        D, K, weight, bias, code = plan[layer]
        activate_backward(code, da.reshape(N * K), a.reshape(N * K))
        a = hidden[end - N * D : end].reshape(N, D) if layer > 0 else x
        end -= N * D
        dW, db = room[: K * D], room[K * D : K * D + K]
        affine_parameters(da, a, dW.reshape(K, D), db)
        add(grad, weight, dW)
        if bias >= 0:
            add(grad, bias, db)
        if layer > 0 or len(dx):
            below = np.empty((N, D), theta.dtype) if layer > 0 else dx
            affine_input(da, theta[weight : weight + K * D].reshape(K, D), below)
            da = below


@kernel
def chain_cost(
    x: Array,
    theta: Array,
    grad: Array,
    plan: Array,
    loss: int,
    target: Array,
    weight: Array,
    denominator: float,
    y: Array,
) -> Any:
    """Return the value of a loss behind a chain, fill y with the output, and add the gradients into grad."""
    size = 0
    for layer in range(len(plan) - 1):
        size += len(x) * plan[layer, 1]
    hidden, dy = np.empty(size, theta.dtype), np.empty_like(y)
    chain_forward(x, theta, plan, hidden, y)
    if loss == SQUARED_ERROR:
        value = squared_error(y, target, weight, denominator, dy)
    else:
        value = binary_cross_entropy(y, target, weight, denominator, dy)
    chain_backward(dy, x, hidden, y, theta, grad, plan, np.empty((0, 0), theta.dtype))
    return value


@kernel
def add(grad: Array, begin: int, gradient: Array) -> None:
    """grad += gradient, from `begin` on."""
    for i in range(len(gradient)):
        grad[begin + i] += gradient[i]


@kernel
def squared_error(prediction: Array, y: Array, weight: Array, denominator: float, dprediction: Array) -> Any:
    """Return the weighted mean of (ŷ - y)², and fill dŷ with its gradient."""
    total = 0.0
    for n in range(len(y)):
        w = weight[n if len(weight) == len(y) else 0, 0] / denominator
        for k in range(y.shape[1]):
            error = prediction[n, k] - y[n, k]
            total += w * (error * error)
            dprediction[n, k] = 2 * w * error
    return total


@kernel
def binary_cross_entropy(z: Array, y: Array, weight: Array, denominator: float, dz: Array) -> Any:
    """Return the weighted mean of max(z, 0) - z y + log(1 + exp(-|z|)), and fill dz with its gradient."""
    total = 0.0
    for n in range(len(z)):
        w = weight[n if len(weight) == len(z) else 0, 0] / denominator
        for k in range(z.shape[1]):
            positive = 0 if z[n, k] < 0 else z[n, k]
            e = math.exp(-abs(z[n, k]))
            total += w * (positive - z[n, k] * y[n, k] + math.log1p(e))
            dz[n, k] = w * ((1.0 if z[n, k] >= 0 else e) / (1 + e) - y[n, k])
    return total


@kernel
def descend(theta: Array, g: Array, lr: float) -> None:
    """θ ← θ - η g. The settings take the type of theta, here and below, or the loops would compute in float64."""
    eta = theta.dtype.type(lr)
    for i in range(len(theta)):
        theta[i] -= eta * g[i]


@kernel
def normal(x: float, tiny: float) -> float:
    """x, or 0 where it is below the smallest normal number, as `Optimizer.step` has it where no twin computes."""
    return x - x if abs(x) < tiny else x


@kernel
def roll(theta: Array, g: Array, v: Array, lr: float, momentum: float, rest: float, nesterov: bool) -> None:
    """v ← μ v + (1 - τ) g;  θ ← θ - η v, or with Nesterov θ - η (g + μ v)."""
    number = theta.dtype.type
    eta, mu, share, tiny = number(lr), number(momentum), number(rest), np.finfo(number).tiny
    for i in range(len(theta)):
        velocity = mu * v[i] + share * g[i]
        theta[i] -= eta * (g[i] + mu * velocity if nesterov else velocity)
        v[i] = normal(velocity, tiny)


@kernel
def adam(theta: Array, g: Array, m: Array, v: Array, rate: float, beta1: float, beta2: float, floor: float) -> None:
    """m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  θ ← θ - rate m / (√v + floor)."""
    number = theta.dtype.type
    keep1, rest1, keep2, rest2 = number(beta1), number(1 - beta1), number(beta2), number(1 - beta2)
    eta, eps, tiny = number(rate), number(floor), np.finfo(number).tiny
    for i in range(len(theta)):
        mean = keep1 * m[i] + rest1 * g[i]
        square = keep2 * v[i] + rest2 * (g[i] * g[i])
        theta[i] -= eta * (mean / (np.sqrt(square) + eps))
        m[i], v[i] = normal(mean, tiny), normal(square, tiny)


@kernel
def extent(values: Array) -> tuple[Any, Any]:
    low = high = values.flat[0]
    for value in values.flat:
        if value != value:  # NaN, which NumPy returns as both ends
            return value, value
        low = value if value < low else low
        high = value if value > high else high
    return low, high
