"""Runs whose batches are cut among threads: the same bits again, watched, and resumed; and divergence is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import layerwise as lw
from layerwise.errors import DivergedError
from layerwise.network import plan as plans
from layerwise.training import Listener

pytest.importorskip("numba")
X = np.random.default_rng(0).integers(1, 9, (30, 6))


@pytest.fixture(autouse=True)
def everything_is_worth_cutting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "WORTH_PARTS", 1)


def network() -> lw.Network:
    attention = lw.Residual(lw.LayerNorm(8), lw.MultiheadAttention(8, 2, 0.2, causal=True), lw.Dropout(0.2))
    return lw.Network(lw.Embedding(9, 8), attention, lw.Linear(8, 9), seed=3)


def train(net: lw.Network, epochs: int = 2, lr: float = 0.01, threads: int = 2, **more: Any) -> lw.History:
    return lw.fit(
        net,
        (X[:, :-1], X[:, 1:]),
        loss=lw.CrossEntropyLoss(),
        optimizer=lw.Adam(lr=lr),
        epochs=epochs,
        batch_size=7,
        threads=threads,
        progress=False,
        **more,
    )


class Looks(Listener):
    """Runs the network by itself, with a tap, at the end of every epoch."""

    def __init__(self, net: lw.Network) -> None:
        self.net, self.seen = net, 0

    def epoch_ended(self, event: Any) -> None:
        recorder = lw.insight.Recorder()
        self.net.forward(X[:, :-1], tap=recorder)
        self.seen += len(recorder.values)


def test_the_same_bits_again_and_watched_and_about_those_of_one_thread() -> None:
    nets = [network() for _ in range(4)]
    looks = Looks(nets[2])
    histories = [train(nets[0]), train(nets[1]), train(nets[2], listeners=[looks]), train(nets[3], threads=1)]
    assert looks.seen
    np.testing.assert_array_equal(nets[1].theta, nets[0].theta)
    np.testing.assert_array_equal(nets[2].theta, nets[0].theta)
    assert (nets[3].theta != nets[0].theta).any(), "the batches were cut"
    # Not their weights: Adam makes steps of the rounding in the gradient of the keys' bias, which is 0.
    np.testing.assert_allclose(histories[3]["train_loss"], histories[0]["train_loss"], rtol=1e-4)


def test_a_run_that_was_stopped_goes_on_with_the_same_bits(tmp_path: Path) -> None:
    whole, half = network(), network()
    train(whole)
    train(half, epochs=1, checkpoint=tmp_path / "run")
    resumed = network()
    train(resumed, checkpoint=tmp_path / "run", resume=tmp_path / "run")
    np.testing.assert_array_equal(resumed.theta, whole.theta)


def test_divergence_is_told_and_not_warned_of() -> None:
    net = network()
    with pytest.raises(DivergedError, match="diverged at step"):
        train(net, lr=1e30, epochs=5)
    assert np.isfinite(net.theta).all()
