"""scikit-learn: `MLPClassifier.partial_fit`, one call a batch.

Each call checks its input and its labels; that fixed cost is what its users pay, so it is timed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.contenders import Trainee, look_up
from benchmarks.contenders.products_ import blas
from benchmarks.workloads import Workload
from layerwise.errors import SettingError
from layerwise.extras import require
from layerwise.types import Array

ACTIVATIONS = {"Tanh": "tanh", "ReLU": "relu"}
# Its SGD has momentum 0.9 unless told otherwise, the workloads' has none.
SOLVERS: dict[str, dict[str, Any]] = {"SGD": {"solver": "sgd", "momentum": 0.0}, "Adam": {"solver": "adam"}}


def build(workload: Workload, weights: dict[str, Array]) -> Trainee:
    require("sklearn", extra="bench", purpose="Timing against scikit-learn")
    import sklearn

    net = _network(workload, weights)

    def step(x: Array, t: Array) -> Any:
        return net.partial_fit(x, t)

    def convert(x: Array, t: Array) -> tuple[Array, Array]:
        return x, t.ravel().astype(np.int64)

    return Trainee(step, convert, lambda fitted: float(fitted.loss_), {"sklearn": sklearn.__version__, **blas()})


def _network(workload: Workload, weights: dict[str, Array]) -> Any:
    from sklearn.neural_network import MLPClassifier

    kinds = workload.kinds - {"Linear"}
    if len(kinds) != 1:
        raise SettingError(f"scikit-learn has one activation for all layers, not {sorted(kinds)}")
    net = MLPClassifier(
        hidden_layer_sizes=_widths(workload)[1:-1],
        activation=look_up(ACTIVATIONS, kinds.pop(), "scikit-learn"),
        **look_up(SOLVERS, workload.optimizer, "scikit-learn"),
        alpha=0.0,
        batch_size=workload.batch,
        learning_rate_init=workload.lr,
        shuffle=False,
        random_state=0,
    )
    # Its weights come into being at the first call; they are then overwritten, and the optimizer, which counts
    # its steps and keeps its moments, is dropped, so that the next call starts a new one.
    classes = np.arange(max(2, _widths(workload)[-1]))
    x = np.zeros((workload.batch, _widths(workload)[0]), np.float32)
    net.partial_fit(x, np.resize(classes, workload.batch), classes=classes)
    linear = [place for place, row in enumerate(workload.layers) if row["name"] == "Linear"]
    for W, b, place in zip(net.coefs_, net.intercepts_, linear, strict=True):
        W[:] = weights[f"{place}.weight"].T
        b[:] = weights[f"{place}.bias"]
    del net._optimizer
    return net


def _widths(workload: Workload) -> tuple[int, ...]:
    """The width of each layer from input to output: (784, 128, 64, 10)."""
    rows = [row for row in workload.layers if row["name"] == "Linear"]
    return (rows[0]["in_features"], *(row["out_features"] for row in rows))
