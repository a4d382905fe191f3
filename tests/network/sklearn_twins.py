"""Fitted scikit-learn MLPs, and the same networks of ours: predictions, loss and gradients by name, from both sides.

scikit-learn keeps a weight as (D, K) and we as (K, D); its cost for quantities is half of ours; and its penalty is
α/2 Σw² over the number of samples, which is our L2(α / 2N).
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import layerwise as lw
from layerwise.losses import Loss
from layerwise.random import generator

Pairs = dict[str, tuple[Any, Any]]


class Fitted(NamedTuple):
    """kind: of the estimator. data: a name in sklearn.datasets. settings: of the estimator."""

    kind: str
    data: str
    settings: dict[str, Any]


TABLE = {
    "three classes, relu": Fitted("MLPClassifier", "iris", {"hidden_layer_sizes": (20, 10), "activation": "relu"}),
    "three classes, logistic": Fitted("MLPClassifier", "wine", {"activation": "logistic", "alpha": 0.0}),
    "yes or no, tanh": Fitted("MLPClassifier", "breast_cancer", {"hidden_layer_sizes": (8,), "activation": "tanh"}),
    "quantities, relu": Fitted("MLPRegressor", "diabetes", {"hidden_layer_sizes": (30, 20, 10), "alpha": 5.0}),
    "quantities, identity": Fitted("MLPRegressor", "diabetes", {"activation": "identity", "hidden_layer_sizes": (3,)}),
}
ACTIVATIONS = {"relu": "relu", "logistic": "sigmoid", "tanh": "tanh", "identity": "identity"}
LOSS_OF: dict[str, tuple[Callable[[], Loss], float]] = {
    "softmax": (lw.CrossEntropyLoss, 1.0),
    "logistic": (lw.BCEWithLogitsLoss, 1.0),
    "identity": (lw.MSELoss, 0.5),
}
"""Our loss for each output of theirs, and their cost as a multiple of ours."""


def compare(label: str) -> Pairs:
    """(ours, theirs) for the predictions, the cost and every gradient of one row of the table."""
    estimator, x, y = fitted(TABLE[label])
    net = network_of(estimator)
    predictions = (answers(net, estimator, x), theirs(estimator, x))
    return {"prediction": predictions} | costs(net, estimator, x, y)


def fitted(row: Fitted) -> tuple[Any, np.ndarray, np.ndarray]:
    """A fitted estimator, and the standardised data that it was fitted to."""
    from sklearn import datasets, neural_network

    x, y = getattr(datasets, f"load_{row.data}")(return_X_y=True)
    x = standardised(x)
    y = standardised(y[:, None])[:, 0] if row.kind == "MLPRegressor" else y
    estimator = getattr(neural_network, row.kind)(solver="lbfgs", max_iter=40, random_state=0, **row.settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged, and need not
        estimator.fit(x, y)
    return estimator, x, y


def standardised(values: np.ndarray) -> np.ndarray:
    """Every column with mean 0 and spread 1, float64."""
    return (values - values.mean(axis=0)) / values.std(axis=0)


def network_of(estimator: Any) -> lw.Network:
    """Our network with the weights of a fitted MLP, float64."""
    coefficients, intercepts = estimator.coefs_, estimator.intercepts_
    sizes = [len(coefficients[0]), *(weight.shape[1] for weight in coefficients)]
    net = lw.mlp(*sizes, activation=ACTIVATIONS[estimator.activation], dtype="float64")
    state = {f"{2 * n}.weight": weight.T for n, weight in enumerate(coefficients)}
    net.load_state_dict(state | {f"{2 * n}.bias": bias for n, bias in enumerate(intercepts)})
    return net


def theirs(estimator: Any, x: np.ndarray) -> np.ndarray:
    """Probabilities (N, K), or quantities (N, 1)."""
    return estimator.predict_proba(x) if hasattr(estimator, "classes_") else estimator.predict(x)[:, None]


def answers(net: lw.Network, estimator: Any, x: np.ndarray) -> np.ndarray:
    """The same from our network."""
    z = net(x)
    if estimator.out_activation_ == "softmax":
        return lw.formulas.softmax(z)[0]
    if estimator.out_activation_ == "logistic":
        p, _ = lw.formulas.sigmoid(z)
        return np.hstack([1 - p, p])
    return z


def costs(net: lw.Network, estimator: Any, x: np.ndarray, y: np.ndarray) -> Pairs:
    """The cost, its penalty included, and the gradient of every weight and bias; theirs from their own `_backprop`."""
    loss, share = LOSS_OF[estimator.out_activation_]
    weight = sample_weights(estimator, len(x))
    total = len(x) if weight is None else weight.sum()
    net.zero_grad()
    z, backward = net.forward(x, training=True)
    truth = y if estimator.out_activation_ == "softmax" else y[:, None].astype(float)
    value, loss_backward = loss()(z, truth, weight=weight)
    backward(share * loss_backward())
    penalty, pull = lw.regularizers.L2(estimator.alpha / (2 * total))(net.theta * net.decay_mask)
    net.grad += pull
    right, coefficients, intercepts = backprop(estimator, x, y, weight)
    pairs: Pairs = {"cost": (share * value + penalty, right)}
    for n, (weight_gradient, bias_gradient) in enumerate(zip(coefficients, intercepts, strict=True)):
        pairs[f"{2 * n}.weight"] = net.gradients()[f"{2 * n}.weight"], weight_gradient.T
        pairs[f"{2 * n}.bias"] = net.gradients()[f"{2 * n}.bias"], bias_gradient
    return pairs


def backprop(estimator: Any, x: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> Any:
    """scikit-learn's cost and gradients."""
    layers = len(estimator.coefs_)
    binarizer = getattr(estimator, "_label_binarizer", None)
    known = {
        "X": x,
        "y": y[:, None] if binarizer is None else binarizer.transform(y),
        "sample_weight": weight,
        "activations": [x, *[None] * layers],
        "deltas": [None] * layers,
        "coef_grads": [None] * layers,
        "intercept_grads": [None] * layers,
    }
    return estimator._backprop(**{name: known[name] for name in inspect.signature(estimator._backprop).parameters})


def sample_weights(estimator: Any, samples: int) -> np.ndarray | None:
    """Weights for each sample, where this scikit-learn knows them (since 1.7)."""
    if "sample_weight" not in inspect.signature(estimator._backprop).parameters:
        return None
    return generator(0, "weight").uniform(0.5, 2, size=samples)
