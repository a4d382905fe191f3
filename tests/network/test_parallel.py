"""Layers side by side: what they make is concatenated, added or multiplied, and gradients add up at the branch."""

from __future__ import annotations

import numpy as np
import pytest
from tests.network.probes import Shaped, Wishes
from tests.network.silent import Silent
from tests.network.test_residual import run
from tests.network.test_sequential import Recorder
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.layers import Pass
from layerwise.random import generator

X = generator(0, "x").normal(size=(6, 3)).astype(np.float32)
L, P = lw.Linear, lw.Parallel


def test_the_three_ways_by_hand():
    a, b = L(3, 2), L(3, 2)
    b.weight = 2 * a.weight + 1
    for combine, expected in {
        "concatenate": np.concatenate([a(X), b(X)], axis=1), "add": a(X) + b(X), "multiply": a(X) * b(X),
    }.items():  # fmt: skip
        np.testing.assert_array_equal(P(a, b, combine=combine)(X), expected)


def test_one_branch_is_its_layer():
    layer = L(3, 2)
    for combine in ("concatenate", "add", "multiply"):
        np.testing.assert_array_equal(P(layer, combine=combine)(X), layer(X))


def test_the_gradients_of_three_branches_by_hand():
    x = X.astype(np.float64)
    a, b, c = (generator(number, "weights").normal(size=(2, 3)) for number in range(3))
    ya, yb, yc = x @ a.T, x @ b.T, x @ c.T
    for combine, expected in {
        "concatenate": lambda dy: dy[:, :2] @ a + dy[:, 2:4] @ b + dy[:, 4:] @ c,
        "add": lambda dy: dy @ (a + b + c),
        "multiply": lambda dy: (dy * yb * yc) @ a + (dy * ya * yc) @ b + (dy * ya * yb) @ c,
    }.items():
        net = lw.Network(P(L(3, 2), L(3, 2), L(3, 2), combine=combine), dtype="float64")
        for layer, weight in zip(net[0], (a, b, c), strict=True):
            layer.weight, layer.bias = weight, np.zeros(2)
        y, backward = net.forward(x)
        dy = generator(3, "dy").normal(size=y.shape)
        np.testing.assert_allclose(backward(dy), expected(dy), rtol=1e-12)


def test_images_are_concatenated_along_channels():
    x = np.ones((2, 3, 4, 5), np.float32)
    assert P(lw.Tanh(), lw.Identity())(x).shape == (2, 6, 4, 5)
    assert P(lw.Tanh(), lw.Identity())(x[:, :, :, 0]).shape == (2, 3, 8)
    assert P(lw.Tanh(), lw.Identity()).output_shape((3, None, None)) == (6, None, None)
    assert P(lw.Tanh(), lw.Identity()).output_shape((3, 4, 5)) == (6, 4, 5)


def test_features_are_open_as_long_as_one_branch_leaves_them_open():
    assert P(lw.Tanh(), L(3, 2)).output_shape(None) == (None,)
    assert P(lw.Tanh(), lw.Identity()).output_shape((None, None)) == (None, None)
    assert P(lw.Tanh(), Shaped(3, None), combine="add").output_shape((None, 2)) == (3, 2)


def test_a_product_with_zeros_has_its_gradient():
    """The product of the others is computed as such, and not as the whole divided by one."""
    net = lw.Network(P(lw.Identity(), lw.ReLU(), lw.Identity(), combine="multiply"), dtype="float64")
    y, backward = net.forward(np.array([[0.0, 2.0, -3.0]]))
    np.testing.assert_array_equal(y, [[0, 8, 0]])
    np.testing.assert_array_equal(backward(np.ones((1, 3))), [[0, 12, 0]])


@pytest.mark.parametrize("input_gradient", [True, False])
@pytest.mark.parametrize("tap", [Silent, Recorder])
def test_watching_changes_no_bit(tap, input_gradient):
    net = lw.Network(P(L(3, 3), lw.Sequential(L(3, 3), lw.Dropout(0.2), L(3, 2))), P(L(5, 2), L(5, 2), combine="add"))
    plain = run(net, input_gradient=input_gradient)
    watched = run(net, input_gradient=input_gradient, tap=tap())
    for one, other in zip(plain, watched, strict=True):
        assert (one is None and other is None) or one.tobytes() == other.tobytes()


