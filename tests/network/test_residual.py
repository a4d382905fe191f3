"""x + f(x): values, gradients that add up at the branch, shapes that do not fit, and who is told what."""

from __future__ import annotations

import numpy as np
import pytest
from tests.network.probes import Shaped, Wishes
from tests.network.silent import Silent
from tests.network.test_sequential import Recorder
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.layers import Pass
from layerwise.network.fusion import DenseChain
from layerwise.random import generator

X = generator(0, "x").normal(size=(6, 3)).astype(np.float32)
L, R = lw.Linear, lw.Residual


def run(net, **settings):
    net.zero_grad()
    y, backward = net.forward(X, training=True, step=0, **settings)
    dx = backward(np.cos(y))
    return y, dx, net.grad.copy()


def test_it_is_x_plus_f_of_x():
    row = [L(3, 4), lw.Tanh(), L(4, 3)]
    plain, block = lw.Network(*row, seed=1), lw.Network(R(L(3, 4), lw.Tanh(), L(4, 3)), seed=1)
    block.theta = plain.theta
    (f, _, _), (y, _, grad) = run(plain), run(block)
    np.testing.assert_array_equal(y, X + f)
    dy = np.cos(y)
    plain.zero_grad()
    _, backward = plain.forward(X, training=True)
    np.testing.assert_array_equal(run(block)[1], dy + backward(dy))
    np.testing.assert_array_equal(grad, plain.grad)


def test_without_layers_that_do_anything_it_doubles():
    np.testing.assert_array_equal(lw.Network(R(lw.Identity()))(X), 2 * X)


@pytest.mark.parametrize("input_gradient", [True, False])
@pytest.mark.parametrize("tap", [Silent, Recorder])
def test_watching_changes_no_bit(tap, input_gradient):
    net = lw.Network(
        lw.Tanh(), R(L(3, 3), lw.Dropout(0.3), R(L(3, 3))), R(L(3, 2), shortcut=lw.Sequential(L(3, 2))), seed=1
    )
    plain = run(net, input_gradient=input_gradient)
    watched = run(net, input_gradient=input_gradient, tap=tap())
    for one, other in zip(plain, watched, strict=True):
        assert (one is None and other is None) or one.tobytes() == other.tobytes()


def test_a_tap_sees_inside_and_the_sum():
    net, tap = lw.Network(R(L(3, 3), lw.Tanh(), shortcut=lw.Sequential(L(3, 3), lw.ReLU())), seed=1), Recorder()
    y, _, _ = run(net, tap=tap)
    assert list(tap.activations) == ["0.shortcut.0", "0.shortcut.1", "0.shortcut", "0.0", "0.1", "0"]
    assert set(tap.gradients) == set(tap.activations)
    np.testing.assert_array_equal(tap.activations["0"], tap.activations["0.shortcut"] + tap.activations["0.1"])
    np.testing.assert_array_equal(tap.gradients["0.1"], tap.gradients["0"])
    assert tap.activations["0"].tobytes() == y.tobytes()


def test_the_first_layer_that_learns_has_no_input_gradient_and_the_others_have():
    """Both ways begin with what was wanted at the branch, and what follows behind them wants it."""
    blocks = [R(lw.Tanh(), L(3, 3), L(3, 3), shortcut=L(3, 3)), R(lw.Tanh()), R(L(3, 3), shortcut=L(3, 3)), L(3, 1)]
    net = lw.Network(*blocks, seed=1)
    y, dx, grad = run(net, input_gradient=False)
    assert dx is None
    again, dx, right = run(net)
    assert dx is not None
    assert (y.tobytes(), grad.tobytes()) == (again.tobytes(), right.tobytes())
    pass_ = Pass(input_gradient=False)
    _, backward = blocks[0].forward(X, pass_)
    assert backward(np.ones((6, 3), np.float32)) is None


def test_both_ways_are_told_what_is_wanted_at_the_branch():
    """Not what the shortcut, which is run first, has left behind for its own layers."""
    for wanted in (True, False):
        wishes = Wishes()
        R(L(3, 3), shortcut=lw.Sequential(wishes, L(3, 3))).forward(X, Pass(input_gradient=wanted))
        R(wishes, shortcut=lw.Sequential(L(3, 3), lw.Tanh())).forward(X, Pass(input_gradient=wanted))
        assert wishes.seen == [wanted, wanted]


@pytest.mark.parametrize("block", [R(lw.Tanh(), shortcut=L(3, 3)), R(L(3, 3), shortcut=lw.Tanh())])
def test_a_way_without_a_gradient_at_its_input_leaves_the_branch_without(block):
    _, backward = block.forward(X, Pass(input_gradient=False))
    assert backward(np.ones_like(X)) is None


def test_features_alone_may_be_those_of_steps():
    """Embedding and Linear know their features; that sequences are wanted, only attention says."""
    attention = R(lw.MultiheadAttention(4, 2))
    net = lw.Network(lw.Embedding(5, 4), R(L(4, 4)), attention, R(L(4, 4)), attention)
    assert net(np.array([[1, 2, 3]])).shape == (1, 3, 4)
    with pytest.raises(ShapeError, match="adds x of shape"):
        lw.Network(L(2, 3), R(L(3, 4), lw.MultiheadAttention(4, 2)))


