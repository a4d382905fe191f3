"""theta and its views: every way of writing, copying and sharing that breaks in a naive form."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from tests.network.silent import Silent
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.layers import Pass


def network(**settings):
    return lw.Network(lw.Linear(3, 4), lw.Tanh(), lw.Linear(4, 2, bias=False), **settings)


X = np.linspace(-1, 1, 15).reshape(5, 3)
COPIES = {"copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": lambda net: pickle.loads(pickle.dumps(net))}
each_copy = pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)


def assert_bound(net):
    """All names show segments of theta and grad, which follow each other without a gap."""
    for flat, views in ((net.theta, net.parameters()), (net.grad, net.gradients())):
        assert sum(view.size for view in views.values()) == flat.size
        flat[:] = np.arange(flat.size)
        np.testing.assert_array_equal(np.concatenate([view.ravel() for view in views.values()]), flat)
        assert all(np.shares_memory(view, flat) for view in views.values())
        flat[:] = 0


def test_parameters_are_views_under_torchs_names():
    net = network()
    shapes = {name: view.shape for name, view in net.parameters().items()}
    assert shapes == {"0.weight": (4, 3), "0.bias": (4,), "2.weight": (2, 4)}
    assert net.theta.shape == net.grad.shape == (24,)
    assert_bound(net)


def test_the_class_itself_shows_the_descriptor():
    assert isinstance(lw.Linear.weight, lw.layers.View)


def test_writing_on_either_side_is_seen_on_the_other():
    net = network()
    net[0].weight[1, 2] = 7
    assert net.theta[5] == 7
    net.theta[12:16] = [1, 2, 3, 4]
    np.testing.assert_array_equal(net[0].bias, [1, 2, 3, 4])
    net.parameters()["2.weight"][...] = 9
    assert (net.theta[16:] == 9).all()


def test_assigning_a_weight_copies_into_theta():
    net, values = network(), np.full((4, 3), 2.0)
    theta = net.theta
    net[0].weight = values
    values[:] = 5
    assert net.theta is theta
    assert (net.theta[:12] == 2).all()
    net[0].weight = [[1, 2, 3]] * 4  # lists and whole numbers are converted
    assert net.theta[1] == 2
    assert_bound(net)


def test_augmented_assignment_writes_in_place():
    net = network()
    theta, grad, weight = net.theta, net.grad, net[0].weight.copy()
    net[0].weight -= 1
    net[0].bias += np.ones(4)
    net.theta *= 2
    net.grad += 3
    assert net.theta is theta
    assert net.grad is grad
    np.testing.assert_array_equal(net[0].weight, 2 * (weight - 1))
    assert (net.grad == 3).all()
    assert_bound(net)


def test_assigning_theta_copies():
    net, values = network(), np.arange(24)
    theta = net.theta
    net.theta = values
    values[:] = 0
    assert net.theta is theta
    np.testing.assert_array_equal(net[0].weight[1], [3, 4, 5])
    net.grad = list(range(24))
    np.testing.assert_array_equal(net.gradients()["0.bias"], [12, 13, 14, 15])


@each_copy
def test_a_copy_is_independent_and_bound(duplicate):
    net = network(seed=3)
    net.grad += 1
    net.forward(X, training=True)
    y = net(X)
    twin = duplicate(net)
    assert twin(X).tobytes() == y.tobytes()
    assert twin.grad.tobytes() == net.grad.tobytes()
    assert (repr(twin), twin.spec(), twin.passes) == (repr(net), net.spec(), net.passes)
    assert not np.shares_memory(twin.theta, net.theta)
    assert_bound(twin)
    assert net(X).tobytes() == y.tobytes()
    assert (net.grad == 1).all()


@each_copy
def test_a_copy_of_a_network_with_a_shared_layer_still_shares(duplicate):
    shared = lw.Linear(3, 3)
    net = lw.Network(shared, lw.Sequential(lw.Tanh(), shared), shared)
    twin = duplicate(net)
    assert twin.theta.size == net.theta.size == 12
    assert twin[0] is twin[2] is twin[1][1]
    twin[0].weight = np.eye(3)
    np.testing.assert_array_equal(twin.parameters()["1.1.weight"], np.eye(3))
    assert twin.decay_mask.sum() == 9


def test_tied_names_are_one_segment():
    shared = lw.Linear(3, 3)
    net = lw.Network(shared, lw.ReLU(), shared)
    assert list(net.parameters()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert np.shares_memory(net.parameters()["0.weight"], net.parameters()["2.weight"])
    assert list(net.state_dict()) == list(net.parameters())
    state = net.state_dict()
    net.theta = np.zeros(12)
    net.load_state_dict(state)
    np.testing.assert_array_equal(net[0].weight, state["0.weight"])


def test_a_layer_of_two_networks_is_refused(tally):
    net = network()
    theta, layer = net.theta.copy(), net[0]
    for build in (
        lambda: lw.Network(layer),
        lambda: lw.Network(lw.Linear(3, 3), layer),
        lambda: lw.Network(lw.Sequential(lw.Sequential(layer))),
        lambda: lw.Network(net.chain),
    ):
        refused(tally, SettingError, ("one network only", "copy.deepcopy(layer)"), build)
    np.testing.assert_array_equal(net.theta, theta)
    assert layer.address == "0"
    assert_bound(net)


def test_copied_layers_are_free_for_another_network():
    net = network(seed=1)
    for layers in (
        copy.deepcopy(net.layers),
        [copy.deepcopy(layer) for layer in net],
        [copy.copy(layer) for layer in net],
    ):
        other = lw.Network(*layers)
        assert other(X).tobytes() == net(X).tobytes()
        assert_bound(other)
        assert net.theta.any()
    other = lw.Network(*[copy.deepcopy(net.chain)])
    assert other(X).tobytes() == net(X).tobytes()
    assert_bound(other)


def test_a_layer_alone_has_a_theta_of_its_own():
    layer, other = lw.Linear(3, 2), lw.Linear(3, 2)
    assert layer.weight.shape == (2, 3)
    assert layer.weight.dtype == np.float32
    assert np.shares_memory(layer.weight.base, layer.bias.base)
    np.testing.assert_array_equal(layer.weight, other.weight)  # the same seed, the same first values
    layer.weight = 1 + layer.weight
    assert (layer.weight != other.weight).all()


def test_values_seen_before_adoption_are_kept():
    first, second = lw.Linear(3, 4), lw.Linear(4, 2)
    first.weight = np.arange(12).reshape(4, 3)
    bias = first.bias.copy()
    alone = first(X.astype(np.float32))
    net = lw.Network(first, second, seed=9)
    np.testing.assert_array_equal(net.parameters()["0.weight"], np.arange(12).reshape(4, 3))
    np.testing.assert_array_equal(net.parameters()["0.bias"], bias)
    assert first(X.astype(np.float32)).tobytes() == alone.tobytes()
    assert np.shares_memory(first.weight, net.theta)
    fresh = lw.Network(lw.Linear(3, 4), lw.Linear(4, 2), seed=9)
    np.testing.assert_array_equal(net.parameters()["1.weight"], fresh.parameters()["1.weight"])


def test_loading_binds_the_views(tmp_path):
    net = network(seed=2, dtype="float64")
    net.save(tmp_path / "net.safetensors")
    again = lw.load(tmp_path / "net.safetensors")
    assert again.theta.dtype == np.float64
    assert again(X).tobytes() == net(X).tobytes()
    assert again.spec() == net.spec()
    assert_bound(again)


def test_a_saved_shared_layer_is_shared_again(tmp_path):
    shared = lw.Linear(3, 3)
    net = lw.Network(shared, lw.Sequential(lw.Tanh(), shared))
    net.save(tmp_path / "net.safetensors")
    again = lw.load(tmp_path / "net.safetensors")
    assert again.theta.tobytes() == net.theta.tobytes()
    assert again[0] is again[1][1]


def test_load_state_dict_copies_into_the_views():
    net, other = network(seed=1), network(seed=2)
    state = other.state_dict()
    net.load_state_dict(state)
    state["0.weight"][:] = 0
    assert net.theta.tobytes() == other.theta.tobytes()
    assert_bound(net)
    assert other.theta.any()


@pytest.mark.parametrize(("dtype", "back"), [("float64", "float32"), ("float32", "float32")])
def test_astype_is_a_bound_copy(dtype, back):
    net = network(seed=4)
    twin = net.astype(dtype)
    assert twin.theta.dtype == twin(X).dtype == np.dtype(dtype)
    np.testing.assert_array_equal(twin.theta, net.theta)
    assert twin.astype(back).theta.tobytes() == net.theta.tobytes()
    assert twin.spec() == {**net.spec(), "dtype": dtype}
    assert_bound(twin)
    assert net.theta.any()
    shared = lw.Linear(3, 3)
    assert lw.Network(shared, shared).astype(dtype).theta.size == 12


def load_weight(net, values):
    """Load a state in which all fits, but for the last weight: nothing of it may arrive."""
    state = {name: np.zeros_like(array) for name, array in net.state_dict().items()}
    net.load_state_dict({**state, "2.weight": values})


@pytest.mark.parametrize(("write", "error", "words"), [
    (lambda net: setattr(net, "theta", np.ones(3)), ShapeError, ("theta has shape (24,)", "(3,)")),
    (lambda net: setattr(net, "theta", np.ones((24, 1))), ShapeError, "(24, 1)"),
    (lambda net: setattr(net, "theta", 1.0), ShapeError, "()"),
    (lambda net: setattr(net, "theta", ["a"] * 24), KindError, "theta must hold real numbers, got text"),
    (lambda net: setattr(net, "theta", None), KindError, "theta"),
    (lambda net: setattr(net, "theta", np.ones(24) * 1j), KindError, "complex"),
    (lambda net: setattr(net, "grad", np.ones(25)), ShapeError, ("grad has shape (24,)", "(25,)")),
    (lambda net: setattr(net[0], "weight", np.ones((3, 4))), ShapeError, ("Linear(3, 4).weight", "(4, 3)", "(3, 4)")),
    (lambda net: setattr(net[0], "weight", 0), ShapeError, ("Linear(3, 4).weight", "()")),
    (lambda net: setattr(net[0], "weight", "a"), KindError, "Linear(3, 4).weight must hold real numbers"),
    (lambda net: setattr(net[0], "bias", None), KindError, "Linear(3, 4).bias"),
    (lambda net: setattr(net[0], "bias", [[1, 2], [3]]), ShapeError, "ragged"),
    (lambda net: setattr(net[2], "bias", [1, 2]), ShapeError, ("bias=False", "made without bias")),
    (lambda net: net.load_state_dict({}), SettingError, "missing: 0.bias, 0.weight, 2.weight; unknown: none"),
    (lambda net: net.load_state_dict({**net.state_dict(), "2.bias": [1, 2]}), SettingError, "unknown: 2.bias"),
    (lambda net: load_weight(net, np.ones((4, 2))), ShapeError, ("2.weight", "(2, 4)", "(4, 2)")),
    (lambda net: load_weight(net, [["a"] * 4] * 2), KindError, "2.weight"),
    (lambda net: net.load_state_dict(None), KindError, "dict of arrays by name, got NoneType"),
    (lambda net: net.load_state_dict([1, 2]), KindError, "got list"),
    (lambda net: net.astype("int32"), SettingError, "dtype 'int32' is not known"),
    (lambda net: net.astype("float16"), SettingError, "Did you mean 'float64'?"),
])  # fmt: skip
def test_what_does_not_fit_changes_nothing(write, error, words, tally):
    net = network()
    theta, grad = net.theta.copy(), net.grad.copy()
    refused(tally, error, words, lambda: write(net))
    assert net.theta.tobytes() == theta.tobytes()
    assert net.grad.tobytes() == grad.tobytes()
    assert net.theta.dtype == np.float32


class TestFirstGradientIsWritten:
    """After zero_grad the first gradient is copied into its slot: nobody may notice, except by the time it takes."""

    @pytest.fixture(params=["fused, small", "fused, large", "layers"])
    def step(self, request):
        rows = 5000 if "large" in request.param else 7
        x = np.random.default_rng(0).normal(size=(rows, 3))
        tap = Silent() if request.param == "layers" else None

        def step(net):
            y, backward = net.forward(x, training=True, tap=tap)
            backward(np.cos(y) / rows)

        return step

    @pytest.fixture
    def net(self):
        return lw.Network(lw.Linear(3, 4), lw.Tanh(), lw.Linear(4, 2), dtype="float64")

    @pytest.fixture
    def once(self, net, step):
        step(net)
        return net.grad.copy()

    def test_a_second_backward_adds(self, net, step, once):
        net.zero_grad()
        step(net)
        np.testing.assert_array_equal(net.grad, once)
        step(net)
        np.testing.assert_allclose(net.grad, 2 * once, rtol=1e-12, atol=0)

    def test_zeros_are_seen_by_whoever_holds_the_array(self, net, step, once):
        held = net.grad
        net.zero_grad()
        assert not held.any()
        step(net)
        np.testing.assert_array_equal(held, once)

    @pytest.mark.parametrize("write", [
        lambda net: net.grad.__setitem__(slice(None), 1.0),
        lambda net: setattr(net, "grad", np.ones(len(net.theta))),
        lambda net: [each.__setitem__(..., 1.0) for each in net.gradients().values()],
        lambda net: [each.grad.__setitem__(..., 1.0) for layer in net for each in layer.parameters.values()],
    ])  # fmt: skip
    def test_what_is_written_after_zero_grad_is_added_to(self, net, step, once, write):
        net.zero_grad()
        write(net)
        step(net)
        np.testing.assert_allclose(net.grad, 1 + once, rtol=1e-12, atol=1e-14)

    def test_what_backward_does_not_reach_stays_zero(self, net):
        net.grad[:] = 1
        net.zero_grad()
        y, backward = net[2].forward(np.ones((3, 4)), Pass())
        backward(y)
        assert not net.gradients()["0.weight"].any()
        assert net.gradients()["2.weight"].any()

    @pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
    def test_a_copy_in_the_middle_of_a_step_adds(self, net, step, once, copied):
        net.zero_grad()
        step(net)
        twin = copied(net)
        step(twin)
        np.testing.assert_allclose(twin.grad, 2 * once, rtol=1e-12, atol=0)
        np.testing.assert_array_equal(net.grad, once)

    def test_a_layer_used_twice_adds(self):
        tied = lw.Linear(3, 3)
        net = lw.Network(tied, lw.Tanh(), tied, dtype="float64")
        x = np.random.default_rng(0).normal(size=(5000, 3))

        def gradient():
            y, backward = net.forward(x, training=True)
            backward(np.cos(y))
            return net.grad.copy()

        first = gradient()
        net.zero_grad()
        np.testing.assert_allclose(gradient(), first, rtol=1e-12, atol=1e-12)

    def test_a_layer_that_adds_by_itself_is_added_to(self, net, step, once):
        net.zero_grad()
        for layer in net:
            for parameter in layer.parameters.values():
                parameter.grad += 1
        step(net)
        np.testing.assert_allclose(net.grad, 1 + once, rtol=1e-12, atol=1e-14)
