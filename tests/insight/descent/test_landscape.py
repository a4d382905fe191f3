"""The landscape: every height is the loss of the network at that place, and the plane holds what it says."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.insight import landscape
from layerwise.insight.descent.landscape import path_directions, random_directions
from layerwise.training.evaluation import evaluate

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 3)), RNG.integers(0, 2, 12)


def test_heights_are_losses_and_the_middle_is_the_network() -> None:
    net = lw.mlp(3, 5, 2, activation="tanh", dtype="float64")
    before = net.theta.copy()
    found = landscape(net, X, Y, lw.CrossEntropyLoss(), resolution=5)
    np.testing.assert_array_equal(net.theta, before)
    assert found.losses[2, 2] == pytest.approx(evaluate(net, X, Y, lw.CrossEntropyLoss())["loss"])
    net.theta = before + found.a[4] * found.directions[0] + found.b[1] * found.directions[1]
    assert found.losses[1, 4] == pytest.approx(evaluate(net, X, Y, lw.CrossEntropyLoss())["loss"])


def test_random_filters_are_as_long_as_the_networks_own_and_biases_stay() -> None:
    net = lw.Network(lw.Conv2d(2, 3, 3), lw.BatchNorm2d(3), lw.ReLU(), lw.Flatten(), lw.Linear(12, 2), dtype="float64")
    start = 0
    plane = random_directions(net, seed=1)
    for name, value in net.parameters().items():
        part = plane[:, start : start + value.size]
        start += value.size
        if name in ("0.weight", "4.weight"):
            own = np.linalg.norm(value.reshape(len(value), -1), axis=1)
            for direction in part:
                np.testing.assert_allclose(np.linalg.norm(direction.reshape(len(value), -1), axis=1), own)
        else:
            assert not part.any()
    assert start == plane.shape[1]
    assert (random_directions(net, seed=2) != plane).any()


def test_directions_of_a_path_hold_a_plane_exactly_and_are_the_best_two() -> None:
    first, second = np.linalg.qr(RNG.normal(size=(30, 2)))[0].T
    center = RNG.normal(size=30)
    a, b = RNG.normal(size=(2, 15, 1))
    path = center + 3 * a * first + b * second
    plane = path_directions(path, center)
    np.testing.assert_allclose(plane @ plane.T, np.eye(2), atol=1e-12)
    steps = path - center
    np.testing.assert_allclose(steps @ plane.T @ plane, steps, atol=1e-10)
    line = path_directions(np.stack([center + first, center]), center)
    np.testing.assert_allclose(line @ line.T, np.eye(2), atol=1e-12)
    assert abs(line[0] @ first) == pytest.approx(1)


def test_the_way_ends_at_the_network_and_its_losses_are_real() -> None:
    net = lw.mlp(3, 4, 2, dtype="float64")
    path = np.array([net.theta + step * RNG.normal(size=net.theta.size) for step in (2.0, 1.0, 0.5, 0.0)])
    found = landscape(net, X, Y, lw.CrossEntropyLoss(), path=path, resolution=3)
    np.testing.assert_allclose(found.way[-1], 0, atol=1e-9)
    net.theta = path[0]
    assert found.way_losses[0] == pytest.approx(evaluate(net, X, Y, lw.CrossEntropyLoss())["loss"])
    assert 0.5 < found.held < 1
    net.theta = path[-1]
    poor = landscape(net, X, Y, lw.CrossEntropyLoss(), path=path, directions="random", resolution=3)
    assert 0 <= poor.held < found.held
    assert str(poor).endswith(f"the plane holds {100 * poor.held:.1f} % of the way.")
    assert found.way[:, 0].min() > found.a[0]
    assert found.way[:, 0].max() < found.a[-1]


def test_the_plane_of_a_quadratic_is_a_quadratic() -> None:
    net = lw.Network(lw.Linear(2, 1, bias=False), dtype="float64")
    x = np.eye(2)
    net.theta = [1.0, -1.0]
    path = [[3.0, -1.0], [3.0, 2.0], [1.0, -1.0]]
    found = landscape(net, x, np.array([[1.0], [-1.0]]), lw.MSELoss(), path=path, resolution=9)
    a, b = np.meshgrid(found.a, found.b)
    np.testing.assert_allclose(found.losses, (a**2 + b**2) / 2, atol=1e-12)


@pytest.mark.usefixtures("formulas_alone")
def test_every_kind_of_network_has_one() -> None:
    sequences = RNG.normal(size=(4, 3, 4)).astype("float32")
    networks = {
        "cnn": (
            lw.Network(lw.Conv2d(1, 2, 3), lw.ReLU(), lw.Flatten(), lw.Linear(18, 2)),
            RNG.normal(size=(4, 1, 5, 5)),
        ),
        "lstm": (lw.Network(lw.LSTM(4, 5, output="last"), lw.Linear(5, 2)), sequences),
        "attention": (lw.Network(lw.MultiheadAttention(4, 2), lw.Flatten(), lw.Linear(12, 2)), sequences),
    }
    for net, x in networks.values():
        found = landscape(net, x, np.array([0, 1, 0, 1]), lw.CrossEntropyLoss(), resolution=3)
        assert np.isfinite(found.losses).all()
        assert np.ptp(found.losses) > 0


def test_what_can_not_be_computed(tally: Tally) -> None:
    net, loss = lw.mlp(3, 4, 2), lw.CrossEntropyLoss()
    refused(tally, ShapeError, "two or more thetas", lambda: landscape(net, X, Y, loss, path=[[1.0, 2.0]]))
    refused(tally, DataError, "path=", lambda: landscape(net, X, Y, loss, directions="path"))
    refused(tally, SettingError, "random", lambda: landscape(net, X, Y, loss, directions="randon"))
    refused(tally, KindError, "net", lambda: landscape(3, X, Y, loss))  # type: ignore[arg-type]
    refused(tally, SettingError, "span", lambda: landscape(net, X, Y, loss, span=0))
