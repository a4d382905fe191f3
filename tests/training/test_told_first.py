"""What can be known before the first step is told before it, with the user's own row, and nothing has moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally
from tests.training import runs

import layerwise as lw
from layerwise.errors import DataError, ShapeError
from layerwise.training import Listener, Started, evaluate

NORMS: dict[str, Any] = {
    "BatchNorm1d": lambda **more: lw.Network(lw.Linear(4, 6), lw.BatchNorm1d(6, **more), lw.Linear(6, runs.K)),
    "nested": lambda **more: lw.Network(lw.Residual(lw.Linear(4, 4), lw.BatchNorm1d(4, **more)), lw.Linear(4, runs.K)),
    "BatchNorm2d": lambda **more: lw.Network(lw.Conv2d(1, 2, 3), lw.BatchNorm2d(2, **more), lw.Flatten(),
                                             lw.Linear(2, runs.K)),
}  # fmt: skip


def data(name: str, n: int) -> Any:
    x, labels = runs.classes(n)
    return (np.repeat(x[:, None, :3], 3, axis=1)[:, None] if name == "BatchNorm2d" else x), labels


class Counts(Listener):
    """How many steps were made."""

    def __init__(self) -> None:
        self.steps = 0

    def step_ended(self, event: Any) -> None:
        self.steps += 1


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize(("n", "batch_size"), [(65, 64), (1, 64), (9, 4), (3, 2), (6, 1), (11, 10)])
def test_a_batch_of_one_is_told_before_the_first_step(name: str, n: int, batch_size: int, tally: Tally) -> None:
    net, counts = NORMS[name](), Counts()
    before = net.state_dict()
    words = ("leave a batch of 1", "at least two samples")
    refused(tally, DataError, words, lambda: runs.fit(net, train=data(name, n), batch_size=batch_size,
                                                      validation=None, listeners=[counts]))  # fmt: skip
    assert counts.steps == net.passes == 0
    assert all(np.array_equal(before[key], array) for key, array in net.state_dict().items())


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize(("n", "batch_size"), [(64, 64), (66, 64), (2, 64), (9, 9), (9, 5)])
def test_what_leaves_no_batch_of_one_is_trained(name: str, n: int, batch_size: int) -> None:
    runs.fit(NORMS[name](), train=data(name, n), batch_size=batch_size, validation=None)


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize("n", [2, 9, 22])
def test_statistics_of_the_batch_alone_can_be_trained_with(name: str, n: int) -> None:
    """No probe of one sample goes through the network, and none to learn what the metrics are called."""
    net = NORMS[name](track_running_stats=False)
    x, labels = data(name, n)
    history = runs.fit(net, train=(x, labels), batch_size=64, validation=(x, labels), evaluate_train=True)
    assert history["val_loss"][-1] == pytest.approx(lw.CrossEntropyLoss()(net(x), labels)[0], rel=1e-5)
    batches = [(x[:2], labels[:2]), (x, labels)]
    runs.fit(net, train=lambda epoch: batches, validation=(x, labels))


@pytest.mark.parametrize("n", [4097, 8193, 4098])
def test_a_measurement_leaves_no_part_of_one_sample(n: int) -> None:
    net = NORMS["BatchNorm1d"](track_running_stats=False)
    x, labels = runs.classes(n)
    assert 0 < evaluate(net, x, labels, lw.CrossEntropyLoss())["loss"] < 10
    assert lw.training.predict(net, x).shape == (n, runs.K)


def test_the_records_are_told_without_a_run_of_the_network() -> None:
    heard: list[Started] = []

    class Hears(Listener):
        def started(self, event: Started) -> None:
            heard.append(event)

    x, labels = runs.classes(9)
    ignored = np.where(np.arange(9) < 8, -100, labels)
    rows = np.full((9, runs.K), 1 / 3)
    for loss, target, accuracy in (
        (lw.CrossEntropyLoss(), labels, True),
        (lw.CrossEntropyLoss(), ignored, True),
        (lw.CrossEntropyLoss(), rows, True),
        (lw.BCEWithLogitsLoss(), rows, True),
        (lw.MSELoss(), rows, False),
        (lw.HuberLoss(), rows, False),
    ):
        history = runs.fit(
            runs.network(), train=(x, target), loss=loss, validation=(x, target), epochs=1, listeners=[Hears()]
        )
        assert heard[-1].records == tuple(history)
        assert ("val_accuracy" in history) == accuracy


# --- rows ------------------------------------------------------------------------------------------------------------

WORDS = np.arange(200 * 6).reshape(200, 6) % 9


def embedded() -> lw.Network:
    return lw.Network(lw.Embedding(9, 4), lw.Flatten(), lw.Linear(24, runs.K))


def branched() -> lw.Network:
    return lw.Network(lw.Parallel(lw.Embedding(9, 4), lw.Embedding(9, 3)), lw.Flatten(), lw.Linear(42, runs.K))


@pytest.mark.parametrize("make", [embedded, branched])
@pytest.mark.parametrize(("row", "column", "word"), [(150, 3, 9), (0, 0, 11), (199, 5, -1), (77, 2, 10**6), (3, 1, -7)])
@pytest.mark.parametrize("part", ["training", "validation"])
def test_a_word_that_is_none_is_told_with_the_users_row(
    make: Any, row: int, column: int, word: int, part: str, tally: Tally
) -> None:
    wrong, labels, net, counts = WORDS.copy(), np.arange(200) % runs.K, make(), Counts()
    wrong[row, column] = word
    if row < 100:
        wrong[row + 50, column] = word  # a second one: the first is named
    before = net.theta.copy()
    train, validation = (wrong, WORDS) if part == "training" else (WORDS, wrong)
    words = (f"{part} data", f"got {word} at ({row}, {column})")
    refused(tally, DataError, words, lambda: runs.fit(net, train=(train, labels), batch_size=16, listeners=[counts],
                                                      validation=(validation, labels)))  # fmt: skip
    assert counts.steps == 0
    assert np.array_equal(net.theta, before)


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_list_of_batches_is_looked_at_to_its_end(kind: Any, tally: Tally) -> None:
    """All of it is there: a batch that does not fit is told with its number, as a batch, before a step is made."""
    (x, labels), net = runs.classes(12), runs.network()
    good, counts, theta = (x[:4], labels[:4]), Counts(), net.theta.copy()
    nan, outside = x[:4].copy(), labels[:4].copy()
    nan[2, 1], outside[3] = np.nan, runs.K
    for count in (2, 3, 5):
        for last, error, words in (
            ((x[:4], labels[:3]), ShapeError, "x has 4 samples, its target 3"),
            ((nan, labels[:4]), DataError, "holds nan at row 2, column 1"),
            ((x[:4], outside), DataError, f"label {runs.K} in row 3"),
            ((x[:4, :2], labels[:4]), ShapeError, "features, got 2"),
        ):
            batches = kind([*[good] * (count - 1), last])
            refused(
                tally,
                error,
                (f"training batch {count} of epoch 1", words),
                lambda batches=batches: runs.fit(net, train=batches, validation=None, listeners=[counts]),
            )
    assert counts.steps == 0
    assert (net.theta == theta).all()
    assert net.passes == 0


def test_a_list_with_a_batch_of_one_is_told_before_the_first_step(tally: Tally) -> None:
    x, labels = runs.classes(9)
    net, counts = NORMS["BatchNorm1d"](), Counts()
    batches = [(x[:4], labels[:4]), (x[4:8], labels[4:8]), (x[8:], labels[8:])]
    words = ("the smallest batch holds 1", "at least two samples")
    refused(tally, DataError, words, lambda: runs.fit(net, train=batches, validation=None, listeners=[counts]))
    assert counts.steps == 0
    one_ignored = [*batches[:2], (x[8:], labels[8:], np.zeros(1))]
    runs.fit(net, train=one_ignored, validation=None, listeners=[counts], epochs=1)
    assert counts.steps == 2, "what does not count is not learnt from, and need not be enough"
