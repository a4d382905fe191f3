"""The state that a caller carries from chunk to chunk: a place for each use of a layer, and nothing by halves."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.random import generator

N, T, D = 4, 7, 3
x = generator(6, "states").normal(size=(N, T, D))
CLASSES = [lw.RNN, lw.LSTM, lw.GRU]
each_class = pytest.mark.parametrize("cls", CLASSES)


def network(*layers):
    return lw.Network(*layers, seed=3, dtype="float64")


def assert_same(state, other):
    assert state.keys() == other.keys()
    for key, value in state.items():
        np.testing.assert_array_equal(value, other[key])


def uses(cls, how):
    """A network in which one layer has several places."""
    layer = cls(D, D)
    if how == "side by side":
        return network(lw.Parallel(layer, lw.Sequential(lw.Tanh(), layer), combine="add"), layer)
    return network(*[layer] * {"twice": 2, "three times": 3}[how], lw.Linear(D, 2))


@pytest.mark.parametrize("how", ["twice", "three times", "side by side"])
@each_class
def test_each_use_of_a_layer_has_a_state_of_its_own(cls, how):
    net, state, whole = uses(cls, how), {}, {}
    chunks = [net(chunk, state=state) for chunk in np.split(x, [2, 3, 6], axis=1)]
    np.testing.assert_allclose(np.concatenate(chunks, axis=1), net(x), rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(net(x, state=whole), net(x))
    first = "0.0" if how == "side by side" else "0"
    number = 2 if how == "twice" else 3
    assert list(whole) == [first, f"{first}#1", f"{first}#2"][:number]
    for key in whole:
        np.testing.assert_allclose(state[key], whole[key], rtol=1e-12, atol=1e-15)


def test_uses_are_counted_apart_from_those_of_random_numbers():
    layer = lw.GRU(D, D, num_layers=2, dropout=0.5)
    net, state = network(layer, layer), {}
    with_state, _ = net.forward(x, training=True, step=1, state=state)
    without, _ = net.forward(x, training=True, step=1)
    np.testing.assert_array_equal(with_state, without)
    assert list(state) == ["0", "0#1"]


@each_class
def test_a_refused_call_leaves_the_state_as_it_was(cls, tally):
    net, state = network(cls(D, 4), cls(4, 5)), {}
    net(x, state=state)
    state["1"] = np.zeros((1, N, 6))
    before = copy.deepcopy(state)
    for call in (net, net.forward):
        refused(tally, ShapeError, "begins with", lambda call=call: call(x, state=state))
        assert_same(state, before)
    state = {}
    refused(tally, DataError, "lengths must be", lambda: net(x, lengths=[T + 1] * N, state=state))
    assert state == {}


def test_a_loss_that_refuses_leaves_the_state_as_it_was(tally):
    net, state = network(lw.GRU(D, 4, output="last")), {}
    net.backpropagate(x, np.zeros((N, 4)), lw.MSELoss(), state=state)
    before = copy.deepcopy(state)
    refused(tally, ShapeError, "(4, 7)", lambda: net.backpropagate(x, np.zeros((N, 7)), lw.MSELoss(), state=state))
    assert_same(state, before)
    net.backpropagate(x, np.zeros((N, 4)), lw.MSELoss(), state=state)
    assert (state["0"] != before["0"]).any()


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ({"0": [[1, 2], [3]]}, ShapeError, "state['0'] is ragged"),
        ({"0": np.zeros((1, N, 4), complex)}, KindError, "state['0'] must hold real numbers, got complex"),
        ({"0": "zero"}, KindError, "state['0'] must hold real numbers, got text"),
        ({"0": np.zeros((1, N, 4)), "2": None}, SettingError, ("state['2'] belongs to no", "their keys: '0', '1'")),
        ({"0.": np.zeros((1, N, 4))}, SettingError, "state['0.'] belongs to no recurrent layer of this network"),
        ({0: np.zeros((1, N, 4))}, SettingError, "state[0] belongs to no recurrent layer"),
    ],
)
def test_states_that_make_no_sense_are_refused(tally, state, error, words):
    net, before = network(lw.GRU(D, 4), lw.RNN(4, 2)), copy.deepcopy(state)
    refused(tally, error, words, lambda: net(x, state=state))
    assert repr(state) == repr(before)


def test_a_state_for_a_network_that_carries_none_is_refused(tally):
    net = network(lw.Linear(D, 2))
    assert net(x, state={}).shape == (N, T, 2)
    refused(tally, SettingError, "their keys: none", lambda: net(x, state={"0": np.zeros((1, N, 2))}))


def test_numbers_of_another_kind_are_converted():
    net = lw.Network(lw.RNN(D, 2))
    begun = {"0": [[[0, 1]] * N]}
    expected = net(x, state={"0": np.array(begun["0"], np.float32)})
    np.testing.assert_array_equal(net(x, state=begun), expected)
    assert begun["0"].dtype == np.float32
