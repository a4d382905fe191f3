"""What goes into a run: converted once, and checked as a whole, not in its first row alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally
from tests.training import runs

import layerwise as lw
from layerwise.checks import require_kind, require_path
from layerwise.errors import DataError, KindError
from layerwise.training.inputs import checked, listeners_in

NET = runs.network()
X, LABELS = runs.classes()


def test_x_comes_in_the_type_of_the_network_and_labels_stay_whole() -> None:
    for dtype in ("float32", "float64"):
        data = (X.tolist(), LABELS.tolist())
        found = checked("training", data, runs.network(dtype=dtype), lw.CrossEntropyLoss())
        assert (found.x.dtype, found.target.dtype.kind) == (dtype, "i")
    target = checked("training", (X, LABELS[:, None] > 0), runs.network(1), lw.BCEWithLogitsLoss()).target
    assert (target.dtype, target.shape) == ("float32", (runs.N, 1))
    assert set(target.ravel()) == {0.0, 1.0}


def test_what_is_right_already_is_not_copied() -> None:
    x = X.astype(np.float32)
    found = checked("training", (x, LABELS), NET, lw.CrossEntropyLoss())
    assert found.x is x
    assert found.target is LABELS
    assert (found.weight, found.shares) == (None, None)


@pytest.mark.parametrize("row", [0, 7, runs.N - 1])
def test_every_row_of_the_target_is_seen(row: int, tally: Tally) -> None:
    labels, shares = LABELS.copy(), np.full((runs.N, runs.K), 0.5)
    labels[row], shares[row, 1] = 9, 1.5
    refused(tally, DataError, f"label 9 in row {row}", lambda: checked("a", (X, labels), NET, lw.CrossEntropyLoss()))
    refused(tally, DataError, "0.5 to 1.5", lambda: checked("a", (X, shares), NET, lw.BCEWithLogitsLoss()))
    shares[row, 1] = np.nan
    refused(tally, DataError, f"row {row}, column 1", lambda: checked("a", (X, shares), NET, lw.BCEWithLogitsLoss()))


def test_an_output_that_overflows_makes_no_warning() -> None:
    net = runs.network()
    net.theta *= 1e38
    checked("training", (X, LABELS), net, lw.CrossEntropyLoss())


def test_kinds_paths_and_lists(tally: Tally) -> None:
    require_kind("loss", None, lw.losses.Loss, optional=True)
    require_path("checkpoint", Path("a"))
    require_path("checkpoint", None, optional=True)
    stopper = lw.EarlyStopping()
    assert listeners_in((stopper,)) == [stopper]
    assert listeners_in(()) == []
    refused(tally, KindError, "L2(...) with brackets", lambda: require_kind("regularizer", lw.L2, lw.regularizers.L2))
    refused(tally, KindError, "loss must be a Loss; got 3", lambda: require_kind("loss", 3, lw.losses.Loss))
    refused(tally, KindError, "write resume='run.safetensors'", lambda: require_path("resume", b"a"))
    refused(tally, KindError, "listeners=[...]", lambda: listeners_in({stopper}))


class _Reader(lw.layers.Layer):
    """Looks whole numbers up in a table of squares."""

    takes_indices = True

    def forward(self, x, pass_):  # type: ignore[no-untyped-def]
        return (np.arange(10.0, dtype=np.float32) ** 2)[x], lambda dy: None

    def output_shape(self, shape):  # type: ignore[no-untyped-def]
        return shape


def test_indices_are_trained_on_as_they_came(tally: Tally, tmp_path: Path) -> None:
    net = lw.Network(_Reader(), lw.Linear(3, 2))
    words = np.arange(30, dtype=np.int16).reshape(10, 3) % 10
    data = (words, np.arange(10) % 2)
    found = checked("training", data, net, lw.CrossEntropyLoss())
    assert found.x is words
    assert found.take(slice(0, 2)).x.dtype == np.int16
    on_disk = np.memmap(tmp_path / "words", np.int16, "w+", shape=words.shape)
    on_disk[...] = words
    histories = [
        lw.fit(
            lw.Network(_Reader(), lw.Linear(3, 2)),
            (x, data[1]),
            loss=lw.CrossEntropyLoss(),
            optimizer=lw.SGD(1e-4),
            epochs=2,
            batch_size=4,
            validation=data,
        )
        for x in (words, on_disk)
    ]
    assert histories[0]["train_loss"] == histories[1]["train_loss"]
    refused(
        tally,
        KindError,
        ("whole numbers", "float64"),
        lambda: checked("training", (words * 1.0, data[1]), net, lw.CrossEntropyLoss()),
    )


def test_sequences_with_padding_are_weighed_by_their_labels() -> None:
    """The mean over an epoch is over all labels that count, whatever the batches."""
    net = lw.Network(lw.Linear(2, 3))
    x = np.random.default_rng(0).normal(size=(7, 4, 2))
    y = np.random.default_rng(1).integers(3, size=(7, 4))
    y[2, 1:], y[5, 3:] = -100, -100
    loss = lw.CrossEntropyLoss()
    found = checked("training", (x, y), net, loss)
    assert found.total == (y >= 0).sum()
    history = lw.fit(net, (x, y), loss=loss, optimizer=lw.SGD(0.0), epochs=1, batch_size=2, evaluate_train=True)
    whole, _ = loss(net(x), y)
    assert history["train_loss"][0] == pytest.approx(whole, rel=1e-6)
    assert history["train_loss_evaluated"][0] == pytest.approx(whole, rel=1e-6)
