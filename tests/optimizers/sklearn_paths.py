"""The same 200 steps as scikit-learn's MLP walks them, for the paths on which it has the optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.optimizers.paths import STEPS, gradient, start

TWINS: dict[str, tuple[str, dict[str, Any]]] = {
    "GradientDescent": ("SGDOptimizer", {"learning_rate_init": 0.01, "momentum": 0.0, "nesterov": False}),
    "SGD": ("SGDOptimizer", {"learning_rate_init": 0.01, "momentum": 0.0, "nesterov": False}),
    "Momentum": ("SGDOptimizer", {"learning_rate_init": 0.01, "momentum": 0.9, "nesterov": False}),
    "SGD-momentum": ("SGDOptimizer", {"learning_rate_init": 0.01, "momentum": 0.9, "nesterov": False}),
    "SGD-nesterov": ("SGDOptimizer", {"learning_rate_init": 0.01, "momentum": 0.9, "nesterov": True}),
    "Adam": ("AdamOptimizer", {"learning_rate_init": 0.01}),
    "Adam-betas": ("AdamOptimizer", {"learning_rate_init": 0.01, "beta_1": 0.5, "beta_2": 0.9}),
}
"""A path of ours, their optimizer, and the settings under which it is the same."""


def sklearns(name: str, steps: int = STEPS, dtype: type = np.float64) -> np.ndarray:
    """theta after every step, (steps, 6)."""
    from sklearn.neural_network import _stochastic_optimizers

    kind, settings = TWINS[name]
    theta = start(dtype)
    optimizer = getattr(_stochastic_optimizers, kind)([theta], **settings)
    walked = []
    for step in range(steps):
        optimizer.update_params([theta], [gradient(theta, step)])
        walked.append(theta.copy())
    return np.array(walked)