def test_the_row_inside_is_fused():
    block = R(L(3, 4), lw.Tanh(), L(4, 3))
    lw.Network(block)(X)
    assert not lw.compiled.in_use() or [type(unit) for unit in block.row._plan.units] == [DenseChain]


def test_nothing_that_somebody_holds_is_written_into():
    """The gradient at the sum goes both ways; each way must leave it as it is."""
    net = lw.Network(R(lw.Dropout(0.0)), R(L(3, 3)), lw.Flatten(), R(lw.Identity()), dtype="float64")
    y, backward = net.forward(X, training=True)
    dy = np.ones_like(y)
    dy.flags.writeable = False
    first = backward(dy).copy()
    np.testing.assert_array_equal(backward(dy), first)
    assert (dy == 1).all()


@pytest.mark.parametrize(("build", "words"), [
    (lambda: R(L(3, 4)), ("adds x of shape (3,) and f(x) of shape (4,) from Linear(3, 4)", "shortcut=")),
    (lambda: R(L(3, 4), lw.ReLU()), "(4,) from ReLU()"),
    (lambda: R(L(3, 4), shortcut=L(3, 5)), "adds shortcut(x) of shape (5,) and f(x) of shape (4,)"),
    (lambda: lw.Network(L(2, 3), R(lw.ReLU(), L(4, 4))), "Linear(4, 4) expects 4 features, got 3 from ReLU() after"),
    (lambda: lw.Network(L(2, 3), R(L(4, 4))), "Linear(4, 4) expects 4 features, got 3 from Linear(2, 3)"),
    (lambda: lw.Network(L(2, 3), R(L(3, 3)), L(4, 1)), "got 3 from Residual(Linear(3, 3)): write Linear(3, 1)"),
    (lambda: lw.Network(R(lw.Flatten()))(np.ones((2, 3, 4))), "adds x of shape (3, 4) and f(x) of shape (12,)"),
    (lambda: lw.Network(R(lw.Select(0, 1)))(np.ones((2, 1, 3))), "adds x of shape (1, 3) and f(x) of shape (3,)"),
    (lambda: R(lw.Flatten()).output_shape((3, 4)), "adds x of shape (3, 4) and f(x) of shape (12,)"),
    (lambda: R(lw.Select(0, 1)).output_shape((1, 3)), "adds x of shape (1, 3) and f(x) of shape (3,)"),
])  # fmt: skip
def test_shapes_that_do_not_fit(build, words, tally):
    refused(tally, ShapeError, words, build)


@pytest.mark.parametrize(("build", "error", "words"), [
    (lambda: R(), SettingError, "Residual needs at least one layer"),
    (lambda: R(lw.ReLU), KindError, "a class: write it with brackets"),
    (lambda: R(3), KindError, "3 (int)"),
    (lambda: R(L(3, 3), shortcut=lw.ReLU), KindError, ("shortcut must be a layer", "brackets")),
    (lambda: R(L(3, 3), shortcut="Linear"), KindError, "shortcut must be a layer"),
    (lambda: R(L(3, 3))["0"], KindError, "picked by its number, 0 to 0"),
])  # fmt: skip
def test_settings_that_do_not_fit(build, error, words, tally):
    refused(tally, error, words, build)


def test_shapes_that_are_free_stay_free():
    assert R(L(3, 3)).output_shape(None) == (3,)
    assert R(L(3, 3)).output_shape((None, 3)) == (None, 3)
    assert R(lw.Tanh()).output_shape(None) is None
    assert R(lw.Tanh()).output_shape((None, 3)) == (None, 3)
    assert R(L(3, 3), shortcut=lw.Tanh()).output_shape(None) == (3,)
    assert R(lw.Tanh(), shortcut=L(3, 3)).output_shape(None) is None


def test_what_one_way_leaves_open_the_other_may_know():
    assert R(Shaped(5, None)).output_shape((None, 3)) == (5, 3)


def test_features_that_are_known_before_the_steps_are_those_of_any_number_of_steps():
    assert R(L(3, 4), lw.MultiheadAttention(4, 2), shortcut=L(3, 4)).output_shape((3,)) == (None, 4)
    assert R(Shaped(None, None, 3)).output_shape((3,)) == (None, None, 3)
    last = R(L(3, 4), lw.Select(-1, 1), shortcut=lw.Sequential(lw.Select(-1, 1), L(3, 4)))
    assert last.output_shape(None) is None
    assert last.output_shape((5, 3)) == last(np.ones((2, 5, 3))).shape[1:] == (4,)


def test_the_summary_shows_the_leaves_and_the_sum():
    lines = lw.Network(R(L(3, 3), lw.ReLU(), shortcut=L(3, 3, bias=False))).summary().splitlines()
    assert [line.split()[0] for line in lines[3:-3]] == ["0.0", "0.1", "0.shortcut", "0"]
    assert lines[-4].split("  ")[-1] == "(N, 3)"
    assert lines[-2].split() == ["total", "21", "18"]
