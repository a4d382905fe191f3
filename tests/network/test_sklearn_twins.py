"""Our network with the weights of a fitted scikit-learn MLP answers, costs and pulls the same (promise P6)."""

from __future__ import annotations

import numpy as np
import pytest
from tests.network.sklearn_twins import ACTIVATIONS, LOSS_OF, TABLE, compare, fitted, network_of

each_row = pytest.mark.parametrize("label", TABLE)


@each_row
def test_predictions_cost_and_gradients_are_those_of_scikit_learn(label):
    pairs = compare(label)
    assert {"prediction", "cost", "0.weight", "0.bias"} < set(pairs)
    for name, (ours, theirs) in pairs.items():
        assert np.shape(ours) == np.shape(theirs), name
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-11, err_msg=name)
    assert np.abs(pairs["0.weight"][1]).max() > 1e-6  # there is something to agree on


def test_the_table_has_every_activation_and_every_kind_of_output():
    estimators = [fitted(row)[0] for row in TABLE.values()]
    assert {estimator.activation for estimator in estimators} == set(ACTIVATIONS)
    assert {estimator.out_activation_ for estimator in estimators} == set(LOSS_OF)


@each_row
def test_a_network_in_float32_takes_the_weights_too(label):
    estimator, x, _ = fitted(TABLE[label])
    net = network_of(estimator)
    wide, narrow = net(x), type(net).from_spec(net.spec() | {"dtype": "float32"})
    narrow.load_state_dict(net.state_dict())
    assert narrow(x).dtype == np.float32
    np.testing.assert_allclose(narrow(x), wide, rtol=1e-4, atol=1e-4)
