"""The network: computing, kinds of input, gradients that add up, and errors that say where."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.layers.table import TABLE
from tests.support.refusals import refused
from tests.support.slopes import assert_slope, slope

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.layers import LAYERS
from layerwise.random import generator

X = generator(0, "x").normal(size=(5, 3))


def network(**settings):
    return lw.Network(lw.Linear(3, 4), lw.ReLU(), lw.Linear(4, 2), **{"seed": 1, **settings})


def by_hand(net, x):
    w0, b0, w2, b2 = net.parameters().values()
    return np.maximum(x @ w0.T + b0, 0) @ w2.T + b2


# --- computing -------------------------------------------------------------------------------------------------------


def test_forward_is_the_formula():
    net = network(dtype="float64")
    np.testing.assert_allclose(net(X), by_hand(net, X), rtol=1e-14)
    y, _ = net.forward(X)
    assert y.tobytes() == net(X).tobytes()


def test_backward_adds_and_zero_grad_clears():
    net = network(dtype="float64")
    y, backward = net.forward(X, training=True)
    backward(np.ones_like(y))
    once = net.grad.copy()
    assert once.any()
    backward(2 * np.ones_like(y))
    np.testing.assert_allclose(net.grad, 3 * once, rtol=1e-14)
    net.zero_grad()
    assert not net.grad.any()


@pytest.mark.parametrize("loss", [lw.CrossEntropyLoss(), lw.MSELoss(), lw.BCEWithLogitsLoss()], ids=repr)
@pytest.mark.parametrize("hidden", [lw.Tanh, lw.Sigmoid, lw.ReLU, lw.Softmax], ids=lambda each: each.__name__)
def test_the_gradient_of_a_whole_network_is_its_slope(hidden, loss, tally):
    net = lw.Network(lw.Linear(3, 4), hidden(), lw.Dropout(0.2), lw.Linear(4, 2), seed=1, dtype="float64")
    target = np.array([0, 1, 1, 0, 1]) if isinstance(loss, lw.CrossEntropyLoss) else np.eye(2)[[0, 1, 1, 0, 1]]
    x = X.copy()

    def cost():
        return loss(net.forward(x, training=True, step=0)[0], target)[0]

    y, backward = net.forward(x, training=True, step=0)
    dx = backward(loss(y, target)[1]())
    assert_slope(net.grad, slope(cost, net.theta))
    assert_slope(dx, slope(cost, x))
    tally.add("gradient checks", 2)


def test_two_passes_at_once_do_not_disturb_each_other():
    net = network(dtype="float64")
    y1, back1 = net.forward(X)
    y2, back2 = net.forward(10 * X)
    dx2, dx1 = back2(np.ones_like(y2)), back1(np.ones_like(y1))
    alone, back = net.forward(X)
    assert back(np.ones_like(alone)).tobytes() == dx1.tobytes()
    assert dx2.shape == dx1.shape


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_seed_gives_the_same_network(dtype):
    assert network(dtype=dtype).theta.tobytes() == network(dtype=dtype).theta.tobytes()
    assert network(dtype=dtype, seed=2).theta.tobytes() != network(dtype=dtype).theta.tobytes()
    np.testing.assert_allclose(network(dtype="float32").theta, network(dtype="float64").theta, rtol=1e-6)


def test_dropout_is_addressed_by_seed_and_step():
    net = lw.Network(lw.Dropout(0.5), seed=3)
    x = np.ones((4, 50), np.float32)
    first, second = (net.forward(x, training=True)[0] for _ in range(2))
    assert net.passes == 2
    assert (first != second).any()
    assert net.forward(x, training=True, step=0)[0].tobytes() == first.tobytes()
    assert net.forward(x, training=True, seed=3, step=1)[0].tobytes() == second.tobytes()
    assert net.forward(x, training=True, seed=4, step=1)[0].tobytes() != second.tobytes()
    assert net.passes == 2  # a pass whose step is given is not counted
    assert set(np.unique(first)) == {0.0, 2.0}


def test_dropout_keeps_its_share():
    net = lw.Network(lw.Dropout(0.3))
    y, _ = net.forward(np.ones((100, 1000), np.float32), training=True)
    assert np.mean(y == 0) == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / 1e5))
    assert y.mean() == pytest.approx(1, abs=0.01)


def test_two_dropouts_and_one_used_twice_have_masks_of_their_own():
    x, shared = np.ones((4, 100), np.float32), lw.Dropout(0.5)
    for net in (lw.Network(lw.Dropout(0.5), lw.Dropout(0.5)), lw.Network(shared, shared)):
        y, _ = net.forward(x, training=True)
        assert set(np.unique(y)) == {0.0, 4.0}  # equal masks would leave half of the numbers, not a quarter
        assert np.mean(y == 4) == pytest.approx(0.25, abs=0.1)


def test_a_network_is_a_row_of_layers():
    net = network()
    assert len(net) == 3
    assert [type(layer).__name__ for layer in net] == ["Linear", "ReLU", "Linear"]
    assert net[0] is net.layers[0]
    assert repr(net) == "Network(Linear(3, 4), ReLU(), Linear(4, 2), seed=1, dtype='float32')"
    again = eval(repr(net), {"Network": lw.Network, **LAYERS})
    assert again.theta.tobytes() == net.theta.tobytes()


def test_decay_mask_marks_weights_and_not_biases():
    mask = dict(zip(network().parameters(), np.split(network().decay_mask, [12, 16, 24]), strict=True))
    assert {name: set(part) for name, part in mask.items()} == {
        "0.weight": {1}, "0.bias": {0}, "2.weight": {1}, "2.bias": {0},
    }  # fmt: skip


# --- what comes in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dtype", [np.uint8, np.int8, np.int64, bool, np.float16, np.float32, np.float64, np.longdouble]
)
@pytest.mark.parametrize("own", ["float32", "float64"])
def test_kinds_of_numbers_are_converted(dtype, own):
    net = network(dtype=own)
    x = np.array([[0, 1, 100], [3, 0, 120]]).astype(dtype)
    y = net(x)
    assert y.dtype == own
    np.testing.assert_allclose(y, by_hand(net, x.astype(own)), rtol=1e-5)
    _, backward = net.forward(x)
    dx = backward(np.ones((2, 2)))  # float64, or a list, is converted too
    assert net.grad.any()
    assert (dx is None) == (np.dtype(dtype).kind in "biu")
    assert dx is None or dx.dtype == own


def test_lists_and_tuples_are_converted():
    net = network()
    np.testing.assert_array_equal(net(X.tolist()), net(X))
    np.testing.assert_array_equal(net(tuple(map(tuple, X))), net(X))
    _, backward = net.forward(X.tolist())
    assert backward([[1, 0]] * 5).shape == X.shape


@pytest.mark.parametrize("make", [lw.Sigmoid, lw.Tanh, lw.ReLU, lw.Softmax, lw.LogSoftmax, lw.Dropout, lw.Flatten])
def test_bytes_do_not_wrap_in_a_layer_alone(make):
    x = np.array([[0, 1, 200]], np.uint8)
    y = make()(x)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, make()(x.astype(np.float64)), rtol=1e-5, atol=1e-30)


BAD_VALUES = [
    ([["a", "b", "c"]], KindError, "text"),
    ("abc", KindError, "text"),
    ([[1, 2, None]], KindError, "objects"),
    (None, KindError, "objects"),
    ({"x": [1, 2, 3]}, KindError, "objects"),
    (np.full((2, 3), object()), KindError, "objects"),
    (np.ones((2, 3), complex), KindError, "complex"),
    (np.ones((2, 3), "M8[D]"), KindError, "dates"),
    ([[b"a", b"b", b"c"]], KindError, "bytes"),
    (np.ma.masked_array(np.ones((2, 3)), mask=np.eye(2, 3)), KindError, "masked"),
    ([[1, 2, 3], [1, 2]], ShapeError, "ragged"),
    ([1.0, 2.0, 3.0], ShapeError, ("batch (N, ...)", "(3,)", "write x[None, :]")),
    (1.0, ShapeError, ("batch", "()")),
    ([], ShapeError, ("batch", "(0,)")),
    (np.zeros(0), ShapeError, "(0,)"),
]


@pytest.mark.parametrize("row", TABLE, ids=[row.label for row in TABLE])
@pytest.mark.parametrize(("x", "error", "words"), BAD_VALUES, ids=range(len(BAD_VALUES)))
def test_no_layer_accepts_what_is_no_batch_of_numbers(row, x, error, words, tally):
    net = lw.Network(row.make())
    theta = net.theta.copy()
    refused(tally, error, words, lambda: net(x))
    refused(tally, error, words, lambda: net.forward(x, training=True))
    assert net.theta.tobytes() == theta.tobytes()
    assert not net.grad.any()
    assert net.passes == 0


@pytest.mark.parametrize("training", [None, 1, "no", np.array([1, 2])], ids=repr)
def test_training_is_yes_or_no(training, tally):
    net = network()
    refused(tally, KindError, "training must be True or False, got", lambda: net.forward(X, training=training))
    assert net.passes == 0


def test_a_sparse_matrix_is_refused(tally):
    sparse = pytest.importorskip("scipy.sparse")
    refused(tally, KindError, "x.toarray()", lambda: network()(sparse.csr_matrix(X)))


@pytest.mark.parametrize(("x", "words"), [
    (np.ones((5, 4)), "Linear(3, 4) expects 3 features, got 4: write Linear(4, 4)"),
    (np.ones((5, 2)), "Linear(3, 4) expects 3 features, got 2: write Linear(2, 4)"),
    (np.ones((3, 0)), "Linear(3, 4) expects 3 features, got 0"),
    (np.ones((3, 5, 1)), "expects 3 features, got 1"),
    (np.broadcast_to(np.float32(1), (2**32, 7)), "expects 3 features, got 7"),
])  # fmt: skip
def test_the_wrong_width(x, words, tally):
    net = network()
    theta = net.theta.copy()
    refused(tally, ShapeError, words, lambda: net(x))
    refused(tally, ShapeError, words, lambda: net.forward(x, training=True))
    refused(tally, ShapeError, words, lambda: lw.Linear(3, 4)(x))
    assert (net.theta.tobytes(), net.passes) == (theta.tobytes(), 0)


def test_a_single_row_for_a_layer_alone(tally):
    refused(tally, ShapeError, ("batch (N, 3)", "(3,)", "write x[None, :]"), lambda: lw.Linear(3, 4)(np.ones(3)))


@pytest.mark.parametrize(("dy", "error", "words"), [
    (np.ones((5, 1)), ShapeError, ("dy must have the shape of the output, (5, 2), got (5, 1)")),
    (np.ones((1, 2)), ShapeError, "(1, 2)"),
    (np.ones(2), ShapeError, "(2,)"),
    (1.0, ShapeError, "()"),
    (None, KindError, "dy must hold real numbers"),
    ("a", KindError, "text"),
    (np.ones((5, 2)) * 1j, KindError, "complex"),
])  # fmt: skip
@pytest.mark.parametrize("last", [lw.ReLU, lw.Softmax, lw.Dropout, lambda: lw.Linear(2, 2)])
def test_a_gradient_that_does_not_fit_changes_nothing(last, dy, error, words, tally):
    net = lw.Network(lw.Linear(3, 2), last())
    _, backward = net.forward(X)
    refused(tally, error, words, lambda: backward(dy))
    assert not net.grad.any()


def test_nan_goes_through():
    x = X.copy()
    x[2, 1] = np.nan
    y = network()(x)
    assert np.isnan(y[2]).all()
    assert np.isfinite(np.delete(y, 2, axis=0)).all()


# --- what does not make a network ------------------------------------------------------------------------------------

L = lw.Linear


@pytest.mark.parametrize(("build", "words"), [
    (lambda: lw.Network(L(784, 64), lw.ReLU(), L(128, 10)),
     "Linear(128, 10) expects 128 features, got 64 from ReLU() after Linear(784, 64): write Linear(64, 10)"),
    (lambda: lw.Network(L(2, 3), L(4, 1)),
     "Linear(4, 1) expects 4 features, got 3 from Linear(2, 3): write Linear(3, 1)"),
    (lambda: lw.Network(L(2, 3), lw.Tanh(), lw.Dropout(0.2), L(4, 1)),
     "Linear(4, 1) expects 4 features, got 3 from Dropout(p=0.2) after Linear(2, 3): write Linear(3, 1)"),
    (lambda: lw.Network(L(2, 3), lw.Sequential(lw.ReLU(), L(4, 1))),
     "Linear(4, 1) expects 4 features, got 3 from ReLU() after Linear(2, 3): write Linear(3, 1)"),
    (lambda: lw.Network(L(2, 3), lw.Sequential(L(4, 1))),
     "Linear(4, 1) expects 4 features, got 3 from Linear(2, 3): write Linear(3, 1)"),
    (lambda: lw.Network(lw.Sequential(L(2, 3)), L(4, 1)),
     "Linear(4, 1) expects 4 features, got 3 from Sequential(Linear(2, 3)): write Linear(3, 1)"),
    (lambda: lw.Network(lw.Sequential(L(2, 3)), lw.ReLU(), L(4, 1)),
     "got 3 from ReLU() after Sequential(Linear(2, 3)): write Linear(3, 1)"),
    (lambda: lw.Network(L(2, 3), lw.Sequential(L(3, 5), lw.ReLU(), L(6, 1))),
     "Linear(6, 1) expects 6 features, got 5 from ReLU() after Linear(3, 5): write Linear(5, 1)"),
])  # fmt: skip
def test_a_chain_that_does_not_fit_names_both_layers(build, words, tally):
    refused(tally, ShapeError, words, build)


def test_the_whole_sentence():
    with pytest.raises(ShapeError) as caught:
        lw.Network(L(784, 64), lw.ReLU(), L(128, 10))
    expected = "Linear(128, 10) expects 128 features, got 64 from ReLU() after Linear(784, 64): write Linear(64, 10)"
    assert str(caught.value) == expected


@pytest.mark.parametrize(("build", "error", "words"), [
    (lambda: lw.Network(), SettingError, "at least one layer"),
    (lambda: lw.Network(lw.ReLU), KindError, ("ReLU()", "a class: write it with brackets")),
    (lambda: lw.Network(3), KindError, ("expected layers", "3 (int)")),
    (lambda: lw.Network([L(2, 2)]), KindError, "write Network(*layers)"),
    (lambda: lw.Network("ReLU"), KindError, "(str)"),
    (lambda: lw.Network(L(2, 2), None), KindError, "(NoneType)"),
    (lambda: lw.Network(lw.Network(L(2, 2))), KindError, "(Network)"),
    (lambda: lw.Network(np.tanh), KindError, "(ufunc)"),
    (lambda: lw.Network(L(2, 2), seed=-1), SettingError, "seed must be at least 0"),
    (lambda: lw.Network(L(2, 2), seed=1.5), KindError, "seed must be a whole number"),
    (lambda: lw.Network(L(2, 2), seed=None), KindError, "seed"),
    (lambda: lw.Network(L(2, 2), seed="0"), KindError, "seed"),
    (lambda: lw.Network(L(2, 2), seed=2**64), SettingError, "seed"),
    (lambda: lw.Network(L(2, 2), dtype="float16"), SettingError, "Did you mean 'float64'?"),
    (lambda: lw.Network(L(2, 2), dtype="int32"), SettingError, "Known: float32, float64."),
    (lambda: lw.Network(L(2, 2), dtype=None), SettingError, "'None' is not known"),
    (lambda: lw.Network(L(10**6, 10**6)), SettingError, ("1,000,001,000,000 parameters", "2,147,483,648")),
    (lambda: lw.Network(L(2**40, 2**40)), SettingError, "parameters"),
    (lambda: L(10**9, 10**9).weight, SettingError, "parameters"),
    (lambda: L(0, 2), SettingError, "in_features must be at least 1, got 0"),
    (lambda: L(2, -1), SettingError, "out_features must be at least 1, got -1"),
    (lambda: L(2.0, 2), KindError, "in_features must be a whole number, got 2.0 (float)"),
    (lambda: L("2", 2), KindError, "in_features"),
    (lambda: L(True, 2), KindError, "in_features"),
    (lambda: L(None, 2), KindError, "in_features"),
    (lambda: L(2, 2**63), SettingError, "out_features"),
    (lambda: L(2, 2, bias=None), KindError, "bias must be True or False"),
    (lambda: L(2, 2, bias=1), KindError, "bias must be True or False, got 1 (int)"),
    (lambda: L(2, 2, init="xavier"), SettingError, "init 'xavier' is not known"),
    (lambda: lw.Dropout(1.1), SettingError, "p must lie in [0, 1], got 1.1"),
    (lambda: lw.Dropout(-0.1), SettingError, "p must lie in [0, 1]"),
    (lambda: lw.Dropout(math.nan), SettingError, "finite"),
    (lambda: lw.Dropout("0.5"), KindError, "p must be a number"),
    (lambda: lw.Dropout(True), KindError, "p must be a number, got True (bool)"),
    (lambda: lw.Softmax(dim=0), SettingError, "dim must be -1, got 0"),
    (lambda: lw.LogSoftmax(dim=None), SettingError, "dim must be -1, got None"),
    (lambda: lw.Sequential(), SettingError, "at least one layer"),
    (lambda: lw.Sequential(lw.ReLU), KindError, "brackets"),
])  # fmt: skip
def test_settings_that_do_not_fit(build, error, words, tally):
    refused(tally, error, words, build)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: lw.Network(lw.ReLU(), seeds=1), "Network has no argument 'seeds'. Did you mean 'seed'?"),
    (lambda: lw.Network(lw.ReLU(), dtyp="float64"), "Network has no argument 'dtyp'. Did you mean 'dtype'?"),
    (lambda: lw.Network(lw.ReLU(), tie={}), "Network has no argument 'tie'. Did you mean 'ties'?"),
    (lambda: lw.Network(layers=[lw.ReLU()]), "Network has no argument 'layers'"),
    (lambda: lw.Network(lw.ReLU(), device="cpu"), "Network has no argument 'device'"),
])  # fmt: skip
def test_an_unknown_argument_is_named_with_the_nearest(tally, call, words):
    refused(tally, KindError, words, call)
