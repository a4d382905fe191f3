"""A small dense network in one call each way: what costs time there is not arithmetic but the number of calls.

The chain is affine maps, each followed by an activation. Its parameters lie in theta, its activations in one buffer,
layer after layer.
"""

from __future__ import annotations

import numpy as np

from layerwise.compiled.kernel import kernel
from layerwise.compiled.pieces import activate, activate_backward, affine, affine_input, affine_parameters
from layerwise.types import Array


@kernel
def chain_forward(x: Array, theta: Array, widths: Array, weights: Array, biases: Array, codes: Array) -> Array:
    """Return the activations of all layers, (N widths[1] + N widths[2] + ...); those of the last are the output.

    widths: (L + 1,), the features into and out of each layer. weights, biases: (L,), where they begin in theta.
    -1 for a layer
    without a bias. codes: (L,), the activation of each layer.
    """
    N = len(x)
    buffer = np.empty(N * widths[1:].sum(), theta.dtype)
    begin = 0
    a = x
    for layer in range(len(codes)):
        D, K = widths[layer], widths[layer + 1]
        W = theta[weights[layer] : weights[layer] + K * D].reshape(K, D)
        b = theta[biases[layer] : biases[layer] + K] if biases[layer] >= 0 else np.zeros(K, theta.dtype)
        y = buffer[begin : begin + N * K]
        affine(a, W, b, y.reshape(N, K))
        activate(codes[layer], y)
        a = y.reshape(N, K)
        begin += N * K
    return buffer


@kernel
def chain_backward(
    dy: Array,
    x: Array,
    buffer: Array,
    theta: Array,
    grad: Array,
    widths: Array,
    weights: Array,
    biases: Array,
    codes: Array,
    input_gradient: bool,
) -> Array:
    """Add the gradients of the parameters into grad, and return dx; without input_gradient, an empty array."""
    N = len(x)
    end = len(buffer)
    da = dy.copy()
    for layer in range(len(codes) - 1, -1, -1):
        D, K = widths[layer], widths[layer + 1]
        W = theta[weights[layer] : weights[layer] + K * D].reshape(K, D)
        y = buffer[end - N * K : end]
        end -= N * K
        a = buffer[end - N * D : end].reshape(N, D) if layer > 0 else x
        activate_backward(codes[layer], da.reshape(N * K), y)
        dW, db = np.empty((K, D), theta.dtype), np.empty(K, theta.dtype)
        affine_parameters(da, a, dW, db)
        add(grad, weights[layer], dW.reshape(K * D))
        if biases[layer] >= 0:
            add(grad, biases[layer], db)
        if layer > 0 or input_gradient:
            below = np.empty((N, D), theta.dtype)
            affine_input(da, W, below)
            da = below
    return da if input_gradient else da[:0]


@kernel
def add(grad: Array, begin: int, gradient: Array) -> None:
    """grad += gradient, from `begin` on."""
    for i in range(len(gradient)):
        grad[begin + i] += gradient[i]
