"""predict and evaluate: evaluation mode, in parts, nothing changed."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from tests.training import runs

import layerwise as lw
from layerwise.errors import DataError
from layerwise.random import generator
from layerwise.training import evaluate, evaluation, predict


@pytest.mark.parametrize("n", [1, 10, 11, 20, 25])
def test_parts_give_the_whole(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    net, (x, labels) = runs.network(dtype="float64"), runs.classes(n)
    whole, measured = net(x), evaluate(net, x, labels, lw.CrossEntropyLoss())
    sizes: list[int] = []
    real = lw.Network.__call__
    monkeypatch.setattr(evaluation, "_ROWS", 10)
    monkeypatch.setattr(lw.Network, "__call__", lambda net, x: sizes.append(len(x)) or real(net, x))
    np.testing.assert_allclose(predict(net, x), whole, rtol=1e-12)
    assert max(sizes) <= 11, "a last part of one sample joins the one before"
    assert sum(sizes) == n
    found = evaluate(net, x, labels, lw.CrossEntropyLoss())
    assert found["accuracy"] == measured["accuracy"]
    assert found["loss"] == pytest.approx(measured["loss"], rel=1e-12)


LOSSES = {
    "labels, one part all ignored": (lw.CrossEntropyLoss([1, 2, 0.5]), lambda n: np.where(np.arange(n) < 12, -100, 1)),
    "probabilities": (lw.CrossEntropyLoss(label_smoothing=0.1), lambda n: np.full((n, 3), 1 / 3)),
    "yes or no": (lw.BCEWithLogitsLoss(), lambda n: np.arange(3 * n).reshape(n, 3) % 2),
    "quantities": (lw.HuberLoss(), lambda n: np.arange(3.0 * n).reshape(n, 3)),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", LOSSES)
def test_parts_add_up_for_every_kind_of_loss(name: str, weighted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    loss, make = LOSSES[name]
    net, (x, _) = runs.network(dtype="float64"), runs.classes(25)
    target, weight = make(25), np.arange(25.0) if weighted else None
    value, share = loss(net(x), target, weight)[0], loss.accuracy(net(x), target)
    monkeypatch.setattr(evaluation, "_ROWS", 10)
    found = evaluate(net, x, target, loss, weight)
    assert found["loss"] == pytest.approx(value, rel=1e-12)
    assert found.get("accuracy") == share


def test_a_class_at_every_step_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    net = lw.Network(lw.Linear(4, 3), dtype="float64")
    rng = generator(0, "steps")
    x, target = rng.normal(size=(7, 5, 4)), rng.integers(-1, 3, size=(7, 5))
    loss = lw.CrossEntropyLoss(ignore_index=-1)
    monkeypatch.setattr(evaluation, "_ROWS", 2)
    found = evaluate(net, x, target, loss)
    assert found["loss"] == pytest.approx(loss(net(x), target)[0], rel=1e-12)
    assert found["accuracy"] == np.mean((net(x).argmax(axis=-1) == target)[target >= 0])


def test_no_more_outputs_are_held_than_those_of_a_part() -> None:
    """200,000 samples with 20 outputs each are 16 MB in float32."""
    net, x = lw.Network(lw.Linear(1, 20)), np.ones((200_000, 1), np.float32)
    labels = np.zeros(len(x), np.int64)
    evaluate(net, x[:5000], labels[:5000], lw.CrossEntropyLoss())
    tracemalloc.start()
    try:
        evaluate(net, x, labels, lw.CrossEntropyLoss())
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()


def test_nothing_drops_and_nothing_moves() -> None:
    net = runs.network(dropout=0.9)
    before, (x, labels) = net.theta.copy(), runs.classes()
    found = [evaluate(net, x, labels, lw.CrossEntropyLoss()) for _ in range(2)]
    assert found[0] == found[1]
    assert np.array_equal(net.theta, before)
    assert net.passes == 0
    assert not net.grad.any()


def test_quantities_have_no_accuracy() -> None:
    net = lw.Network(lw.Linear(runs.D, 1), dtype="float64")
    x, y = runs.quantities()
    assert evaluate(net, x, y, lw.MSELoss()) == {"loss": pytest.approx(float(np.mean((net(x) - y) ** 2)), rel=1e-12)}


def test_a_measure_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="a mean needs samples"):
        evaluate(runs.network(), np.zeros((0, 4)), np.zeros(0, int), lw.CrossEntropyLoss())
    assert predict(runs.network(), np.zeros((0, 4))).shape == (0, 3)
