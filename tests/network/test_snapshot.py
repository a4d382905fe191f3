"""Snapshots: theta and buffers are copied together, and put back together or not at all."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import KindError, ShapeError
from layerwise.network import Snapshot

X = lw.random.generator(0, "snapshots").normal(size=(6, 3))


def network(**options: Any) -> lw.Network:
    return lw.Network(lw.Linear(3, 4), lw.BatchNorm1d(4), lw.Linear(4, 2), **options)


def learn(net: lw.Network) -> None:
    """Move every parameter and every running statistic."""
    y, backward = net.forward(X, training=True)
    backward(np.ones_like(y))
    net.theta += 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_out_and_back(dtype: str) -> None:
    net = network(dtype=dtype)
    learn(net)
    before, snapshot = net.state_dict(), net.snapshot()
    learn(net)
    assert all(not np.array_equal(before[name], array) for name, array in net.buffers().items())
    assert np.array_equal(snapshot.buffers["1.num_batches_tracked"], 1), "copied"
    net.restore(snapshot)
    for name, array in net.state_dict().items():
        assert array.tobytes() == before[name].tobytes(), name


def test_into_an_older_one() -> None:
    net = network()
    old = net.snapshot()
    theta = old.theta
    learn(net)
    assert net.snapshot(into=old) is old
    assert old.theta is theta
    assert np.array_equal(theta, net.theta)
    assert all(np.array_equal(old.buffers[name], array) for name, array in net.buffers().items())


def test_to_arrays_and_back() -> None:
    net = network()
    learn(net)
    arrays = net.snapshot().arrays()
    assert list(arrays) == ["theta", "1.running_mean", "1.running_var", "1.num_batches_tracked"]
    again = Snapshot.of(arrays)
    assert again.theta is arrays["theta"]
    assert again.buffers == {name: array for name, array in arrays.items() if name != "theta"}
    with pytest.raises(KeyError):
        Snapshot.of({})


def test_a_copy_of_a_network_has_buffers_of_its_own() -> None:
    net = network()
    for twin in (copy.deepcopy(net), net.astype("float64")):
        learn(twin)
        assert np.array_equal(net.buffers()["1.num_batches_tracked"], 0)
        assert np.array_equal(twin.buffers()["1.num_batches_tracked"], 1)
        assert twin.buffers()["1.running_mean"] is twin[1].buffers["running_mean"]


def test_what_does_not_fit_changes_nothing(tally: Tally) -> None:
    net = network()
    learn(net)
    before = net.state_dict()
    whole = net.snapshot()
    wrong = {**whole.buffers, "1.running_var": np.ones(5)}
    for snapshot in (
        Snapshot(whole.theta),
        Snapshot(whole.theta[1:], whole.buffers),
        Snapshot(whole.theta + 1, wrong),
        Snapshot(whole.theta + 1, {**whole.buffers, "3.running_mean": np.ones(4)}),
        lw.Network(lw.Linear(3, 4)).snapshot(),
    ):
        refused(tally, ShapeError, "a snapshot of this network holds", lambda each=snapshot: net.restore(each))
    refused(tally, KindError, "net.snapshot()", lambda: net.restore(whole.theta))  # type: ignore[arg-type]
    assert all(np.array_equal(array, before[name]) for name, array in net.state_dict().items())
