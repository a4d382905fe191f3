"""What goes on from one run to the next: the network's count of passes, and what an optimizer remembers; and what
counts as the same data."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally
from tests.training import runs
from tests.training.runs import STEPS, CtrlC

import layerwise as lw
from layerwise.errors import SettingError, TrainingInterrupted
from layerwise.tap import Tap
from layerwise.training import Listener, StepEnded

X, LABELS = runs.classes()


class Masks(Listener):
    """Copies what dropout lets through at each step, and the batches."""

    def __init__(self) -> None:
        self.masks: list[bytes] = []
        self.batches: list[bytes] = []

    def tap(self, step: int) -> Tap:
        masks = self.masks

        class Sees(Tap):
            def activation(self, where: str, value: np.ndarray) -> None:
                if where == "0":
                    masks.append((value == 0).tobytes())

        return Sees()

    def step_ended(self, event: StepEnded) -> None:
        self.batches.append(event.batch.x.tobytes())


def dropped() -> lw.Network:
    return lw.Network(lw.Dropout(0.5), lw.Linear(runs.D, runs.K))


@pytest.mark.parametrize("epochs", [1, 2])
@pytest.mark.parametrize("fits", [2, 3])
def test_fitting_again_draws_other_masks_and_other_orders(epochs: int, fits: int) -> None:
    net, optimizer = dropped(), lw.SGD(0.0)
    seen = []
    for _ in range(fits):
        masks = Masks()
        runs.fit(net, optimizer=optimizer, epochs=epochs, listeners=[masks])
        seen.append(masks)
    assert net.passes == fits * epochs * STEPS
    drawn = [mask for masks in seen for mask in masks.masks]
    assert len(set(drawn)) > 0.9 * len(drawn)
    orders = ["".join(map(repr, masks.batches)) for masks in seen]
    assert len(set(orders)) == fits


def test_the_first_run_on_a_network_is_addressed_from_0() -> None:
    masks = Masks()
    runs.fit(dropped(), listeners=[masks], epochs=1, optimizer=lw.SGD(0.0), seed=4)
    net = dropped()
    for step, batch in enumerate(masks.batches):
        x = np.frombuffer(batch, np.float32).reshape(-1, runs.D)
        tap = Masks().tap(0)
        found: list[bytes] = []
        tap.activation = lambda where, value, found=found: found.append((value == 0).tobytes())  # type: ignore
        net.forward(x, training=True, seed=4, step=step, tap=tap)
        assert found[0] == masks.masks[step]


@pytest.mark.parametrize("step", [1, STEPS, STEPS + 2])
def test_a_second_run_is_resumed_with_the_same_bits(step: int, tmp_path: Path) -> None:
    def second(**options: Any) -> lw.Network:
        net, optimizer = runs.network(), lw.Adam(0.05)
        runs.fit(net, optimizer=optimizer, epochs=1)
        runs.fit(net, optimizer=optimizer, **options)
        return net

    whole = second()
    with pytest.raises(TrainingInterrupted):
        second(listeners=[CtrlC(step)], checkpoint=tmp_path / "run")
    fresh = runs.network()  # as another process would have it: nothing but the file joins the two
    runs.fit(fresh, resume=tmp_path / "run")
    assert fresh.theta.tobytes() == whole.theta.tobytes()
    assert fresh.passes == whole.passes == 5 * STEPS


# --- an optimizer's memory -----------------------------------------------------------------------------------------

REMEMBER = [lambda: lw.SGD(0.05, momentum=0.9), lambda: lw.Adam(0.05), lambda: lw.RMSprop(0.01), lambda: lw.AdamW(0.05),
            lambda: lw.Adagrad(0.05), lambda: lw.Momentum(0.01)]  # fmt: skip


@pytest.mark.parametrize("make", REMEMBER, ids=lambda make: type(make()).__name__)
def test_what_an_optimizer_remembers_belongs_to_one_network(make: Any, tally: Tally) -> None:
    net, optimizer = runs.network(), make()
    runs.fit(net, optimizer=optimizer, epochs=1)
    others = runs.network(), deepcopy(net)
    for other in others:
        before = other.theta.copy()
        refused(tally, SettingError, ("5 steps on another network", "make a new optimizer"),
                lambda other=other: runs.fit(other, optimizer=optimizer))  # fmt: skip
        assert np.array_equal(other.theta, before)
    runs.fit(net, optimizer=optimizer, epochs=1)  # its own network goes on
    assert optimizer.t == 2 * STEPS
    del net
    refused(tally, SettingError, "another network", lambda: runs.fit(others[0], optimizer=optimizer))


@pytest.mark.parametrize("make", REMEMBER, ids=lambda make: type(make()).__name__)
def test_two_runs_made_with_one_optimizer_do_not_share_its_memory(make: Any, tally: Tally) -> None:
    """Neither has moved when the second is made: the first one to advance has it."""
    optimizer, nets = make(), (runs.network(), runs.network(dropout=0.0))
    first, second = (
        lw.Run(net, runs.classes(), loss=lw.CrossEntropyLoss(), optimizer=optimizer, epochs=2, batch_size=runs.BATCH)
        for net in nets
    )
    before, untouched = nets[1].theta.copy(), second.state()
    first.advance(3)
    words = ("3 steps on another network", "make a new optimizer")
    refused(tally, SettingError, words, lambda: second.advance(1))
    refused(tally, SettingError, words, lambda: second.go_back(untouched))
    assert np.array_equal(nets[1].theta, before)
    first.advance()
    alone = runs.network()
    lw.fit(alone, runs.classes(), loss=lw.CrossEntropyLoss(), optimizer=make(), epochs=2, batch_size=runs.BATCH)
    assert nets[0].theta.tobytes() == alone.theta.tobytes()


@pytest.mark.parametrize("make", REMEMBER, ids=lambda make: type(make()).__name__)
def test_a_state_that_is_handed_over_in_so_many_words_goes_on(make: Any) -> None:
    net, optimizer = runs.network(), make()
    runs.fit(net, optimizer=optimizer, epochs=1)
    twin, other = deepcopy(net), make()
    other.load_state_dict(optimizer.state_dict())
    runs.fit(net, optimizer=optimizer, epochs=1)
    runs.fit(twin, optimizer=other, epochs=1)
    assert net.theta.tobytes() == twin.theta.tobytes()


@pytest.mark.parametrize("make", [lambda: lw.SGD(0.05), lambda: lw.GradientDescent(0.05)], ids=["SGD", "descent"])
def test_who_remembers_nothing_may_serve_many(make: Any) -> None:
    optimizer = make()
    nets = [runs.network(), runs.network()]
    for net in nets:
        runs.fit(net, optimizer=optimizer, epochs=1)
    assert nets[0].theta.tobytes() == nets[1].theta.tobytes()


# --- the same data ---------------------------------------------------------------------------------------------------

SAME: dict[str, tuple[Any, Any]] = {
    "int32": (X, LABELS.astype(np.int32)),
    "uint8": (X, LABELS.astype(np.uint8)),
    "big-endian": (X, LABELS.astype(">i8")),
    "a list": (X.tolist(), LABELS.tolist()),
    "float32": (X.astype(np.float32), LABELS.astype(np.int16)),
    "by columns": (np.asfortranarray(X), LABELS),
    "a view": (np.repeat(X, 2, axis=0)[::2], np.repeat(LABELS, 2)[::2]),
}


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("on_disk", [False, True])
def test_equal_numbers_are_the_same_data_in_any_type(name: str, on_disk: bool, tmp_path: Path) -> None:
    whole = runs.network()
    runs.fit(whole)
    with pytest.raises(TrainingInterrupted):
        runs.fit(runs.network(), checkpoint=tmp_path / "run", listeners=[CtrlC(7)])
    x, labels = SAME[name]
    if on_disk:
        x = np.asarray(x)
        np.save(tmp_path / "x.npy", x)
        x = np.load(tmp_path / "x.npy", mmap_mode="r")
    net = runs.network()
    runs.fit(net, train=(x, labels), resume=tmp_path / "run")
    assert net.theta.tobytes() == whole.theta.tobytes()


def test_whole_numbers_that_stand_for_words_in_any_type(tmp_path: Path) -> None:
    words = np.arange(30).reshape(10, 3) % 7

    def fit(x: Any, **options: Any) -> lw.Network:
        net = lw.Network(lw.Embedding(7, 4), lw.Flatten(), lw.Linear(12, 2))
        runs.fit(net, train=(x, np.arange(10) % 2), validation=None, **options)
        return net

    whole = fit(words)
    with pytest.raises(TrainingInterrupted):
        fit(words, checkpoint=tmp_path / "run", listeners=[CtrlC(3)])
    assert fit(words.astype(np.uint16), resume=tmp_path / "run").theta.tobytes() == whole.theta.tobytes()


def test_validation_may_weigh_its_samples(tmp_path: Path, tally: Tally) -> None:
    x, labels = runs.classes(9, "validation")
    weight = np.arange(9) % 3
    net = runs.network()
    history = runs.fit(net, validation=(x, labels, weight), checkpoint=tmp_path / "run")
    whole, _ = lw.CrossEntropyLoss()(net(x), labels, weight)
    assert history["val_loss"][-1] == pytest.approx(whole, rel=1e-6)
    plain = runs.fit(runs.network(), validation=(x, labels))
    assert plain["val_loss"] != history["val_loss"]
    assert plain["val_accuracy"] == history["val_accuracy"], "the accuracy counts heads"
    runs.fit(runs.network(), validation=(x, labels, weight), resume=tmp_path / "run")
    for other in ((x, labels), (x, labels, weight + 1)):
        refused(tally, SettingError, "other validation data",
                lambda other=other: runs.fit(runs.network(), validation=other, resume=tmp_path / "run"))  # fmt: skip
