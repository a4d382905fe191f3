"""The loop: every step is the textbook's, and being watched changes none of them."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.training import runs

import layerwise as lw
from layerwise.data.batches import batches, shuffled
from layerwise.training import EpochEnded, Listener, StepEnded, Stop


def textbook(net: lw.Network, optimizer: lw.optimizers.Optimizer, epochs: int, **more: Any) -> list[float]:
    """The same run in a few lines: the losses of its batches."""
    x, labels = runs.classes()
    x, step, losses = x.astype(net.dtype), 0, []
    for epoch in range(epochs):
        lr = more["schedule"](optimizer.lr, epoch)
        for rows in batches(shuffled(len(x), 7, epoch), runs.BATCH):
            net.zero_grad()
            y, backward = net.forward(x[rows], training=True, seed=7, step=step)
            value, backward_loss = lw.CrossEntropyLoss()(y, labels[rows])
            backward(backward_loss())
            for name, weight in net.parameters().items():
                if name.endswith("weight"):
                    net.gradients()[name][...] += 2 * 0.01 * weight
            norm = np.sqrt((net.grad**2).sum())
            net.grad *= min(1.0, 0.5 / (norm + 1e-6))
            optimizer.step(net.theta, net.grad, lr)
            losses.append(value)
            step += 1
    return losses


def test_a_run_is_the_textbook_loop() -> None:
    nets = [runs.network(dtype="float64"), runs.network(dtype="float64")]
    recorder = runs.Recorder(nets[0])
    schedule = lw.ExponentialLR(0.8)
    runs.fit(
        nets[0],
        optimizer=lw.Adam(0.03),
        listeners=[recorder],
        schedule=schedule,
        regularizer=lw.L2(0.01),
        clip_norm=0.5,
        seed=7,
        epochs=3,
    )
    losses = textbook(nets[1], lw.Adam(0.03), 3, schedule=schedule)
    np.testing.assert_allclose([event.loss for event in recorder.of(StepEnded)], losses, rtol=1e-12)
    np.testing.assert_allclose(nets[0].theta, nets[1].theta, rtol=1e-10, atol=1e-14)


def test_every_epoch_sees_every_sample_once_in_an_order_of_its_own() -> None:
    seen: list[Any] = []

    class Batches(Listener):
        def step_ended(self, event: StepEnded) -> None:
            seen.append(event.batch.x[:, 0].tolist())

    runs.fit(runs.network(), epochs=2, listeners=[Batches()])
    assert [len(batch) for batch in seen] == [5, 5, 5, 5, 2] * 2
    first, second = list(chain(*seen[:5])), list(chain(*seen[5:]))
    assert sorted(first) == sorted(second) == sorted(runs.classes()[0][:, 0].astype(np.float32).tolist())
    assert first != second


class Watcher(lw.Tap):
    """Looks at all activations and gradients."""

    def __init__(self) -> None:
        self.seen = 0

    def activation(self, address: str, value: Any) -> None:
        self.seen += 1

    def gradient(self, address: str, gradient: Any) -> None:
        self.seen += 1


class Curious(Listener):
    """Uses the network after every step and epoch: outputs, gradients, random numbers of its own."""

    def __init__(self, net: lw.Network) -> None:
        self.net, self.tap = net, Watcher()

    def step_ended(self, event: StepEnded) -> Stop | None:
        y, backward = self.net.forward(runs.classes()[0], tap=self.tap)
        backward(np.ones_like(y))
        np.random.default_rng().normal(size=3)
        return None

    def epoch_ended(self, event: EpochEnded) -> Stop | None:
        event.net(runs.classes()[0])
        event.net.summary()
        return None


@pytest.mark.parametrize("watched", ["listeners", "progress", "all"])
def test_watching_changes_no_bit(watched: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for watching in (False, True):
        net, path = runs.network(), tmp_path / f"{watching}"
        options: dict[str, Any] = {"listeners": [lw.EarlyStopping(2)]}
        if watching and watched != "progress":
            curious = Curious(net)
            options["listeners"] = [curious, runs.Recorder(net), lw.EarlyStopping(2)]
        if watching and watched != "listeners":
            options["progress"] = True
        found.append(runs.result(path, net, runs.fit(net, checkpoint=path, **options)))
        if watching and watched != "progress":
            assert curious.tap.seen > 100
    assert found[0] == found[1]
    assert ("epoch" in capsys.readouterr().err) == (watched != "listeners")


def test_a_checkpoint_and_validation_change_no_weight(tmp_path: Path) -> None:
    thetas = []
    for options in ({}, {"checkpoint": tmp_path / "run"}, {"validation": None}):
        net = runs.network()
        runs.fit(net, **options)
        thetas.append(net.theta.tobytes())
    assert len({*thetas}) == 1
