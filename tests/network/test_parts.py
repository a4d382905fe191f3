"""A batch in parts gives what the whole gives: outputs, gradients, masks that are drawn, and what a tap sees."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from tests.layers.table import CASE_NAMES, CASES, numbers
from tests.network.silent import Silent

import layerwise as lw
from layerwise.compiled import workers
from layerwise.layers import Layer, Pass
from layerwise.network import plan as plans
from layerwise.network.fusion import fused
from layerwise.network.parts import Part, in_parts
from layerwise.network.plan import each_sample_alone
from layerwise.network.row import in_turn

pytest.importorskip("numba")  # without twins nothing is shared, and so nothing cut

SEED, STEP = 3, 5
APART = [(row, shape) for row, shape in CASES if each_sample_alone(row.make())]
NAMES = [name for name, (row, _) in zip(CASE_NAMES, CASES, strict=True) if each_sample_alone(row.make())]


class Notes(lw.Tap):
    """A tap that notes all it is shown."""

    def __init__(self):
        self.seen = []

    def activation(self, address, value):
        self.seen.append(("activation", address, "", value.copy()))

    def gradient(self, address, gradient):
        self.seen.append(("gradient", address, "", gradient.copy()))

    def value(self, address, name, value):
        self.seen.append(("value", address, name, value.copy()))


def passes(net, x, way, tap=None, **more):
    """Output, gradient at x, gradient at theta of a training pass by `way`."""
    net.zero_grad()
    pass_ = Pass(True, x.dtype.kind == "f", SEED, STEP, tap, **more)
    y, backward = way(net.layers, x, pass_)
    dx = backward(numbers(y.shape, "dy", y.dtype))
    return y, dx, net.grad.copy(), pass_


def cut(number):
    return lambda units, x, pass_: in_parts(units, x, pass_, number)


def close(found, expected):
    for one, other in zip(found, expected, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("row", "shape"), APART, ids=NAMES)
def test_parts_of_every_layer_add_up_to_the_whole(row, shape):
    net = lw.Network(row.make(), seed=2, dtype="float64")
    x, whole_tap, tap = row.x(shape), Notes(), Notes()
    whole = passes(net, x, in_turn, whole_tap)
    for number in {1, min(2, len(x)), len(x)}:
        tap.seen.clear()
        found = passes(net, x, cut(number), tap)
        close(found[:3], whole[:3])
        assert (found[3].uses, found[3].draws) == (whole[3].uses, whole[3].draws)
        assert [each[:3] for each in tap.seen] == [each[:3] for each in whole_tap.seen]
        close([each[3] for each in tap.seen], [each[3] for each in whole_tap.seen])


def test_the_laws_above_hold_for_most_layers():
    assert len({row.label for row, _ in APART}) > 40
    assert {row.label for row, _ in CASES} - {row.label for row, _ in APART} >= {"BatchNorm1d", "BatchNorm2d"}


def network(dropout=0.3):
    def block():
        return (
            lw.Residual(lw.LayerNorm(8), lw.MultiheadAttention(8, 2, dropout, causal=True), lw.Dropout(dropout)),
            lw.Residual(lw.Linear(8, 16), lw.ReLU(), lw.Linear(16, 8)),
        )

    return lw.Network(lw.Embedding(11, 8, padding_idx=0), *block(), *block(), lw.Linear(8, 11), seed=1, dtype="float64")


def words(N=7, T=5):
    return np.random.default_rng(0).integers(1, 11, (N, T))


@pytest.mark.parametrize("number", [1, 2, 3, 7])
@pytest.mark.parametrize("told", ["nothing", "lengths", "mask"])
def test_a_network_in_parts(number, told):
    x, lengths = words(), np.array([5, 1, 3, 5, 2, 4, 1])
    more = {"nothing": {}, "lengths": {"lengths": lengths}, "mask": {"mask": np.arange(5) < lengths[:, None]}}[told]
    net = network()
    whole, found = passes(net, x, in_turn, **more), passes(net, x, cut(number), **more)
    close(found[:3], whole[:3])
    assert found[1] is None
    assert found[2].any()


def test_watching_changes_no_bit():
    net, x, tap = network(), words(), Notes()
    alone, watched, briefly = (passes(net, x, cut(3), each) for each in (None, tap, Silent()))
    for one, *others in zip(alone, watched, briefly, strict=True):
        for other in others if isinstance(one, np.ndarray) else ():
            np.testing.assert_array_equal(one, other)
    assert {len(each[3]) for each in tap.seen} == {len(x)}
    assert "value" in {each[0] for each in tap.seen}


def test_backward_twice_adds_twice():
    net, x = network(), words()
    y, backward = in_parts(net.layers, x, Pass(True, False, SEED, STEP), 2)
    dy = numbers(y.shape, "dy")
    backward(dy)
    once = net.grad.copy()
    backward(dy)
    np.testing.assert_allclose(net.grad, 2 * once, rtol=1e-12)


def test_a_tap_is_shown_the_way_there_before_the_way_back():
    tap = Notes()
    y, backward = in_parts(network().layers, words(), Pass(True, False, SEED, STEP, tap), 2)
    there = [each[0] for each in tap.seen]
    assert {"activation", "value"} == set(there)
    backward(numbers(y.shape, "dy"))
    assert {each[0] for each in tap.seen[len(there) :]} == {"gradient"}


def test_rows_of_dense_layers_run_as_one_in_a_part_too():
    net = lw.Network(lw.Linear(40, 30), lw.Tanh(), lw.Linear(30, 20), seed=2, dtype="float64")
    x = numbers((301, 40))
    whole = passes(net, x, in_turn)
    fast = passes(net, x, lambda layers, x, pass_: in_parts(fused(layers), x, pass_, 2))
    close(fast[:3], whole[:3])
    for one, other in zip(fast[:3], passes(net, x, cut(2))[:3], strict=True):
        np.testing.assert_array_equal(one, other)  # nobody can tell who looks


def test_evaluation_keeps_nothing():
    net, x = network(), words()
    y, _ = in_parts(net.layers, x, Pass(input_gradient=False, saves=False), 2)
    np.testing.assert_allclose(y, net(x), rtol=1e-12)


class Difference(Layer):
    """Looks from one sample at the others, and does not say so."""

    def forward(self, x, pass_):
        return x - x.mean(axis=0), lambda dy: dy - dy.mean(axis=0)

    def output_shape(self, shape):
        return shape


class Learner(lw.Linear):
    """Nobody knows what a subclass does."""


@pytest.mark.parametrize("stranger", [Difference(), Learner(2, 2), lw.BatchNorm1d(2), lw.Residual(lw.BatchNorm1d(2))])
def test_a_layer_that_mixes_samples_or_is_unknown_is_never_cut(stranger):
    assert not each_sample_alone(stranger)
    assert not each_sample_alone(lw.Sequential(lw.Linear(2, 2), stranger))
    assert each_sample_alone(lw.Sequential(lw.Linear(2, 2), lw.Residual(lw.Linear(2, 2))))


def test_a_mask_that_an_embedding_finds_in_a_part_reaches_the_layers_behind(monkeypatch):
    """The row inside is cut, the one around it not, for the sake of a normalisation that mixes samples."""
    monkeypatch.setattr(plans, "WORTH_PARTS", 1)
    inner = lw.Sequential(lw.Embedding(11, 8, padding_idx=0, masks=True), lw.MultiheadAttention(8, 2))
    fresh = lw.Network(inner, lw.LSTM(8, 3, output="last"), lw.BatchNorm1d(3), lw.Linear(3, 2), dtype="float64")
    x = words()
    x[2:, 3:] = 0
    x[4, 1:] = 0
    found = {}
    for threads in (1, 2, 3):
        workers.use_threads(threads)
        try:
            net = copy.deepcopy(fresh)
            y, backward = net.forward(x, training=True)
            backward(numbers(y.shape, "dy"))
            found[threads] = y, net.grad.copy(), fresh(x)
        finally:
            workers.use_threads(None)
    close(found[2], found[1])
    close(found[3], found[1])


def test_an_error_tells_the_row_of_the_batch():
    x = words()
    x[5, 3] = 99
    for way in (in_turn, cut(3)):
        with pytest.raises(lw.errors.DataError, match=r"\(5, 3\)"):
            way(network().layers, x, Pass())


def test_a_way_back_that_was_broken_off_leaves_no_gradient(monkeypatch):
    net, x, tap = network(), words(), Notes()
    y, backward = in_parts(net.layers, x, Pass(True, False, SEED, STEP, tap), 2)
    dy = numbers(y.shape, "dy")
    tap.seen.clear()
    backward(dy)
    right, shown = net.grad.copy(), len(tap.seen)
    net.zero_grad()
    add = Part.add_gradient

    def interrupted(part, parameter, gradient):
        add(part, parameter, gradient)
        raise KeyboardInterrupt

    monkeypatch.setattr(Part, "add_gradient", interrupted)
    with pytest.raises(KeyboardInterrupt):
        backward(dy)
    monkeypatch.undo()
    assert not net.grad.any()
    tap.seen.clear()
    backward(dy)
    assert len(tap.seen) == shown > 0
    np.testing.assert_array_equal(net.grad, right)


def test_what_a_caller_has_told_numpy_holds_in_every_part():
    net, x = lw.Network(lw.Linear(2, 2)), np.full((4, 2), 3e38, np.float32)
    net.theta[:] = 3e38
    with np.errstate(all="ignore"):  # a warning is an error here
        in_parts(net.layers, x, Pass(), 2)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        in_parts([Loud()], x, Pass(), 2)


class Loud(lw.ReLU):
    def forward(self, x, pass_):
        if pass_.rows.start:  # in a thread of ours
            np.multiply(x, x)
        return x, lambda dy: dy
