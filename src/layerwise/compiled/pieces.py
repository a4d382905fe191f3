"""The inner loops that twins and fused chains share: so a chain that is fused has the bits of one that is not.

Arrays are C-contiguous and of one type. Each loop runs along the last axis of all its arrays, and adds to many sums at
a time, never to a single one: so it is vectorised without changing the order of any sum.
"""

from __future__ import annotations

import math

import numpy as np

from layerwise.compiled.codes import RELU, SIGMOID, TANH
from layerwise.compiled.kernel import kernel
from layerwise.types import Array


@kernel
def affine(x: Array, W: Array, b: Array, z: Array) -> None:
    """z = x Wᵀ + b. x: (N, D), W: (K, D), b: (K,), z: (N, K)."""
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
            dy[i] *= 1 if y[i] > 0 else 0
    elif code == SIGMOID:
        for i in range(len(y)):
            dy[i] *= y[i] * (1 - y[i])


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
