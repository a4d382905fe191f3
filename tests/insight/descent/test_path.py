"""The path of a run: theta at the start and after every epoch, as it was, also after going back."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import DataError, SettingError
from layerwise.insight import Path

X = np.random.default_rng(0).normal(size=(20, 2))


def run(path: Path | None, net: lw.Network, epochs: int = 4) -> lw.Run:
    how = {"loss": lw.MSELoss(), "optimizer": lw.SGD(lr=0.1), "epochs": epochs, "batch_size": 10}
    return lw.Run(net, (X, X[:, :1]), listeners=[path] if path else [], **how)


@pytest.mark.parametrize(("every", "steps"), [(None, [0, 2, 4, 6, 8]), (1, range(9)), (3, [0, 3, 6])])
def test_every_point_is_the_theta_of_its_step(every: int | None, steps) -> None:
    path = Path(every=every)
    run(path, lw.Network(lw.Linear(2, 1))).advance()
    assert path.steps.tolist() == list(steps)
    for step, point in zip(path.steps, path.points, strict=True):
        net = lw.Network(lw.Linear(2, 1))
        if step:
            run(None, net).advance(int(step))
        np.testing.assert_array_equal(point, net.theta)


def test_what_was_undone_is_forgotten() -> None:
    path = Path()
    running = run(path, lw.Network(lw.Linear(2, 1)))
    running.advance(2)
    state = running.state()
    running.advance(4)
    running.go_back(state)
    running.advance()
    assert path.steps.tolist() == [0, 2, 4, 6, 8]
    np.testing.assert_array_equal(path.points[-1], running.net.theta)


def test_a_path_without_points(tally: Tally) -> None:
    refused(tally, DataError, "no points", lambda: Path().points)
    refused(tally, SettingError, "every", lambda: Path(every=0))
