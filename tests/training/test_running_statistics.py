"""Networks that remember: wherever training keeps or brings back weights, the running statistics come along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.refusals import refused
from tests.tally import Tally
from tests.training import runs
from tests.training.runs import STEPS, CtrlC

import layerwise as lw
from layerwise.errors import DataError, DivergedError, TrainingInterrupted
from layerwise.training import EpochEnded, Listener, StepEnded, Stop, evaluate


def network(dtype: str = "float32") -> lw.Network:
    return lw.Network(
        lw.Linear(runs.D, 6), lw.BatchNorm1d(6), lw.ReLU(), lw.Dropout(0.3), lw.Linear(6, runs.K), dtype=dtype
    )


def bits(net: lw.Network) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in net.state_dict().items()}


SETUPS: dict[str, Any] = {
    "plain": lambda: {},
    "early stopping": lambda: {"listeners": [lw.EarlyStopping(patience=2)], "optimizer": lw.Adam(0.5), "epochs": 8},
    "best before the end": lambda: {"listeners": [lw.EarlyStopping(patience=9)], "optimizer": lw.Adam(0.2)},
    "evaluated": lambda: {"evaluate_train": True},
}


@pytest.mark.parametrize("name", SETUPS)
@pytest.mark.parametrize("steps", [[1], [STEPS], [STEPS + 2], [3, STEPS, 2 * STEPS + 4]], ids=str)
def test_a_run_cut_anywhere_is_the_run_that_never_stopped(name: str, steps: list[int], tmp_path: Path) -> None:
    whole = network()
    history = runs.fit(whole, checkpoint=tmp_path / "whole", **SETUPS[name]())
    path, resume = tmp_path / "cut", None
    for step in steps:
        options = SETUPS[name]()
        options["listeners"] = [CtrlC(step), *options.get("listeners", ())]
        with pytest.raises(TrainingInterrupted):
            runs.fit(network(), checkpoint=path, resume=resume, **options)
        resume = path
    net = network()
    found = runs.fit(net, checkpoint=path, resume=path, **SETUPS[name]())
    assert bits(net) == bits(whole)
    assert found.as_dict() == history.as_dict()
    assert path.read_bytes() == (tmp_path / "whole").read_bytes()
    assert net.buffers()["1.num_batches_tracked"] > 0


def test_more_epochs_go_on_from_the_latest_statistics_not_the_best(tmp_path: Path) -> None:
    setup = SETUPS["best before the end"]
    whole = network()
    runs.fit(whole, **setup(), epochs=6)
    others = 0
    for first in range(1, 6):
        cut = network()
        runs.fit(cut, **setup(), epochs=first, checkpoint=tmp_path / "run")
        stored = lw.storage.read(tmp_path / "run").arrays
        others += not np.array_equal(stored["training/latest/1.running_mean"], stored["1.running_mean"])
        runs.fit(cut, **setup(), epochs=6, resume=tmp_path / "run")
        assert bits(cut) == bits(whole)
    assert others, "the best epoch was not always the last"


class Each(Listener):
    """Keeps the state of the network after every step and epoch."""

    def __init__(self, net: lw.Network) -> None:
        self.net = net
        self.steps: list[dict[str, bytes]] = [bits(net)]
        self.epochs: list[dict[str, bytes]] = []

    def step_ended(self, event: StepEnded) -> Stop | None:
        self.steps.append(bits(self.net))
        return None

    def epoch_ended(self, event: EpochEnded) -> Stop | None:
        self.epochs.append(bits(self.net))
        return None


def test_early_stopping_brings_back_the_statistics_of_the_best_epoch(tmp_path: Path) -> None:
    net, early = network(), lw.EarlyStopping(patience=3)
    each = Each(net)
    path = tmp_path / "run"
    history = runs.fit(net, optimizer=lw.Adam(0.5), epochs=40, listeners=[each, early], checkpoint=path)
    assert history.stopped == "stopped early"
    best = each.epochs[early.best_epoch - 1]
    assert bits(net) == best == bits(lw.load(path))
    assert each.epochs[-1]["1.running_mean"] != best["1.running_mean"]
    assert evaluate(net, *runs.classes(9, "validation"), lw.CrossEntropyLoss())["loss"] == min(history["val_loss"])


def test_divergence_brings_back_the_statistics_of_the_weights_that_are_kept() -> None:
    """A rate far too large for the layer behind the normalisation."""
    x, y = runs.quantities()
    net = lw.Network(lw.Linear(runs.D, 6), lw.BatchNorm1d(6), lw.Linear(6, 1))
    each = Each(net)
    with pytest.raises(DivergedError) as caught:
        runs.fit(net, train=(x, y), loss=lw.MSELoss(), optimizer=lw.SGD(2.0), listeners=[each], validation=None)
    step = caught.value.step
    assert "the loss became" in str(caught.value)
    assert 2 < step == len(each.steps)
    assert bits(net) in each.steps[:: runs.STEPS], "the start, or the end of an epoch"


def test_statistics_go_wrong_while_the_losses_look_well() -> None:
    """The weights grow without bound below the normalisation: what is kept is as finite as the start."""

    class Explodes(lw.schedules.Schedule):
        def __init__(self) -> None:
            super().__init__("step")

        def __call__(self, lr: float, step: int) -> float:
            return lr if step < 2 else 1e30

    net = lw.Network(lw.Linear(runs.D, runs.K), lw.BatchNorm1d(runs.K, affine=False))
    each = Each(net)
    with pytest.raises(DivergedError, match="running statistics left the range") as caught:
        runs.fit(net, optimizer=lw.SGD(0.1), schedule=Explodes(), listeners=[each])
    assert caught.value.step < len(each.steps) + 1
    assert bits(net) == each.steps[0]
    assert all(np.isfinite(array).all() for array in net.state_dict().values())


def test_statistics_that_leave_the_range_are_a_divergence() -> None:
    """Normalised by its own statistics a batch looks fine, and evaluation divides by infinity."""
    net = network()
    before = bits(net)
    x, labels = runs.classes()
    with pytest.raises(DivergedError, match="running statistics left the range"):
        runs.fit(net, train=(x * 1e25, labels), optimizer=lw.SGD(0), validation=None, epochs=1, batch_size=64)
    assert bits(net) == before


def test_statistics_that_are_not_finite_are_refused(tally: Tally) -> None:
    net = network()
    net[1].buffers["running_var"][2] = np.nan
    refused(tally, DataError, ("1.running_var", "nan", "row 2"), lambda: runs.fit(net))


def test_a_stop_may_bring_any_snapshot_back() -> None:
    net = network()
    before = net.snapshot()

    class Back(Listener):
        def epoch_ended(self, event: EpochEnded) -> Stop | None:
            return Stop("back to the start", before)

    runs.fit(net, listeners=[Back()])
    assert bits(net) == bits(network())
