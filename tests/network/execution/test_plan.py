"""Who computes a row: its layers, fused ones, and how many threads at a time."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from tests.network.silent import Silent

import layerwise as lw
from layerwise.compiled import workers
from layerwise.layers import Pass
from layerwise.network.execution import plan as plans
from layerwise.network.execution.plan import Plan, shares_batches

pytest.importorskip("numba")


class Looks(lw.ReLU):
    """Notes how many samples it is given, and in which thread; says that it is a layer of ours."""

    seen: list[tuple[int, str]]

    def forward(self, x, pass_):
        self.seen.append((len(x), threading.current_thread().name))
        return super().forward(x, pass_)


Looks.__module__ = lw.ReLU.__module__


@pytest.fixture
def looks(monkeypatch):
    monkeypatch.setattr(plans, "WORTH_SHARDING", 1)
    monkeypatch.setattr(workers, "cores", lambda: 2)
    Looks.seen = []
    return Looks.seen


def images(N):
    return np.ones((N, 1, 4, 4), np.float32)


def rows_seen(net, x, looks, **more):
    looks.clear()
    net.forward(x, training=True, **more)
    return sorted(rows for rows, _ in looks)


def test_networks_of_convolutions_and_of_attention_are_cut(looks):
    assert rows_seen(lw.Network(lw.Conv2d(1, 2, 3), Looks()), images(5), looks) == [2, 3]
    assert {name.startswith("layerwise") for _, name in looks} == {False, True}  # one part is the caller's
    deep = lw.Network(lw.Sequential(lw.Residual(lw.MultiheadAttention(4, 2), Looks())), lw.Linear(4, 2))
    assert rows_seen(deep, np.ones((6, 3, 4), np.float32), looks) == [3, 3]


def test_a_batch_of_one_or_none_or_of_a_small_network_is_not(looks, monkeypatch):
    net = lw.Network(lw.Conv2d(1, 2, 3), Looks())
    assert rows_seen(net, images(1), looks) == [1]
    assert rows_seen(net, images(0), looks) == [0]
    work = 4 * net.chain._plan.multiplications((1, 4, 4))
    assert work == 4 * (2 * 9 * 4)
    monkeypatch.setattr(plans, "WORTH_SHARDING", work)
    assert rows_seen(net, images(4), looks) == [2, 2]
    monkeypatch.setattr(plans, "WORTH_SHARDING", work + 1)
    assert rows_seen(net, images(4), looks) == [4]


def test_dense_and_recurrent_networks_are_not(looks):
    assert rows_seen(lw.Network(lw.Linear(4, 4), Looks()), np.ones((6, 4)), looks) == [6]
    assert rows_seen(lw.Network(lw.GRU(4, 4), Looks()), np.ones((6, 3, 4)), looks) == [6]


def test_a_network_that_mixes_samples_is_not(looks):
    net = lw.Network(lw.Conv2d(1, 2, 3), lw.BatchNorm2d(2), lw.Sequential(lw.Conv2d(2, 2, 1), Looks()))
    assert rows_seen(net, images(6), looks) in ([6], [3, 3])  # the inner row may be cut, the outer may not
    y, _ = net.forward(np.random.default_rng(0).normal(size=(6, 1, 4, 4)).astype(np.float32), training=True)
    assert y.shape == (6, 2, 2, 2)
    looks.clear()
    lw.Network(lw.Conv2d(1, 2, 3), lw.BatchNorm2d(2), Looks()).forward(images(6), training=True)
    assert [rows for rows, _ in looks] == [6]


def test_states_that_are_carried_stay_whole(looks):
    net = lw.Network(lw.MultiheadAttention(4, 2), lw.GRU(4, 3), Looks())
    x, state = np.ones((6, 3, 4), np.float32), {}
    assert rows_seen(net, x, looks) == [3, 3]
    assert rows_seen(net, x, looks, state=state) == [6]
    assert state


def test_a_run_cuts_as_often_as_it_says_whatever_the_machine(looks):
    net = lw.Network(lw.Conv2d(1, 2, 3), Looks())
    for threads, expected in ((1, [6]), (2, [3, 3]), (3, [2, 2, 2]), (7, [1] * 6)):
        workers.use_threads(threads)
        try:
            assert rows_seen(net, images(6), looks) == expected
        finally:
            workers.use_threads(None)


def test_a_wrong_shape_is_told_as_ever(looks):
    net = lw.Network(lw.Conv2d(1, 2, 3), lw.Flatten(), lw.Linear(8, 2))
    with pytest.raises(lw.errors.ShapeError, match="Conv2d"):
        net.forward(np.ones((6, 2, 4, 4), np.float32))
    with pytest.raises(lw.errors.ShapeError, match="Linear"):
        net.forward(np.ones((6, 1, 9, 9), np.float32))


def test_dense_layers_in_a_row_are_one_unit():
    row = lw.Sequential(lw.Linear(2, 3), lw.Tanh(), lw.Linear(3, 1))
    lw.Network(row)
    plan = Plan(row)
    assert [type(unit).__name__ for unit in plan.units] == ["DenseChain"]


@pytest.fixture
def asked(monkeypatch):
    """Who is asked to compute, and with which units."""
    found = []
    for name in ("run_row", "run_row_with_single_products", "run_sharded"):
        ask = lambda units, x, pass_, *number, name=name: found.append((name, units, *number)) or (x, None)  # noqa: E731
        monkeypatch.setattr(plans, name, ask)
    return found


def test_layers_that_run_as_one_run_one_by_one_under_a_tap(asked):
    row = lw.Sequential(lw.Linear(2, 3), lw.Tanh(), lw.Linear(3, 1))
    lw.Network(row)
    plan = Plan(row)
    for tap in (None, Silent()):
        plan.forward(np.ones((2, 2), np.float32), Pass(tap=tap))
    assert asked == [("run_row", plan.units), ("run_row", row.layers)]


@pytest.mark.parametrize(("layer", "x", "way"), [
    (lw.Linear(4, 2), np.ones((6, 4)), "run_row"),
    (lw.GRU(4, 2), np.ones((6, 3, 4)), "run_row_with_single_products"),
    (lw.MultiheadAttention(4, 2), np.ones((6, 3, 4)), "run_sharded"),
    (lw.MultiheadAttention(4, 2), np.ones((1, 3, 4)), "run_row"),
    (lw.Conv2d(1, 2, 3), images(6), "run_sharded"),
    (lw.Conv2d(1, 2, 3), images(1), "run_row_with_single_products"),
])  # fmt: skip
def test_each_kind_of_layer_in_its_way(layer, x, way, looks, asked):
    """A batch of one is not cut; what twins share among threads by themselves runs with single products then."""
    row = lw.Sequential(layer)
    lw.Network(row)
    Plan(row).forward(x, Pass())
    assert [each[0] for each in asked] == [way]
    assert shares_batches(row) == (not isinstance(layer, lw.Linear))


def test_without_twins_nothing_is_cut(looks):
    net = lw.Network(lw.Conv2d(1, 2, 3), Looks())
    lw.use_compiled(False)
    try:
        assert rows_seen(net, images(6), looks) == [6]
    finally:
        lw.use_compiled(True)
