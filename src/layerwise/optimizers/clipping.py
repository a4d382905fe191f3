"""Clipping: an upper bound on the gradient, so that one bad batch can not throw theta away."""

from __future__ import annotations

import math

import numpy as np

from layerwise.arrays import real_array
from layerwise.checks import not_negative
from layerwise.errors import KindError
from layerwise.types import Array


def clip_by_norm(grad: Array, max_norm: float) -> float:
    """Scale grad in place so that ‖grad‖ ≤ max_norm, keeping its direction; return the norm that it had.

    grad ← grad · min(1, max_norm / (‖grad‖ + 10⁻⁶)); the 10⁻⁶ is torch's. Source: Pascanu et al., On the difficulty
    of training recurrent neural networks, ICML 2013. max_norm: 0 or more; infinite to clip nothing. Errors:
    `SettingError` and `KindError` for max_norm, `KindError` for a grad that can not be changed in place.

    >>> grad = np.array([3.0, 4.0])
    >>> clip_by_norm(grad, 1.0), grad.round(6)
    (5.0, array([0.6, 0.8]))
    """
    max_norm = _bound("max_norm", max_norm)
    _check(grad)
    norm = norm_of(grad)
    scale = max_norm / (norm + 1e-6)
    if scale < 1:
        grad *= scale
    return norm


def clip_by_value(grad: Array, max_value: float) -> float:
    """Cut every element of grad in place to [-max_value, max_value]; return the largest size that one had.

    g ← min(max(g, -c), c). Elements that are cut lose more than others, so the direction changes. As torch's
    `clip_grad_value_`. Bounds and errors as in `clip_by_norm`.

    >>> grad = np.array([3.0, -0.5, -4.0])
    >>> clip_by_value(grad, 1.0), grad
    (4.0, array([ 1. , -0.5, -1. ]))
    """
    max_value = _bound("max_value", max_value)
    _check(grad)
    largest = float(np.abs(grad).max(initial=0))
    np.clip(grad, -max_value, max_value, out=grad)
    return largest


def norm_of(grad: Array) -> float:
    """‖grad‖, also where the squares would leave the range of the type.

    >>> f"{norm_of(np.array([3e200, 4e200])):.3e}"
    '5.000e+200'
    """
    grad = grad if type(grad) is np.ndarray and grad.dtype.kind == "f" else real_array("grad", grad, np.float64)
    grad = grad.ravel()
    with np.errstate(over="ignore"):
        square = float(np.dot(grad, grad))
    if np.isfinite(square) and square > 1e-30:
        return float(np.sqrt(square))
    largest = float(np.abs(grad).max(initial=0))
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * float(np.linalg.norm((grad / largest).astype(np.float64)))


def _bound(name: str, value: object) -> float:
    """0 or more. Infinity is a bound that nothing meets; a negative one would turn the gradient round."""
    return math.inf if isinstance(value, float) and value == math.inf else not_negative(name, value)


def _check(grad: Array) -> None:
    """Refuse what can not be changed in place."""
    if not isinstance(grad, np.ndarray) or grad.dtype.kind != "f" or not grad.flags.writeable:
        what = f"an array of {grad.dtype}" if isinstance(grad, np.ndarray) else type(grad).__name__
        raise KindError(f"grad must be a NumPy array of floats that may be written to, got {what}: copy it into one")
