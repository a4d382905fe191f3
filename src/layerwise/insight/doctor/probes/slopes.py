"""Whether the gradient is the slope of the loss: along a few directions for each parameter, in float64."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.random import generator
from layerwise.types import Array

DIRECTIONS = 4
_EPS = 1e-6


def wrong_slopes(net: Network, x: Array, target: Array, loss: Loss, tolerance: float = 1e-3) -> dict[str, float]:
    """The parameters whose gradient is not the slope of the loss, each with its relative error.

    A kink between two points spoils one direction and not all: the median of several is taken. A right gradient is
    near 1e-8, a wrong one near 1. An empty answer says that all of them are right.
    """
    twin = net.astype("float64")
    wrong: dict[str, float] = {}

    def value() -> float:
        y, _ = twin.forward(x, training=True, input_gradient=False, step=0)
        return loss(y, target)[0]

    try:
        with np.errstate(all="ignore"):
            twin.zero_grad()
            y, backward = twin.forward(x, training=True, input_gradient=False, step=0)
            backward(loss(y, target)[1]())
            gradients = {name: gradient.copy() for name, gradient in twin.gradients().items()}
            scale = max((float(np.abs(each).max(initial=0)) for each in gradients.values()), default=0.0)
            for name, array in twin.parameters().items():
                error = _error(array, gradients[name], value, scale, name)
                if not error <= tolerance:
                    wrong[name] = error
    except LayerwiseError:
        return {}
    return wrong


def _error(array: Array, gradient: Array, value: object, scale: float, name: str) -> float:
    """The relative error of one parameter's gradient: the median over directions, of all its elements at once."""
    rng, errors, kept = generator(0, "slopes", name), [], array.copy()
    for _ in range(DIRECTIONS):
        v = rng.normal(size=array.shape)
        found = []
        for sign in (1, -1):
            array[...] = kept + sign * _EPS * v
            found.append(value())  # type: ignore[operator]
        array[...] = kept
        measured, claimed = (found[0] - found[1]) / (2 * _EPS), float((gradient * v).sum())
        floor = 1e-6 * scale * np.sqrt(array.size) + 1e-5 * max(abs(found[0]), 1e-3)  # what rounding leaves of a slope
        errors.append(abs(measured - claimed) / max(abs(measured) + abs(claimed), floor, 1e-12))
    return float(np.median(errors)) if np.isfinite(errors).all() else 0.0
