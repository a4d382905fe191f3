"""`net.backpropagate` gives the bits of forward, loss and backward one after the other, in one call or not."""

from __future__ import annotations

import numpy as np
import pytest
from tests.both_ways import computed_by  # noqa: F401

import layerwise as lw
from layerwise.errors import DataError, KindError, ShapeError
from layerwise.network.execution.fusion import DenseChain


def dense(outputs, *last):
    return lambda: [lw.Linear(3, 8), lw.Tanh(), lw.Linear(8, 5, bias=False), lw.ReLU(), lw.Linear(5, outputs), *last]


NETWORKS = {
    "one output": dense(1),
    "two outputs": dense(2),
    "activation at the end": dense(2, lw.Sigmoid()),
    "one layer": lambda: [lw.Linear(3, 2)],
    "dropout": lambda: [lw.Linear(3, 8), lw.Dropout(0.5), lw.Linear(8, 2)],
    "batch normalisation": lambda: [lw.Linear(3, 8), lw.BatchNorm1d(8), lw.Linear(8, 2)],
    "nested": lambda: [lw.Sequential(lw.Linear(3, 4), lw.Tanh()), lw.Linear(4, 2)],
}


class Doubled(lw.MSELoss):
    """A learner's own loss, made from one of ours."""

    def formula(self, output, target, weight, denominator):
        value, backward = super().formula(output, target, weight, denominator)
        return 2 * value, lambda dC: backward(2 * dC)


LOSSES = [lw.MSELoss(), lw.BCEWithLogitsLoss(), lw.L1Loss(), lw.HuberLoss(), Doubled()]


def batch(rows, outputs, dtype="float32", seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, 3)).astype(dtype), rng.random((rows, outputs)).astype(dtype), rng.random(rows)


def by_hand(net, x, t, loss, weight=None, **settings):
    y, backward = net.forward(x, training=True, input_gradient=False, **settings)
    value, backward_loss = loss(y, t, weight)
    backward(backward_loss())
    return value


def same(make, loss, x, t, weight=None, **settings):
    """Both ways from the same start, twice, so that the second gradient is added to the first."""
    net, other = make(), make()
    for _ in range(2):
        value = net.backpropagate(x, t, loss, weight, **settings)
        assert type(value) is float
        assert value == by_hand(other, x, t, loss, weight, **settings)
        np.testing.assert_array_equal(net.grad, other.grad)
    assert net.grad.any()
    assert net.passes == other.passes == (0 if "step" in settings else 2)
    for name, array in net.buffers().items():
        np.testing.assert_array_equal(array, other.buffers()[name])


@pytest.mark.parametrize("rows", [1, 10, 700])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NETWORKS)
def test_it_has_the_bits_of_three_calls(name, dtype, loss, rows):
    if name == "batch normalisation" and rows == 1:
        pytest.skip("the variance of one sample is 0")
    net = lw.Network(*NETWORKS[name]())
    x, t, weight = batch(rows, net(np.ones((1, 3))).shape[1], dtype)
    make = lambda: lw.Network(*NETWORKS[name](), seed=3, dtype=dtype)  # noqa: E731
    same(make, loss, x, t)
    same(make, loss, x, t, weight, seed=4, step=7)


def test_inputs_and_targets_are_converted_as_everywhere():
    make = lambda: lw.Network(*NETWORKS["two outputs"](), seed=3)  # noqa: E731
    x, t, weight = batch(10, 2, "float64")
    same(make, lw.MSELoss(), x.tolist(), t.tolist(), weight.tolist())
    same(make, lw.MSELoss(), x[::-1], t.T.copy().T, weight[::-1])
    same(make, lw.BCEWithLogitsLoss(), np.arange(30).reshape(10, 3), (t > 0.5))


