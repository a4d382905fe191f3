"""Weight tying: two names, one segment of theta."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.slopes import assert_slope, slope

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.random import generator

X = generator(0, "x").normal(size=(5, 3))
TIES = {"2.weight": "0.weight"}
COPIES = {"copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": lambda net: pickle.loads(pickle.dumps(net))}


def layers():
    return lw.Linear(3, 3), lw.Tanh(), lw.Linear(3, 3)


def tied(**settings):
    return lw.Network(*layers(), **{"ties": TIES, "dtype": "float64", **settings})


def test_two_names_and_one_segment():
    net = tied()
    assert net.theta.size == 9 + 3 + 3
    assert list(net.parameters()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert np.shares_memory(net.parameters()["0.weight"], net.parameters()["2.weight"])
    net[2].weight = np.arange(9).reshape(3, 3)
    np.testing.assert_array_equal(net[0].weight, net[2].weight)
    untied = lw.Network(*layers(), dtype="float64")
    assert np.shares_memory(net.gradients()["0.weight"], net.gradients()["2.weight"])
    assert tied()[2].weight.tobytes() == untied[0].weight.tobytes()  # the second name's first values


def test_the_first_of_two_may_be_the_name_that_is_tied():
    net, untied = tied(ties={"0.weight": "2.weight"}), lw.Network(*layers())
    assert list(net.parameters()) == list(untied.parameters())
    assert net[0].weight is net[2].weight


def test_the_two_names_may_be_of_two_kinds():
    """The factors of a normalisation become the biases before it; its own shifts stay what they are."""
    net = lw.Network(lw.Linear(3, 3), lw.LayerNorm(3), ties={"1.weight": "0.bias"})
    biases, norm = net[0].parameters["bias"], net[1].parameters
    assert norm["weight"] is biases
    assert norm["bias"] is not biases
    assert norm["bias"].siblings == [norm["bias"]]  # what was given up is held by nobody
    assert list(net[0].parameters) == list(norm) == ["weight", "bias"]
    assert net.theta.size == 9 + 3 + 3


def test_a_layer_at_two_places_may_be_tied_to_itself():
    twice = lw.Linear(3, 3)
    net = lw.Network(twice, lw.Tanh(), twice, ties={"2.weight": "0.weight"})
    assert net.theta.size == 9 + 3
    assert net[0].parameters["bias"].siblings == list(net[0].parameters.values())


@pytest.mark.parametrize("rows", [5, 3000], ids=["fused, small", "fused, large"])
def test_gradients_of_both_places_add_up(rows):
    x = generator(0, "x").normal(size=(rows, 3))
    net, untied = tied(), lw.Network(*layers(), dtype="float64")
    untied.load_state_dict(net.state_dict())
    for each in (net, untied):
        each.zero_grad()
        y, backward = each.forward(x, training=True)
        backward(np.cos(y))
    theirs = untied.gradients()
    np.testing.assert_allclose(net.gradients()["0.weight"], theirs["0.weight"] + theirs["2.weight"], rtol=1e-12)
    np.testing.assert_allclose(net.gradients()["2.bias"], theirs["2.bias"], rtol=1e-12)


def test_the_gradient_is_the_slope(tally):
    net, x = tied(), X.copy()
    y, backward = net.forward(x, training=True)
    dy = generator(1, "dy").normal(size=y.shape)
    dx = backward(dy)

    def cost():
        return float((net(x) * dy).sum())

    assert_slope(net.grad, slope(cost, net.theta))
    assert_slope(dx, slope(cost, x))
    tally.add("gradient checks", 2)


def test_a_tied_weight_is_penalised_once():
    net = tied()
    weight = net[0].weight
    value, _ = lw.L2(0.5)(net.theta * net.decay_mask)
    assert net.decay_mask.sum() == 9
    assert value == pytest.approx(0.5 * (weight**2).sum())


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_copies_are_tied(copied):
    net = tied()
    twin = copied(net)
    assert twin.ties == TIES
    assert twin[0].weight is twin[2].weight
    assert not np.shares_memory(twin.theta, net.theta)
    assert twin.theta.tobytes() == net.theta.tobytes()
    assert pickle.dumps(twin) == pickle.dumps(copied(twin))


def test_spec_repr_type_and_file(tmp_path):
    net = tied(seed=4)
    assert net.spec()["ties"] == TIES
    again = lw.Network.from_spec(net.spec())
    assert (repr(again), again.theta.tobytes()) == (repr(net), net.theta.tobytes())
    assert repr(net).endswith("seed=4, dtype='float64', ties={'2.weight': '0.weight'})")
    assert "ties" not in lw.Network(*layers()).spec()
    narrow = net.astype("float32")
    assert narrow[0].weight is narrow[2].weight
    net.theta *= 2
    net.save(tmp_path / "net.safetensors")
    loaded = lw.load(tmp_path / "net.safetensors")
    assert loaded.spec() == net.spec()
    assert loaded.theta.tobytes() == net.theta.tobytes()
    assert loaded[0].weight is loaded[2].weight


def test_a_tied_layer_leaves_the_network_alone():
    net = tied()
    other = lw.Network(copy.deepcopy(net[2]), dtype="float64")
    np.testing.assert_array_equal(other[0].weight, net[2].weight)
    other.theta[:] = 0
    assert net.theta.all()


def test_values_seen_before_are_given_up_with_the_name():
    first, tanh, last = layers()
    last.weight = np.zeros((3, 3))
    net = lw.Network(first, tanh, last, ties=TIES)
    assert net[2].weight.all()
    assert len(pickle.dumps(net)) < 3000


def test_inside_containers_and_in_the_summary():
    net = lw.Network(lw.Residual(lw.Linear(3, 3)), lw.Linear(3, 3, bias=False), ties={"1.weight": "0.0.weight"})
    assert net[1].weight is net[0][0].weight
    assert net.theta.size == 12
    assert "shared" in net.summary()


def test_two_different_arrays_for_one_are_refused(tally):
    shared = lw.Linear(3, 3)
    for net in (tied(), lw.Network(shared, lw.Tanh(), shared)):
        theta = net.theta.copy()
        state = net.state_dict()
        state["2.weight"][0, 0] += 1
        words = ("0.weight and 2.weight are one array in this network", "where they are two")
        refused(tally, SettingError, words, lambda net=net, state=state: net.load_state_dict(state))
        assert net.theta.tobytes() == theta.tobytes()
        state["0.weight"][...] = state["2.weight"][...] = np.nan
        net.load_state_dict(state)


@pytest.mark.torch
def test_torch_ties_the_same_way():
    torch = pytest.importorskip("torch")
    net = tied()
    twin = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Tanh(), torch.nn.Linear(3, 3)).double()
    twin[2].weight = twin[0].weight
    net.load_state_dict(twin.state_dict())
    assert list(net.state_dict()) == list(twin.state_dict())
    y, backward = net.forward(X)
    theirs = twin(torch.from_numpy(X))
    backward(np.ones_like(y))
    theirs.sum().backward()
    np.testing.assert_allclose(net.gradients()["2.weight"], twin[0].weight.grad.numpy(), rtol=1e-10)


@pytest.mark.parametrize(("ties", "error", "words"), [
    ({"2.weigt": "0.weight"}, SettingError, ("no parameter '2.weigt'", "Did you mean '2.weight'?")),
    ({"2.weight": "1.weight"}, SettingError, "no parameter '1.weight'"),
    ({"3.weight": "1.weight"}, SettingError, "no parameter '3.weight'"),
    ({"2.bias": "0.weight"}, ShapeError, ("2.bias has shape (3,)", "0.weight", "(3, 3)")),
    ({"2.weight": "2.weight"}, SettingError, "'2.weight' is tied itself"),
    ({"2.weight": "0.weight", "0.weight": "2.weight"}, SettingError, "is tied itself"),
    ({"2.weight": 0}, KindError, "ties are names of parameters by name"),
    ([("2.weight", "0.weight")], KindError, "ties are names"),
    ("2.weight", KindError, "ties are names"),
])  # fmt: skip
def test_ties_that_do_not_fit(ties, error, words, tally):
    refused(tally, error, words, lambda: tied(ties=ties))
    refused(tally, error, words, lambda: lw.Network.from_spec({**lw.Network(*layers()).spec(), "ties": ties}))
    first, tanh, last = layers()
    with pytest.raises(error):
        lw.Network(first, tanh, last, ties=ties)
    assert lw.Network(first, tanh, last).theta.size == 24  # nothing was tied on the way
