"""The path of layers in the information plane: measured on the given rows, with the network as it is at that time."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import DataError, SettingError
from layerwise.insight import InformationPath, Recorder, layer_information

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 2)), RNG.integers(0, 2, 40)


def run(path: InformationPath, net: lw.Network, epochs: int = 4) -> lw.Run:
    return lw.Run(net, (X, Y), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(), epochs=epochs, listeners=[path])


def test_the_points_are_those_of_the_network() -> None:
    path, net = InformationPath(X, Y, width=0.3, every=2), lw.mlp(2, 3, 3, 2, activation="tanh")
    running = run(path, net)
    before = lw.mlp(2, 3, 3, 2, activation="tanh")
    running.advance()
    assert path.epochs == [0, 2, 4]
    assert list(path.points) == ["1", "3", "4"]
    for place, network in ((0, before), (-1, net)):
        recorder = Recorder()
        network(X, tap=recorder)
        expected = layer_information(X, recorder.activations["3"], Y, width=0.3)
        assert path.points["3"][place] == expected


def test_watching_changes_no_bit() -> None:
    watched, plain = lw.mlp(2, 3, 2, batch_norm=True), lw.mlp(2, 3, 2, batch_norm=True)
    run(InformationPath(X, Y, width=0.3), watched).advance()
    lw.fit(plain, (X, Y), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(), epochs=4, progress=False)
    for name, value in plain.state_dict().items():
        np.testing.assert_array_equal(watched.state_dict()[name], value)


def test_after_going_back_the_future_is_forgotten() -> None:
    path = InformationPath(X, Y, width=0.3)
    running = run(path, lw.mlp(2, 3, 2))
    state = running.state()
    running.advance()
    running.go_back(state)
    running.advance()
    assert path.epochs == [0, 1, 2, 3, 4]
    assert {len(points) for points in path.points.values()} == {5}


@pytest.mark.usefixtures("formulas_alone")
def test_every_kind_of_network_has_one() -> None:
    sequences, images = RNG.normal(size=(8, 3, 4)), RNG.normal(size=(8, 1, 5, 5))
    networks = [
        (lw.Network(lw.Conv2d(1, 2, 3), lw.ReLU(), lw.Flatten(), lw.Linear(18, 2)), images, "1"),
        (lw.Network(lw.LSTM(4, 5, output="last"), lw.Linear(5, 2)), sequences, "0"),
        (lw.Network(lw.MultiheadAttention(4, 2), lw.Flatten(), lw.Linear(12, 2)), sequences, "0"),
    ]
    for net, x, layer in networks:
        path = InformationPath(x, np.arange(8) % 2, width=0.5, layers=[layer])
        how = {"loss": lw.CrossEntropyLoss(), "optimizer": lw.Adam(), "epochs": 1, "listeners": [path]}
        lw.Run(net, (x, np.arange(8) % 2), **how).advance()
        assert [0 <= each.input_bits <= 3 for each in path.points[layer]] == [True, True]


def test_what_can_not_be_measured(tally: Tally) -> None:
    refused(tally, DataError, "rows", lambda: InformationPath([1.0, 2.0], [0, 1], width=0.1))
    refused(tally, SettingError, "width", lambda: InformationPath(X, Y, width=0))
    path = InformationPath(X, Y, width=0.1, layers=["9"])
    refused(tally, SettingError, "no layer at '9'", lambda: run(path, lw.mlp(2, 3, 2)).advance())
