"""Twins of normalisation: along the features, one pass over each row, which stays in the nearest cache meanwhile; over
batches of images, a few passes over each channel, where the formula makes one for every operation.
"""

from __future__ import annotations

import math

import numpy as np

from layerwise import formulas
from layerwise.compiled import batch_kernels
from layerwise.compiled import transformer_kernels as kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.compiled.workers import share
from layerwise.formulas.normalization import BatchNorm
from layerwise.types import Array, Differentiable


@twin_of("formulas.normalization", "layer_norm")
def layer_norm(x: Array, gamma: Array, beta: Array, eps: float) -> Differentiable:
    if not _fit(x, gamma, beta):
        return formulas.layer_norm(x, gamma, beta, eps)
    rows, y, x_hat, scale = _room(x)
    kernels.layer_norm(rows, gamma, beta, eps, y, x_hat, scale)

    def backward(dy: Array) -> tuple[Array, Array, Array]:
        dx, dgamma, dbeta = np.empty_like(x_hat), np.zeros_like(gamma), np.zeros_like(gamma)
        kernels.norm_backward(_rows(dy, x), gamma, x_hat, scale, True, dx, dgamma, dbeta)
        return dx.reshape(x.shape), dgamma, dbeta

    return y.reshape(x.shape), backward


@twin_of("formulas.normalization", "rms_norm")
def rms_norm(x: Array, gamma: Array, eps: float) -> Differentiable:
    if not _fit(x, gamma):
        return formulas.rms_norm(x, gamma, eps)
    rows, y, x_hat, scale = _room(x)
    kernels.rms_norm(rows, gamma, eps, y, x_hat, scale)

    def backward(dy: Array) -> tuple[Array, Array]:
        dx, dgamma = np.empty_like(x_hat), np.zeros_like(gamma)
        kernels.norm_backward(_rows(dy, x), gamma, x_hat, scale, False, dx, dgamma, np.zeros_like(gamma))
        return dx.reshape(x.shape), dgamma

    return y.reshape(x.shape), backward


@twin_of("formulas.normalization", "batch_norm")
def batch_norm(x: Array, gamma: Array, beta: Array, eps: float) -> Differentiable:
    fits = x.ndim == 4 and x.size and _fit(x.transpose(0, 2, 3, 1), gamma, beta)
    if not fits or not math.isfinite(gamma.sum()):  # the loop scales last, and 0 times infinity is NaN
        return formulas.batch_norm(x, gamma, beta, eps)
    N, C, H, W = x.shape
    rows = np.ascontiguousarray(x).reshape(N, C, H * W)
    y, mean, var = np.empty_like(rows), np.empty_like(gamma), np.empty_like(gamma)
    share(lambda *part: batch_kernels.batch_norm(rows, gamma, beta, eps, y, mean, var, *part), C)

    def backward(dy: Array) -> tuple[Array, Array, Array]:
        dx, dgamma, dbeta = np.empty_like(rows), np.empty_like(gamma), np.empty_like(gamma)
        above = np.ascontiguousarray(np.broadcast_to(dy, x.shape), x.dtype).reshape(N, C, H * W)
        share(
            lambda *part: batch_kernels.batch_norm_backward(
                above, rows, gamma, eps, mean, var, dx, dgamma, dbeta, *part
            ),
            C,
        )
        return dx.reshape(x.shape), dgamma, dbeta

    return BatchNorm(y.reshape(x.shape), mean, var), backward


def _fit(x: Array, *parameters: Array) -> bool:
    """Whether the loops can take these arrays; about any others, the formula says what is wrong."""
    if not x.ndim or not x.size or x.dtype not in TYPES:
        return False
    return all(each.shape == x.shape[-1:] and each.dtype == x.dtype and each.flags.c_contiguous for each in parameters)


def _rows(array: Array, x: Array) -> Array:
    """(rows, K) of an array of the shape of x; a loop looks at no bounds."""
    whole = array if array.shape == x.shape else np.broadcast_to(array, x.shape)
    return np.ascontiguousarray(whole, x.dtype).reshape(-1, x.shape[-1])


def _room(x: Array) -> tuple[Array, Array, Array, Array]:
    """x in rows, and room for y, x̂ and the scale of each row."""
    rows = _rows(x, x)
    return rows, np.empty_like(rows), np.empty_like(rows), np.empty(len(rows), x.dtype)
