"""The formulas that scikit-learn's MLP has too: values in place, derivatives from the value."""

from __future__ import annotations

import numpy as np

from layerwise.formulas import Case

TWINS = {"sigmoid": "logistic", "tanh": "tanh", "relu": "relu", "softmax": "softmax"}
"""Our name, and that in sklearn.neural_network."""


def run(name: str, case: Case, upstream: np.ndarray, dtype: type = np.float64) -> list[np.ndarray]:
    """scikit-learn's value, and its gradient at x where it has one (softmax has it only together with its loss)."""
    from sklearn.neural_network import _base

    x = np.array(case.arguments["x"], dtype)
    value = x.reshape(-1, x.shape[-1])
    _base.ACTIVATIONS[TWINS[name]](value)
    if TWINS[name] not in _base.DERIVATIVES:
        return [value.reshape(x.shape)]
    gradient = np.array(upstream, dtype).reshape(value.shape)
    _base.DERIVATIVES[TWINS[name]](value, gradient)
    return [value.reshape(x.shape), gradient.reshape(x.shape)]
