"""The ledger of shapes: for every layer, what the arrays really were, with names; forward and back."""

from __future__ import annotations

import numpy as np
import pytest
from tests.layers.table import TABLE

import layerwise as lw

CNN = [lw.Conv2d(1, 4, 3), lw.ReLU(), lw.MaxPool2d(2), lw.Flatten(), lw.Linear(36, 10)]


@pytest.mark.parametrize("row", TABLE, ids=[row.label for row in TABLE])
def test_every_layer_has_its_shapes_in_the_ledger(row):
    for shape in row.shapes:
        net = lw.Network(row.make(), seed=0, dtype="float64")
        x = row.x(shape)
        y, backward = net.forward(x, training=True, step=0)
        dx = backward(np.ones_like(y))
        ledger = net.shapes(x)
        there = [each for each in ledger.passages if each.phase == "forward" and each.address == "0"]
        back = [each for each in ledger.passages if each.phase == "backward" and each.address == "0"]
        assert [(each.before.shape, each.after.shape) for each in there] == [(x.shape, y.shape)]
        assert [each.before.shape for each in back] == [y.shape]
        assert [each.after and each.after.shape for each in back] == [None if dx is None else dx.shape]
        for each in ledger.passages:
            for sized in (each.before, *([each.after] if each.after else []), *each.parameters.values()):
                assert len(sized.names) == len(sized.shape)
        assert "..." not in str(ledger)


def test_the_ledger_of_a_convolutional_network():
    assert str(lw.Network(*CNN, seed=0).shapes(np.zeros((2, 1, 8, 8)))).splitlines() == [
        "forward: x -> y",
        "0  Conv2d(1, 4, 3)  (N=2, C=1, H=8, W=8)  ->  (N=2, K=4, H=6, W=6)  weight (K=4, C/groups=1, I=3, J=3), "
        "bias (K=4,)",
        "1  ReLU()           (N=2, K=4, H=6, W=6)  ->  (N=2, K=4, H=6, W=6)",
        "2  MaxPool2d(2)     (N=2, K=4, H=6, W=6)  ->  (N=2, C=4, H=3, W=3)",
        "3  Flatten()        (N=2, C=4, H=3, W=3)  ->  (N=2, D=36)",
        "4  Linear(36, 10)   (N=2, D=36)           ->  (N=2, K=10)           weight (K=10, D=36), bias (K=10,)",
        "",
        "backward: dy -> dx",
        "4  Linear(36, 10)   (N=2, K=10)           ->  (N=2, D=36)           dweight (K=10, D=36), dbias (K=10,)",
        "3  Flatten()        (N=2, D=36)           ->  (N=2, C=4, H=3, W=3)",
        "2  MaxPool2d(2)     (N=2, C=4, H=3, W=3)  ->  (N=2, K=4, H=6, W=6)",
        "1  ReLU()           (N=2, K=4, H=6, W=6)  ->  (N=2, K=4, H=6, W=6)",
        "0  Conv2d(1, 4, 3)  (N=2, K=4, H=6, W=6)  ->  (N=2, C=1, H=8, W=8)  dweight (K=4, C/groups=1, I=3, J=3), "
        "dbias (K=4,)",
    ]


def test_ways_side_by_side_are_given_the_same_x():
    net = lw.Network(lw.Parallel(lw.Linear(4, 2), lw.Linear(4, 3), combine="concatenate"), lw.Residual(lw.Linear(5, 5)))
    lines = str(net.shapes(np.zeros((2, 4)))).splitlines()
    assert lines[1].startswith("0.0  Linear(4, 2)  (N=2, D=4)  ->  (N=2, K=2)")
    assert lines[2].startswith("0.1  Linear(4, 3)  (N=2, D=4)  ->  (N=2, K=3)")
    assert lines[3].split() == ["0", "Parallel", "(N=2,", "D=4)", "->", "(N=2,", "D=5)"]


def test_words_hand_on_no_gradient():
    net = lw.Network(lw.Embedding(10, 6), lw.LSTM(6, 5, output="last"), lw.Linear(5, 2))
    lines = str(net.shapes(np.zeros((3, 7), dtype=int))).splitlines()
    assert "(N=3, T=7)       ->  (N=3, T=7, D=6)" in lines[1]
    assert "->  none" in lines[-1]
    assert "weight_hh_l0 (4H=20, H=5)" in str(net.shapes(np.zeros((3, 7), dtype=int)))


def test_the_network_stays_as_it_is():
    net = lw.Network(lw.Linear(4, 3), lw.BatchNorm1d(3), lw.Dropout(0.5), seed=0)
    net.grad = np.arange(net.theta.size)
    before = [net.theta.tobytes(), net.grad.tobytes(), net.passes, *(each.tobytes() for each in net.buffers().values())]
    net.shapes(np.ones((5, 4)))
    after = [net.theta.tobytes(), net.grad.tobytes(), net.passes, *(each.tobytes() for each in net.buffers().values())]
    assert after == before


def test_a_notebook_shows_the_same_table():
    page = lw.Network(*[lw.Linear(4, 3), lw.Tanh()], seed=0).shapes(np.zeros((2, 4)))._repr_html_()
    assert page.count("<tr>") == 6
    assert "(N=2, K=3)" in page
    assert "forward: x -&gt; y" in page
