"""What goes into a run: converted once, and checked as a whole, not in its first row alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.refusals import refused
from tests.tally import Tally
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