def test_a_tap_sees_inside_and_the_result():
    net, tap = lw.Network(P(L(3, 2), lw.Sequential(lw.Tanh(), L(3, 1))), seed=1), Recorder()
    run(net, tap=tap)
    assert list(tap.activations) == ["0.0", "0.1.0", "0.1.1", "0.1", "0"]
    np.testing.assert_array_equal(tap.gradients["0.1"], tap.gradients["0"][:, 2:])


def test_each_branch_begins_with_the_wish_of_the_whole():
    net = lw.Network(P(L(3, 3), lw.Sequential(lw.Tanh(), L(3, 3))), P(L(6, 1), lw.Tanh()), seed=1)
    y, dx, grad = run(net, input_gradient=False)
    assert dx is None
    again, dx, right = run(net)
    assert dx is not None
    assert (y.tobytes(), grad.tobytes()) == (again.tobytes(), right.tobytes())


@pytest.mark.parametrize("layers", [(L(3, 3), lw.Tanh()), (lw.Tanh(), L(3, 3))])
def test_a_branch_without_a_gradient_at_its_input_leaves_the_whole_without(layers):
    wishes = Wishes()
    y, backward = P(*layers, wishes).forward(X, Pass(input_gradient=False))
    assert backward(np.ones_like(y)) is None
    P(*layers, wishes).forward(X, Pass(input_gradient=True))
    assert wishes.seen == [False, True]


def test_one_layer_in_two_branches_has_one_place_in_theta():
    shared = L(3, 3)
    net = lw.Network(P(shared, lw.Sequential(lw.Tanh(), shared), combine="add"))
    assert net.theta.size == 12
    assert lw.Network.from_spec(net.spec()).theta.size == 12
    assert net.spec()["layers"][0]["layers"][1]["layers"][1] == {"name": "Same", "layer": "0.0"}


@pytest.mark.parametrize(("build", "words"), [
    (lambda: P(L(3, 4), L(3, 5), combine="add"), ("shapes (4,), (5,)", "must be equal")),
    (lambda: P(L(3, 4), L(3, 1), combine="multiply"), "(4,), (1,)"),
    (lambda: lw.Network(L(2, 3), P(L(3, 3), L(4, 3))), "Linear(4, 3) expects 4 features, got 3 from Linear(2, 3)"),
    (lambda: lw.Network(P(lw.Flatten(), lw.Tanh()))(np.ones((2, 3, 4))), "shapes (12,), (3, 4)"),
    (lambda: lw.Network(P(lw.Tanh(), lw.Select(0), combine="add"))(np.ones((2, 1))), "shapes (1,), ()"),
    (lambda: lw.Network(P(L(3, 4), L(3, 2)), L(5, 1)), "expects 5 features, got 6 from Parallel("),
])  # fmt: skip
def test_shapes_that_do_not_fit(build, words, tally):
    refused(tally, ShapeError, words, build)


@pytest.mark.parametrize(("build", "error", "words"), [
    (lambda: P(), SettingError, "Parallel needs at least one layer"),
    (lambda: P(L(3, 3), combine="sum"), SettingError, "combine 'sum' is not known"),
    (lambda: P(L(3, 3), combine=1), KindError, "combine"),
    (lambda: P([L(3, 3)]), KindError, "a list"),
])  # fmt: skip
def test_settings_that_do_not_fit(build, error, words, tally):
    refused(tally, error, words, build)


def test_the_summary_shows_the_branches_and_the_result():
    text = lw.Network(P(L(3, 2), lw.Sequential(L(3, 4), lw.ReLU()))).summary()
    assert [line.split()[0] for line in text.splitlines()[3:-3]] == ["0.0", "0.1.0", "0.1.1", "0"]
    assert "concatenate" in text
    assert "(N, 6)" in text
