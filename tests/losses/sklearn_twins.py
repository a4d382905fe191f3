"""The losses that scikit-learn has too: values only, since it gives gradients only inside its own networks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from layerwise.formulas import sigmoid, softmax


def _log_loss(target: np.ndarray, p: np.ndarray) -> float:
    from sklearn.metrics import log_loss

    return float(log_loss(target, p / p.sum(axis=1, keepdims=True), labels=np.arange(p.shape[1])))


def _binary(target: np.ndarray, p: np.ndarray) -> float:
    """Theirs adds up the columns and ours takes their mean."""
    from sklearn.neural_network._base import binary_log_loss

    return float(binary_log_loss(target, p)) / p.shape[1]


def _metric(name: str) -> Callable[[np.ndarray, np.ndarray], float]:
    def value(output: np.ndarray, target: np.ndarray) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(target, output))

    return value


TWINS: dict[str, tuple[str, Callable[[np.ndarray, np.ndarray], float]]] = {
    "MSELoss": ("metrics.mean_squared_error", _metric("mean_squared_error")),
    "L1Loss": ("metrics.mean_absolute_error", _metric("mean_absolute_error")),
    "CrossEntropyLoss": ("metrics.log_loss", lambda z, y: _log_loss(y, softmax(z)[0])),
    "NLLLoss": ("metrics.log_loss", lambda log_p, y: _log_loss(y, np.exp(log_p))),
    "BCELoss": ("neural_network binary_log_loss", lambda p, y: _binary(y, p)),
    "BCEWithLogitsLoss": ("neural_network binary_log_loss", lambda z, y: _binary(y, sigmoid(z)[0])),
}
"""Our name; theirs in sklearn; and their value for our output and target. Their log loss needs two classes."""
