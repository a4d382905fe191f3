"""What scikit-learn has too, beside ours, from the tables of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
from tests import test_losses
from tests.formulas import sklearn_twins as formula_twins
from tests.formulas.samples import cases, in_dtype, upstream_for
from tests.losses import sklearn_twins as loss_twins
from tests.network import sklearn_twins as network_twins
from tests.optimizers import sklearn_paths
from tests.optimizers.paths import PATHS, ours
from tools.parity.rows import Row, largest

from layerwise.formulas import registry
from layerwise.initializers import xavier_uniform
from layerwise.random import generator

DTYPES = (np.float64, np.float32)
Pairs = Iterator[tuple[Any, Any]]


def rows() -> list[Row]:
    """One row for each formula, loss, optimizer and initializer that scikit-learn has, and whole networks."""
    return [row for kind in (formulas, losses, optimizers, initializers, networks) for row in kind()]


def formulas() -> Iterator[Row]:
    """Values, and gradients where scikit-learn has them."""
    for name, twin in formula_twins.TWINS.items():
        wide, narrow = (largest(_formula_pairs(name, dtype)) for dtype in DTYPES)
        note = "value only" if name == "softmax" else ""
        yield Row("formula", name, f"`{twin}` of the MLP", wide, narrow, note)


def _formula_pairs(name: str, dtype: type) -> Pairs:
    for case in cases(registry[name]):
        value, backward = registry[name].run(**in_dtype(case.arguments, dtype))
        upstream = upstream_for(value)
        yield from zip((value, backward(upstream)), formula_twins.run(name, case, upstream, dtype), strict=False)


def losses() -> Iterator[Row]:
    """Values only: scikit-learn gives gradients only inside its own networks."""
    for name, (twin, _) in loss_twins.TWINS.items():
        wide, narrow = (largest(_loss_pairs(name, dtype)) for dtype in DTYPES)
        yield Row("loss", name, f"`{twin}`", wide, narrow, "value only")


def _loss_pairs(name: str, dtype: type) -> Pairs:
    for n, k in test_losses.SHAPES:
        output, target = (
            test_losses.outputs(name, n, max(k, 2), dtype),
            test_losses.TABLE[name].target(n, max(k, 2)),
        )
        yield test_losses.TABLE[name].make()(output, target)[0], loss_twins.TWINS[name][1](output, target)


def optimizers() -> Iterator[Row]:
    """theta after every step of 200 in float64 and of 100 in float32."""
    kinds: dict[str, list[str]] = {}
    for path in sklearn_paths.TWINS:
        kinds.setdefault(type(PATHS[path].make()).__name__, []).append(path)
    for kind, paths in kinds.items():
        wide = largest((ours(PATHS[path]), sklearn_paths.sklearns(path)) for path in paths)
        narrow = largest(
            (ours(PATHS[path], 100, np.float32), sklearn_paths.sklearns(path, 100, np.float32)) for path in paths
        )
        note = "ε before the bias correction, see below" if kind == "Adam" else ""
        yield Row("optimizer", kind, f"`{sklearn_paths.TWINS[paths[0]][0]}` of the MLP", wide, narrow, note)


def initializers() -> Iterator[Row]:
    """Weights from the same random numbers."""
    from sklearn.neural_network import MLPClassifier

    estimator, pairs = MLPClassifier(activation="relu"), []
    for shape in ((30, 20), (20, 30), (1, 7)):
        estimator._random_state = SimpleNamespace(uniform=generator(0, "draws").uniform)
        weights, _ = estimator._init_coef(*shape, np.float64)
        pairs.append((xavier_uniform(shape, generator(0, "draws")), weights))
    yield Row("initializer", "xavier_uniform", "first weights of the MLP", largest(pairs), None)


def networks() -> Iterator[Row]:
    """Whole fitted networks: predictions, cost with its penalty, and the gradient of every weight and bias."""
    for label, row in network_twins.TABLE.items():
        wide = largest(network_twins.compare(label).values())
        yield Row("network", label, f"`{row.kind}` fitted to {row.data}", wide, None)
