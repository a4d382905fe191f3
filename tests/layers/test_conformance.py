"""The laws that every layer obeys, one row of the table a layer."""

from __future__ import annotations

import copy
import functools
import inspect
import pickle

import numpy as np
import pytest
from tests.layers.table import TABLE, both_sides, draws, numbers, registered, repeatable
from tests.support.slopes import assert_slope, slope

import layerwise as lw
from layerwise.layers import LAYERS
from layerwise.network import Container

each_row = pytest.mark.parametrize("row", TABLE, ids=[row.label for row in TABLE])
each_mode = pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])
LAYOUTS = {
    "Fortran": np.asfortranarray,
    "reversed": lambda array: np.flip(np.flip(array).copy()),
    "strided": lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
}
COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
}
STEP = 3  # the same step draws the same mask, so that a pass can be repeated


def each_case(law):
    """A test a row, which tries the law at each of its shapes: 25,000 tests would cost more than what they compute."""

    @functools.wraps(law)
    def at_every_shape(row, **others):
        for shape in row.shapes:
            try:
                law(row=row, shape=shape, **others)
            except BaseException as error:
                error.add_note(f"at the shape {shape}")
                raise

    signature = inspect.signature(law)
    kept = [parameter for name, parameter in signature.parameters.items() if name != "shape"]
    at_every_shape.__signature__ = signature.replace(parameters=kept)
    return each_row(at_every_shape)


def network(row, dtype="float64"):
    return lw.Network(row.make(), seed=2, dtype=dtype)


def there_and_back(net, x, training=False, dy=None):
    """Output, gradient at x, gradient at theta; words have no gradient, which is an empty array here."""
    net.zero_grad()
    y, backward = net.forward(x, training=training, step=STEP)
    dx = gradient_at(x, backward, numbers(y.shape, "dy", y.dtype) if dy is None else dy)
    return y, dx, net.grad.copy()


def gradient_at(x, backward, dy):
    dx = backward(dy)
    assert (dx is None) == (x.dtype.kind == "i")
    return np.empty((*x.shape, 0), dy.dtype) if dx is None else dx


def same_bits(*pairs):
    return all(a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in pairs)


def test_every_registered_layer_has_a_row():
    assert {type(row.make()).__name__ for row in TABLE} == registered()


def test_every_row_is_tried_at_six_shapes_at_least():
    assert min(len(set(row.shapes)) for row in TABLE) >= 6


class Addresses(lw.Tap):
    """Notes where calls and outputs are told, and the last output."""

    operations = True

    def __init__(self):
        self.calls, self.outputs = [], {}

    def activation(self, where, value):
        self.outputs[where] = value.copy()

    def operation(self, call):
        self.calls.append(call.where)


@each_row
def test_calls_are_told_at_the_address_of_their_layer(row):
    net, tap = network(row), Addresses()
    known = {prefix.removesuffix(".") for prefix, _ in net.chain.walk()}
    y, _ = net.forward(row.x(row.shapes[0]), training=True, step=STEP, tap=tap)
    np.testing.assert_array_equal(tap.outputs["0"], y)
    assert {where.partition("#")[0] for where in tap.calls} <= known - {""}
    if not any(net[0].children()):
        assert set(tap.calls) <= {"0"}


@each_mode
@each_case
def test_gradients_are_the_slopes(row, shape, training, tally):
    net, x = network(row), row.x(shape)
    y, dx, dtheta = there_and_back(net, x, training)
    dy = numbers(y.shape, "dy")

    def cost():
        return float((net.forward(x, training=training, step=STEP)[0] * dy).sum())

    if not row.words:
        assert_slope(dx, slope(cost, x))
    for name, gradient in net.gradients().items():
        assert_slope(gradient, slope(cost, net.parameters()[name]))
    np.testing.assert_array_equal(net.grad, dtheta)
    tally.add("gradient checks", (not row.words) + len(net.gradients()))


@each_mode
@each_case
def test_float32_stays_float32_and_agrees_with_float64(row, shape, training):
    net, narrow = network(row), network(row, "float32")
    narrow.theta = net.theta
    net.theta = narrow.theta
    x = row.x(shape, np.float32)
    for got, right in zip(there_and_back(narrow, x, training), there_and_back(net, x, training), strict=True):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, right, rtol=1e-4, atol=1e-5)


