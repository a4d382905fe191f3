"""Clipping: an upper bound on the gradient, so that one bad batch can not throw theta away."""

from __future__ import annotations

import numpy as np

from layerwise.types import Array


def clip_by_norm(grad: Array, max_norm: float) -> float:
    """Scale grad in place so that ‖grad‖ ≤ max_norm, keeping its direction; return the norm that it had.

    grad ← grad · min(1, max_norm / (‖grad‖ + 10⁻⁶)); the 10⁻⁶ is torch's. Source: Pascanu et al., On the difficulty
    of training recurrent neural networks, ICML 2013.

    >>> grad = np.array([3.0, 4.0])
    >>> clip_by_norm(grad, 1.0), grad.round(6)
    (5.0, array([0.6, 0.8]))
    """
    norm = norm_of(grad)
    scale = max_norm / (norm + 1e-6)
    if scale < 1:
        grad *= scale
    return norm


def clip_by_value(grad: Array, max_value: float) -> float:
    """Cut every element of grad in place to [-max_value, max_value]; return the largest size that one had.

    g ← min(max(g, -c), c). Elements that are cut lose more than others, so the direction changes. As torch's
    `clip_grad_value_`.

    >>> grad = np.array([3.0, -0.5, -4.0])
    >>> clip_by_value(grad, 1.0), grad
    (4.0, array([ 1. , -0.5, -1. ]))
    """
    largest = float(np.abs(grad).max(initial=0))
    np.clip(grad, -max_value, max_value, out=grad)
    return largest


def norm_of(grad: Array) -> float:
    """‖grad‖, also where the squares would leave the range of the type.

    >>> f"{norm_of(np.array([3e200, 4e200])):.3e}"
    '5.000e+200'
    """
    with np.errstate(over="ignore"):
        square = float(np.dot(grad, grad))
    if np.isfinite(square) and square > 1e-30:
        return float(np.sqrt(square))
    largest = float(np.abs(grad).max(initial=0))
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * float(np.linalg.norm((grad / largest).astype(np.float64)))
