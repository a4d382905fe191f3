"""A stack of linear layers is the one matrix that they multiply to."""

from __future__ import annotations

import numpy as np
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import SettingError
from layerwise.insight.side_by_side import linear_stack, one_matrix


def test_the_one_matrix_computes_what_the_stack_does() -> None:
    net = lw.mlp(3, 7, 5, 2, activation="Identity", dtype="float64", seed=4)
    x = np.random.default_rng(0).normal(size=(9, 3))
    W, b = one_matrix(net)
    assert (W.shape, b.shape) == ((2, 3), (2,))
    np.testing.assert_allclose(net(x), x @ W.T + b, rtol=1e-12)
    bent = lw.mlp(3, 7, 2, activation="Tanh", dtype="float64", seed=4)
    W, b = one_matrix(bent)
    assert np.abs(bent(x) - (x @ W.T + b)).max() > 0.1


def test_the_evidence_is_rounding() -> None:
    found = linear_stack(data=lw.data.load("circles", n=60), depth=1, width=4, epochs=2, seeds=1)
    assert 0 <= found.evidence["largest difference between the stack and its one matrix"] < 1e-14
    assert found.names == ("1 linear layer", "2 layers, linear", "2 layers with tanh")


def test_what_has_no_accuracy_or_no_matrix(tally: Tally) -> None:
    refused(tally, SettingError, "no classes", lambda: linear_stack(data="sine"))
    refused(tally, SettingError, "no linear layer", lambda: one_matrix(lw.Network(lw.ReLU())))
