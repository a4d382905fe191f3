"""Batches of the caller's own: every epoch asks for them anew, and what is wrong with one is told with its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.refusals import refused
from tests.tally import Tally
from tests.training import runs
from tests.training.runs import STEPS, CtrlC

import layerwise as lw
from layerwise.data.batches import batches, shuffled
from layerwise.errors import DataError, DivergedError, KindError, SettingError, ShapeError, TrainingInterrupted
from layerwise.training import Listener, Started, StepEnded

X, LABELS = runs.classes()
WEIGHT = runs.generator(0, "weights").uniform(0.1, 3.0, runs.N)


def made(epoch: int) -> Iterator[tuple[Any, Any]]:
    """The batches that fit would make of the arrays."""
    for rows in batches(shuffled(runs.N, 0, epoch), runs.BATCH):
        yield X[rows], LABELS[rows]


class Reader:
    """An iterable that begins anew each time, like a loader of files; in one order."""

    def __init__(self) -> None:
        self.begun = 0

    def __iter__(self) -> Iterator[Any]:
        self.begun += 1
        return iter([(X[:10].tolist(), LABELS[:10]), [X[10:12], LABELS[10:12]], (X[12:], LABELS[12:].astype(np.uint8))])

    def __len__(self) -> int:
        return 3


def same(one: lw.Network, two: lw.Network) -> bool:
    return one.theta.tobytes() == two.theta.tobytes()


def test_the_same_batches_give_the_same_run() -> None:
    nets = [runs.network(), runs.network()]
    histories = [
        runs.fit(net, train=train, listeners=[lw.EarlyStopping(2)], evaluate_train=True)
        for net, train in zip(nets, (made, (X, LABELS)), strict=True)
    ]
    assert same(*nets)
    evaluated = [history.as_dict().pop("train_loss_evaluated") for history in histories]
    np.testing.assert_allclose(*evaluated, rtol=1e-6)
    assert histories[0]["train_loss"] == histories[1]["train_loss"]
    assert histories[0]["val_loss"] == histories[1]["val_loss"]


def test_weights_come_in_triples() -> None:
    """The mean weight of all samples is not known here: each batch is divided by its own."""
    nets = [lw.Network(lw.Linear(runs.D, runs.K), dtype="float64") for _ in range(2)]
    sets = [rows for epoch in range(2) for rows in batches(shuffled(runs.N, 0, epoch), runs.BATCH)]
    for rows in sets:
        nets[0].zero_grad()
        nets[0].backpropagate(X[rows], LABELS[rows], lw.CrossEntropyLoss(), WEIGHT[rows])
        nets[0].theta -= 0.1 * nets[0].grad
    runs.fit(nets[1], optimizer=lw.SGD(0.1), epochs=2, train=lambda epoch: (
        (X[rows], LABELS[rows], WEIGHT[rows]) for rows in batches(shuffled(runs.N, 0, epoch), runs.BATCH)
    ))  # fmt: skip
    np.testing.assert_allclose(nets[0].theta, nets[1].theta, rtol=1e-12)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("kind", [list, tuple, iter])
@pytest.mark.parametrize("arrays", [True, False])
def test_a_list_of_batches_is_a_list_of_batches(count: int, kind: Any, arrays: bool) -> None:
    """Two of them, too, which is also how many x and target are."""
    cuts = np.array_split(np.arange(runs.N), count)
    pairs = [(X[rows], LABELS[rows]) if arrays else [X[rows].tolist(), LABELS[rows].tolist()] for rows in cuts]
    nets = [runs.network(), runs.network()]
    runs.fit(nets[0], train=lambda epoch: pairs)
    runs.fit(nets[1], train=(lambda epoch: kind(pairs)) if kind is iter else kind(pairs))
    assert same(*nets)


def test_what_may_be_two_batches_or_two_samples_is_not_guessed(tally: Tally) -> None:
    images = np.random.default_rng(0).normal(size=(4, 5, 5))
    net = lw.Network(lw.Flatten(), lw.Linear(25, 25))
    for data in ([(images[0], images[1]), (images[2], images[3])], (images[:2].tolist(), images[2:].tolist())):
        refused(tally, KindError, ("may be 2 batches, or", "2 samples", "np.asarray", "lambda epoch"),
                lambda data=data: lw.fit(net, data, loss=lw.MSELoss(), optimizer=lw.SGD()))  # fmt: skip
    two = ([[0.0, 1.0], [1.0, 0.0]], [[1.0], [0.0]])  # two samples, and can be nothing else
    lw.fit(lw.Network(lw.Linear(2, 1)), two, loss=lw.MSELoss(), optimizer=lw.SGD())
    three = ([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[1.0], [0.0], [1.0]])
    lw.fit(lw.Network(lw.Linear(2, 1)), three, loss=lw.MSELoss(), optimizer=lw.SGD())


@pytest.mark.parametrize("epochs", [1, 3])
def test_a_source_that_runs_on_loses_no_batch(epochs: int) -> None:
    """A stream of measurements: what was given once is gone."""
    given: list[int] = []

    def measurements() -> Iterator[Any]:
        for number in range(100):
            given.append(number)
            yield np.full((2, runs.D), number / 100), LABELS[:2]

    running, asked, seen = measurements(), [], []

    class Batches(Listener):
        def step_ended(self, event: StepEnded) -> None:
            seen.append(round(100 * float(event.batch.x[0, 0])))

    def source(epoch: int) -> Any:
        asked.append(epoch)
        return islice(running, 4)

    runs.fit(runs.network(), train=source, epochs=epochs, listeners=[Batches()])
    assert seen == given == list(range(4 * epochs))
    assert asked == list(range(epochs))


def test_an_iterable_is_iterated_anew_for_every_epoch() -> None:
    net, reader = runs.network(), Reader()
    recorder = runs.Recorder(net)
    history = runs.fit(net, train=reader, listeners=[recorder], epochs=3, progress=True)
    assert history.epochs == 3
    assert reader.begun == 3, "the batch that is read in advance, for the checks, is the first one"
    assert [event.step for event in recorder.of(StepEnded)] == list(range(1, 10))
    assert (recorder.of(Started)[0].samples, recorder.of(Started)[0].steps_per_epoch) == (None, 3)
    endless = runs.Recorder(net)
    runs.fit(net, train=made, listeners=[endless], epochs=1, progress=True)
    assert (endless.of(Started)[0].samples, endless.of(Started)[0].steps_per_epoch) == (None, None)


def test_the_running_loss_weighs_batches_by_what_counts_in_them() -> None:
    labels = np.where(np.arange(runs.N) % 4 == 0, -100, LABELS)
    sizes = [(0, 1), (1, 9), (9, 12), (12, 13), (13, 22)]  # the first and the fourth hold an ignored label alone
    net, loss = lw.Network(lw.Linear(runs.D, runs.K), dtype="float64"), lw.CrossEntropyLoss([1, 5, 0.2])
    recorder = runs.Recorder(net)
    history = runs.fit(net, train=lambda epoch: [(X[a:b], labels[a:b]) for a, b in sizes], loss=loss, epochs=1,
                       optimizer=lw.SGD(0), listeners=[recorder], evaluate_train=True)  # fmt: skip
    whole, _ = loss(net(X), labels)
    assert history["train_loss"][0] == pytest.approx(whole, rel=1e-12)
    assert history["train_loss_evaluated"][0] == pytest.approx(whole, rel=1e-12)
    assert len(recorder.of(StepEnded)) == 3


@pytest.mark.parametrize("step", [1, 3, STEPS, STEPS + 1, 2 * STEPS + 4])
def test_a_run_cut_anywhere_goes_on_from_its_step(step: int, tmp_path: Path) -> None:
    """The batches of the broken epoch that were used are passed over."""
    whole = runs.network()
    history = runs.fit(whole, train=made, checkpoint=tmp_path / "whole")
    with pytest.raises(TrainingInterrupted):
        runs.fit(runs.network(), train=made, checkpoint=tmp_path / "cut", listeners=[CtrlC(step)])
    net = runs.network()
    again = runs.fit(net, train=made, checkpoint=tmp_path / "cut", resume=tmp_path / "cut")
    assert same(net, whole)
    assert again.as_dict() == history.as_dict()
    assert (tmp_path / "cut").read_bytes() == (tmp_path / "whole").read_bytes()


def test_divergence_looks_at_the_batch_at_hand() -> None:
    with pytest.raises(DivergedError, match=r"The inputs reach .*e\+09: scale"):
        runs.fit(runs.network(), train=lambda epoch: [(X, LABELS), (X * 1e9, LABELS)], optimizer=lw.SGD(1e9))


# --- what is refused -----------------------------------------------------------------------------------------------


def at(place: tuple[int, int], wrong: Any) -> Callable[[int], Iterator[Any]]:
    """The batches, with another one at this place: epoch and number, both counted from 1."""

    def source(epoch: int) -> Iterator[Any]:
        for number, batch in enumerate(made(epoch), start=1):
            yield wrong if (epoch + 1, number) == place else batch

    return source


NAN = np.where(np.arange(3 * runs.D).reshape(3, -1) == 6, np.nan, 1.0)
WRONG: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "narrow": ((X[:5, :3], LABELS[:5]), ShapeError, ("Linear(4, 6)", "got 3")),
    "flat": ((X[0], LABELS[:4]), ShapeError, ("x must be (N, ...)",)),
    "too few labels": ((X[:5], LABELS[:4]), ShapeError, ("has 5 samples", "4")),
    "a label outside": ((X[:5], np.array([0, 1, 3, 0, 1])), DataError, ("label 3 in row 2",)),
    "labels as floats": ((X[:5], LABELS[:5] * 1.0), KindError, ("float64",)),
    "NaN": ((NAN, LABELS[:3]), DataError, ("nan at row 1, column 2",)),
    "empty": ((X[:0], LABELS[:0]), DataError, ("no samples",)),
    "x alone": (X[:2], KindError, ("pair (x, target)", "ndarray")),
    "a pair too many": ((X[:2], LABELS[:2], WEIGHT[:2], 0), KindError, ("triple", "tuple of 4")),
    "text": (("ab", LABELS[:2]), KindError, ("text",)),
    "too few weights": ((X[:5], LABELS[:5], WEIGHT[:4]), ShapeError, ("sample_weight", "(5,)", "(4,)")),
    "a negative weight": ((X[:2], LABELS[:2], [1, -1]), DataError, ("sample_weight", "-1.0 in row 1")),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_batch_is_told_with_its_number(case: str, tally: Tally) -> None:
    wrong, error, words = WRONG[case]
    net = runs.network()
    before = net.theta.copy()
    where = "training batch 1 of epoch 1"
    refused(tally, error, (where, *words), lambda: runs.fit(net, train=at((1, 1), wrong)))
    assert np.array_equal(net.theta, before), "the first one is read in advance"
    where = "training batch 3 of epoch 2"
    refused(tally, error, (where, *words), lambda: runs.fit(net, train=at((2, 3), wrong)))


def test_sources_that_are_none(tally: Tally) -> None:
    net = runs.network()
    before = net.theta.copy()
    once = made(0)
    fit = lambda train, **options: lambda: runs.fit(net, train=train, **options)  # noqa: E731
    anew = "lambda epoch: read_batches()"
    refused(tally, KindError, ("can be read only once", anew), fit(once))
    assert len(list(once)) == STEPS, "and nothing was taken from it"
    refused(tally, KindError, ("read only once", anew), fit(iter([(X, LABELS)])))
    refused(tally, KindError, ("number of the epoch", "lambda epoch"), fit(lambda: made(0)))
    refused(tally, KindError, ("number of the epoch",), fit(lambda epoch, seed: made(epoch)))
    refused(tally, KindError, ("must give batches", "NoneType"), fit(lambda epoch: None))
    refused(tally, KindError, ("batch 1 of epoch 1", "pair (x, target)"), fit(lambda epoch: (X, LABELS)))
    refused(tally, DataError, ("gave no batch", anew), fit(lambda epoch: []))
    refused(tally, SettingError, ("triple (x, target, sample_weight)",), fit(made, sample_weight=WEIGHT))
    refused(tally, DataError, ("in epoch 1 no sample that counts",), fit(lambda epoch: [(X, np.full(runs.N, -100))]))
    refused(tally, KindError, ("validation data is a pair",), fit(made, validation=made))
    assert np.array_equal(net.theta, before)


def test_a_function_that_gives_the_same_generator_twice(tally: Tally) -> None:
    once = made(0)
    head = [next(once)]

    def source(epoch: int) -> Any:
        return head if epoch == 0 else once

    runs.fit(runs.network(), train=source, epochs=2)  # which uses it up
    refused(tally, DataError, ("in epoch 2 no batch", "lambda epoch: read_batches()"),
            lambda: runs.fit(runs.network(), train=source, epochs=2))  # fmt: skip


def test_a_run_is_not_resumed_on_other_data(tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / "run"
    with pytest.raises(TrainingInterrupted):
        runs.fit(runs.network(), train=made, checkpoint=path, listeners=[CtrlC(STEPS + 2)])
    for source in (lambda epoch: [(X, LABELS)], lambda epoch: [(X[:7], LABELS[:7])]):
        refused(tally, DataError, ("other batches in epoch 2", "10 samples"),
                lambda source=source: runs.fit(runs.network(), train=source, resume=path))  # fmt: skip
    refused(tally, SettingError, "other training data", lambda: runs.fit(runs.network(), resume=path))