def test_labels_sequences_and_states():
    labels = np.array([0, 2, 1, 1])
    x = np.random.default_rng(0).normal(size=(4, 5, 3))
    same(lambda: lw.Network(lw.Linear(3, 3), seed=1), lw.CrossEntropyLoss(), x[:, 0], labels)
    same(lambda: lw.Network(lw.Linear(3, 2), seed=1), lw.MSELoss(), x, np.zeros((4, 5, 2)))
    last = lambda: lw.Network(lw.LSTM(3, 4, output="last"), lw.Linear(4, 3), seed=1)  # noqa: E731
    same(last, lw.CrossEntropyLoss(), x, labels, lengths=[5, 1, 2, 3])
    same(last, lw.CrossEntropyLoss(), x, labels, mask=np.arange(5) < np.array([[5], [1], [2], [3]]))
    net, other, carried, by_other = last(), last(), {}, {}
    for _ in range(3):
        value = net.backpropagate(x, labels, lw.CrossEntropyLoss(), state=carried)
        assert value == by_hand(other, x, labels, lw.CrossEntropyLoss(), state=by_other)
    assert carried.keys() == by_other.keys() != set()


def test_nan_comes_through():
    net = lw.Network(*NETWORKS["one output"]())
    x, t, _ = batch(4, 1)
    x[1, 1] = np.nan
    assert np.isnan(net.backpropagate(x, t, lw.BCEWithLogitsLoss()))
    assert np.isnan(net.grad).any()


def test_what_is_wrong_is_said_and_changes_nothing():
    net = lw.Network(*NETWORKS["one output"](), seed=1)
    x, t, weight = batch(4, 1)
    net.grad[:] = 1
    for error, words, arguments in [
        (ShapeError, r"write target.reshape\(-1, 1\)", (x, t[:, 0], lw.MSELoss())),
        (ShapeError, "expects 3 features, got 2", (x[:, :2], t, lw.MSELoss())),
        (ShapeError, r"x must be a batch \(N, ...\)", (x[0], t, lw.MSELoss())),
        (ShapeError, r"expected shape \(4,\), got \(3,\)", (x, t, lw.MSELoss(), weight[:3])),
        (DataError, "expects targets from 0", (x, t + 2, lw.BCEWithLogitsLoss())),
        (DataError, "a mean needs samples with weight", (x[:0], t[:0], lw.MSELoss())),
        (DataError, "a mean needs samples with weight", (x, t, lw.MSELoss(), 0 * weight)),
        (KindError, r"loss must be a Loss, such as MSELoss\(\)", (x, t, "mse")),
        (KindError, "with brackets", (x, t, lw.MSELoss)),
    ]:
        with pytest.raises(error, match=words):
            net.backpropagate(*arguments)
    for error, words, settings in [
        (DataError, "lengths must be 1 to 3", {"lengths": [1, 2, 3, 4]}),
        (ShapeError, "the mask|mask says", {"mask": np.ones((4, 2), bool)}),
        (KindError, "state must be a dict", {"state": []}),
    ]:
        with pytest.raises(error, match=words):
            net.backpropagate(x, t, lw.MSELoss(), **settings)
    assert (net.grad == 1).all()


def test_small_dense_networks_make_the_way_in_one_call(monkeypatch, computed_by):  # noqa: F811
    if computed_by == "formulas":
        pytest.skip("layers run one by one")
    x, t, _ = batch(10, 1)
    net = lw.Network(*NETWORKS["one output"]())
    rows = net.chain.plan.units[0].small
    large_x, large_t, _ = batch(rows + 1, 1)
    monkeypatch.setattr(DenseChain, "forward", None)
    for loss in LOSSES[:2]:
        net.backpropagate(x, t, loss)
        net.backpropagate(x[:1], t[:1], loss)
        net.backpropagate(large_x[:rows], large_t[:rows], loss)
        with pytest.raises(TypeError):
            net.backpropagate(large_x, large_t, loss)
    for loss in LOSSES[2:]:
        with pytest.raises(TypeError):
            net.backpropagate(x, t, loss)
