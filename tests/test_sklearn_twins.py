"""Parity with scikit-learn where it has the thing: activations, losses, optimizers, first weights."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from tests.formulas import sklearn_twins as formula_twins
from tests.formulas.samples import cases, upstream_for
from tests.losses.sklearn_twins import TWINS as LOSS_TWINS
from tests.optimizers.paths import PATHS, ours
from tests.optimizers.sklearn_paths import TWINS as PATH_TWINS
from tests.optimizers.sklearn_paths import sklearns
from tests.test_losses import SHAPES, TABLE, outputs

from layerwise.formulas import registry
from layerwise.initializers import xavier_uniform
from layerwise.random import generator


@pytest.mark.parametrize("name", formula_twins.TWINS)
def test_activations(name):
    for case in cases(registry[name]):
        value, backward = registry[name].run(**case.arguments)
        upstream = upstream_for(value)
        for mine, right in zip((value, backward(upstream)), formula_twins.run(name, case, upstream), strict=False):
            np.testing.assert_allclose(mine, right, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("n", "k"), SHAPES)
@pytest.mark.parametrize("name", LOSS_TWINS)
def test_losses(name, n, k):
    k = max(k, 2)
    output, target = outputs(name, n, k), TABLE[name].target(n, k)
    assert TABLE[name].make()(output, target)[0] == pytest.approx(LOSS_TWINS[name][1](output, target), rel=1e-10)


@pytest.mark.parametrize("name", PATH_TWINS)
def test_optimizers(name):
    """Their Adam adds ε = 1e-8 before the bias correction and ours, as torch, after it: a little beside each other."""
    atol = 1e-7 if name.startswith("Adam") else 1e-13
    np.testing.assert_allclose(ours(PATHS[name]), sklearns(name), rtol=1e-9, atol=atol)


@pytest.mark.parametrize("shape", [(30, 20), (20, 30), (1, 7)])
def test_first_weights(shape):
    """Theirs stand as (D, K): the bound is the same both ways round."""
    from sklearn.neural_network import MLPClassifier

    estimator = MLPClassifier(activation="relu")
    estimator._random_state = SimpleNamespace(uniform=generator(0, "draws").uniform)
    weights, _ = estimator._init_coef(*shape, np.float64)
    np.testing.assert_allclose(xavier_uniform(shape, generator(0, "draws")), weights, rtol=1e-12)