@each_case
def test_a_batch_is_its_samples_one_by_one(row, shape):
    net, x = network(row), row.x(shape)
    y, dx, dtheta = there_and_back(net, x)
    dy = numbers(y.shape, "dy")
    singles = [there_and_back(net, x[n : n + 1], dy=dy[n : n + 1]) for n in range(len(x))]
    for n, (y_n, dx_n, _) in enumerate(singles):
        np.testing.assert_allclose(y_n[0], y[n], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(dx_n[0], dx[n], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(sum(dtheta_n for _, _, dtheta_n in singles), dtheta, rtol=1e-12, atol=1e-13)


@each_case
def test_evaluation_is_pure(row, shape):
    net, x = network(row, "float32"), row.x(shape, np.float32)
    before = pickle.dumps(net)
    first, second = net(x), net(x)
    third, _ = net.forward(x)
    assert same_bits((first, second), (first, third))
    assert pickle.dumps(net) == before


@each_mode
@each_case
def test_backward_twice_gives_the_same_bits_and_adds_exactly_twice(row, shape, training):
    net, x = network(row, "float32"), row.x(shape, np.float32)
    y, backward = net.forward(x, training=training, step=STEP)
    dy = numbers(y.shape, "dy", np.float32)
    first, once = gradient_at(x, backward, dy).copy(), net.grad.copy()
    second = gradient_at(x, backward, dy)
    assert same_bits((first, second), (net.grad, once + once))


@each_mode
@each_case
def test_no_gradient_above_is_no_gradient_below(row, shape, training):
    net, x = network(row, "float32"), row.x(shape, np.float32)
    dy = np.zeros_like(net(x))
    _, dx, dtheta = there_and_back(net, x, training, dy)
    assert not dx.any()
    assert not dtheta.any()


@each_mode
@each_case
def test_backward_is_linear_in_the_gradient_above(row, shape, training):
    net, x = network(row), row.x(shape)
    size = net(x).shape
    u, v = numbers(size, "u"), numbers(size, "v")
    _, dx_u, dtheta_u = there_and_back(net, x, training, u)
    _, dx_v, dtheta_v = there_and_back(net, x, training, v)
    _, dx, dtheta = there_and_back(net, x, training, 2 * u - 3 * v)
    np.testing.assert_allclose(dx, 2 * dx_u - 3 * dx_v, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(dtheta, 2 * dtheta_u - 3 * dtheta_v, rtol=1e-12, atol=1e-12)


@each_mode
@each_case
def test_nothing_that_was_passed_in_is_changed(row, shape, training):
    net, x = network(row, "float32"), row.x(shape, np.float32)
    dy = numbers(net(x).shape, "dy", np.float32)
    expected = there_and_back(net, x, training, dy)
    theta, x_before, dy_before = net.theta.copy(), x.copy(), dy.copy()
    for array in (x, dy, *net.parameters().values()):
        array.flags.writeable = False  # whoever writes here gets an error
    assert same_bits(*zip(there_and_back(net, x, training, dy), expected, strict=True))
    assert same_bits((net.theta, theta), (x, x_before), (dy, dy_before))


@pytest.mark.parametrize("lay", LAYOUTS.values(), ids=LAYOUTS)
@each_case
def test_the_layout_of_memory_changes_nothing(row, shape, lay):
    net, x = network(row), row.x(shape)
    dy = numbers(net(x).shape, "dy")
    for got, right in zip(there_and_back(net, lay(x), dy=lay(dy)), there_and_back(net, x, dy=dy), strict=True):
        np.testing.assert_allclose(got, right, rtol=1e-12, atol=1e-13)


@each_case
def test_a_broadcast_row_is_a_batch_of_equal_rows(row, shape):
    net, one = network(row), row.x((1, *shape[1:]))
    x = np.broadcast_to(one, (3, *shape[1:]))
    dy = np.broadcast_to(numbers(net(one).shape, "dy"), net(x).shape)
    expected = there_and_back(net, x.copy(), dy=dy.copy())
    for got, right in zip(there_and_back(net, x, dy=dy), expected, strict=True):
        np.testing.assert_allclose(got, right, rtol=1e-12, atol=1e-13)


@each_case
def test_input_gradient_can_be_left_out(row, shape):
    net, x = network(row, "float32"), row.x(shape, np.float32)
    y, _, dtheta = there_and_back(net, x)
    net.zero_grad()
    again, backward = net.forward(x, input_gradient=False)
    dx = backward(numbers(y.shape, "dy", np.float32))
    assert same_bits((again, y), (net.grad, dtheta))
    assert dx is None or not net.theta.size


@each_case
def test_an_empty_batch_gives_an_empty_batch(row, shape):
    net = network(row, "float32")
    full = net(row.x(shape, np.float32))
    none = row.x(shape, np.float32)[:0]
    y, dx, dtheta = there_and_back(net, none)
    assert y.shape == (0, *full.shape[1:])
    assert dx.shape[: len(shape)] == none.shape
    assert y.dtype == dx.dtype == np.float32
    assert not dtheta.any()


@each_case
def test_the_output_shape_is_known_before_computing(row, shape):
    layer = row.make()
    assert layer.output_shape(shape[1:]) == layer(row.x(shape)).shape[1:]


@pytest.mark.parametrize("row", [row for row in TABLE if not row.words], ids=lambda row: row.label)
def test_nan_is_never_hidden(row):
    x = row.x(row.shapes[2])
    x[0] = np.nan
    with np.errstate(invalid="ignore"):
        y, _ = network(row).forward(x, training=True, step=STEP)
        assert np.isnan(y[0]).all()
        if not row.label.startswith("BatchNorm"):  # there every sample of the batch has a part in every output
            assert np.isfinite(y[1:]).all()


@each_row
def test_spec_round_trip(row):
    net = network(row)
    twin = lw.Network.from_spec(net.spec())
    assert (repr(twin), twin.spec()) == (repr(net), net.spec())
    assert same_bits((twin.theta, net.theta))
    if not isinstance(net[0], Container):  # its layers are rows of their own, which the network writes
        assert repr(LAYERS.build(LAYERS.spec(row.make()))) == repr(row.make())


@each_row
def test_repr_is_the_call_that_makes_the_layer(row):
    layer = row.make()
    again = eval(repr(layer), {name: LAYERS[name] for name in LAYERS})
    assert type(again) is type(layer)
    assert repr(again) == repr(layer)
    assert same_bits((lw.Network(again, seed=1).theta, lw.Network(layer, seed=1).theta))


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
@each_row
def test_a_layer_alone_is_copied_with_its_values(row, duplicate):
    layer, x = row.make(), row.x(row.shapes[1], np.float32)
    y = layer(x)  # gives the layer values of its own
    twin = duplicate(layer)
    assert same_bits((twin(x), y))
    for parameter in twin.all_parameters():
        parameter.value[...] = 7
    assert same_bits((layer(x), y))
    assert same_bits((lw.Network(twin)(x), twin(x)))  # and the copy is free for a network


@each_row
def test_a_layer_of_a_network_is_copied_out_of_it(row):
    net, x = network(row), row.x(row.shapes[1])
    twin = copy.deepcopy(net[0])
    other = lw.Network(twin, dtype="float64")
    assert same_bits((other(x), net(x)), (other.theta, net.theta))
    other.theta[:] = 0
    assert not net.theta.size or net.theta.any()


@pytest.mark.parametrize("row", [row for row in TABLE if repeatable(row)], ids=lambda row: row.label)
def test_a_layer_used_twice(row, tally):
    layer, x = row.make(), row.x(repeatable(row))
    net = lw.Network(layer, lw.Tanh(), layer, seed=1, dtype="float64")
    assert net.theta.size == lw.Network(row.make()).theta.size
    y, dx, _ = there_and_back(net, x, training=True)
    dy = numbers(y.shape, "dy")

    def cost():
        return float((net.forward(x, training=True, step=STEP)[0] * dy).sum())

    assert_slope(dx, slope(cost, x))
    assert_slope(net.grad, slope(cost, net.theta))
    tally.add("gradient checks", 1 + bool(net.theta.size))


def test_nearly_every_layer_was_used_twice():
    words = {type(row.make()).__name__ for row in TABLE if row.words}  # vectors are no words
    takes_an_axis_away = {"Select"}
    twice = {type(row.make()).__name__ for row in TABLE if repeatable(row)}
    assert twice == registered() - words - takes_an_axis_away


@pytest.mark.torch
@each_row
def test_torch_has_the_same_names(row):
    torch = pytest.importorskip("torch")
    assert list(torch.nn.Sequential(row.twin(torch.nn)).state_dict()) == list(network(row).state_dict())


@pytest.mark.torch
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@each_mode
@each_case
def test_torch_has_the_same_outputs_gradients_and_state(row, shape, training, dtype):
    """Promises P1 and P2; in training without the layers that draw, whose formula is compared with the same mask."""
    torch = pytest.importorskip("torch")
    for name, (ours, theirs) in both_sides(torch, row, shape, dtype, training and not draws(row)).items():
        if dtype == np.float64:
            rtol, atol = (1e-8, 1e-11) if "gradient" in name else (1e-10, 1e-12)
        else:
            rtol, atol = (1e-3, 1e-5) if "gradient" in name else (1e-4, 1e-5)
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol, err_msg=name)


@pytest.mark.torch
@each_row
def test_a_state_dict_comes_back_from_torch_with_the_same_bits(row):
    torch = pytest.importorskip("torch")
    net, twin = network(row, "float32"), torch.nn.Sequential(row.twin(torch.nn)).eval()
    net.load_state_dict(twin.state_dict())
    assert same_bits(*[(net.state_dict()[name], tensor.numpy()) for name, tensor in twin.state_dict().items()])
    x = row.x(row.shapes[2], np.float32)
    np.testing.assert_allclose(net(x), twin(torch.from_numpy(x)).detach().numpy(), rtol=1e-5, atol=1e-6)
