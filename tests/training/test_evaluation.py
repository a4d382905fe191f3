"""predict and evaluate: evaluation mode, in parts, nothing changed."""

from __future__ import annotations

import numpy as np
import pytest
from tests.training import runs

import layerwise as lw
from layerwise.errors import DataError
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
    assert max(sizes) <= 10
    assert sum(sizes) == n
    found = evaluate(net, x, labels, lw.CrossEntropyLoss())
    assert found["accuracy"] == measured["accuracy"]
    assert found["loss"] == pytest.approx(measured["loss"], rel=1e-12)


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
