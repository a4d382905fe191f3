"""The curve holds the numbers of the history, marks the best epoch, and stays whole where training did not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError, KindError, LayerwiseError
from layerwise.plots import loss_curve
from layerwise.training.history import History

HISTORY = {
    "train_loss": [0.9, 0.5, 0.3, 0.2],
    "val_loss": [0.8, 0.6, 0.55, 0.7],
    "val_accuracy": [0.5, 0.8, 0.85, 0.75],
}


def lines(ax: object) -> dict[str, list[float]]:
    return {str(line.get_label()): list(line.get_ydata()) for line in ax.get_lines()}  # type: ignore[attr-defined]


def test_losses_are_drawn_by_epoch_from_1() -> None:
    ax = loss_curve(HISTORY)
    drawn = lines(ax)
    assert drawn["training"] == HISTORY["train_loss"]
    assert drawn["validation"] == HISTORY["val_loss"]
    assert list(ax.get_lines()[0].get_xdata()) == [1, 2, 3, 4]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]
    assert ax.get_title(loc="left") == "Loss by epoch: validation is least, 0.55, after epoch 3"


def test_the_best_epoch_is_ringed_in_both_panels() -> None:
    ax = loss_curve(HISTORY)
    upper, lower = ax.figure.axes
    assert upper is ax
    assert lines(upper)["_best"] == [0.55]
    assert lines(lower)["_best"] == [0.85]
    assert lines(lower)["validation accuracy"] == HISTORY["val_accuracy"]
    assert upper.get_xlim() == lower.get_xlim()
    assert (upper.get_xlabel(), lower.get_xlabel()) == ("", "epoch")
    assert upper.get_position().y0 > lower.get_position().y1


def test_without_validation_there_is_one_line_and_no_mark() -> None:
    ax = loss_curve({"train_loss": HISTORY["train_loss"]})
    assert lines(ax).keys() == {"training"}
    assert (ax.get_title(loc="left"), ax.get_xlabel(), len(ax.figure.axes)) == ("Loss by epoch", "epoch", 1)


def test_the_history_of_a_run_will_do() -> None:
    history = History()
    history.append({"train_loss": 0.5, "lr": 0.1})
    assert lines(loss_curve(history))["training"] == [0.5]


@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 30, 40, 999])
def test_ticks_are_whole_epochs_of_the_run(epochs: int) -> None:
    ax = loss_curve({"train_loss": list(np.linspace(1, 0.5, epochs))})
    ax.figure.canvas.draw()
    ticks = ax.get_xticks()
    assert 1 <= len(ticks) <= 11
    assert all(tick == int(tick) and 1 <= tick <= epochs for tick in ticks)


@pytest.mark.parametrize(("last", "scale"), [(0.5, "linear"), (1e-4, "log"), (0.0, "linear"), (-1.0, "linear")])
def test_a_wide_range_gets_a_logarithm(last: float, scale: str) -> None:
    ax = loss_curve({"train_loss": [2.0, 1.0, last]})
    assert ax.get_yscale() == scale
    assert ("logarithmic" in ax.get_ylabel()) == (scale == "log")
    low, high = ax.get_ylim()
    assert low <= last < 2.0 < high
    ax.figure.canvas.draw()


def test_a_run_that_diverged_is_drawn_as_far_as_it_went() -> None:
    nan = math.nan
    ax = loss_curve({"train_loss": [1.0, 5.0, nan], "val_loss": [2.0, math.inf, nan], "val_accuracy": [0.5, nan, nan]})
    ax.figure.canvas.draw()
    assert np.isfinite(ax.get_ylim()).all()
    assert "2, after epoch 1" in ax.get_title(loc="left")
    ax = loss_curve({"train_loss": [nan], "val_loss": [nan], "val_accuracy": [nan]})
    ax.figure.canvas.draw()
    assert ax.get_title(loc="left") == "Loss by epoch"


def test_given_axes_are_drawn_on_and_neighbours_left_alone() -> None:
    figure = Figure(layout="constrained")
    left, right = figure.subplots(1, 2)
    before = right.get_subplotspec()
    assert loss_curve(HISTORY, ax=left) is left
    assert right.get_subplotspec() is before
    assert not right.get_lines()
    assert len(figure.axes) == 3
    figure.canvas.draw()


def test_axes_that_stand_free_are_split_too() -> None:
    figure = Figure()
    ax = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    loss_curve(HISTORY, ax=ax)
    lower = figure.axes[1].get_position()
    assert lower.y0 == pytest.approx(0.1)
    assert ax.get_position().y0 > lower.y1
    assert ax.get_position().y1 == pytest.approx(0.9)


@pytest.mark.parametrize(
    "history",
    [{}, {"train_loss": []}, {"val_loss": [1.0]}, {"train_loss": [1.0, 2.0], "val_loss": [1.0]}, History()],
    ids=["nothing", "no epochs", "no training", "lengths differ", "an empty history"],
)
def test_histories_that_can_not_be_drawn(history: dict[str, list[float]], tally: Tally) -> None:
    with pytest.raises(DataError, match="history"):
        loss_curve(history)
    tally.add("bad input")


def test_what_is_no_history(tally: Tally) -> None:
    for history in (None, [0.5, 0.25], "train_loss"):
        refused(tally, KindError, "history must be what fit returned", lambda history=history: loss_curve(history))
    refused(tally, KindError, "train_loss must hold real numbers", lambda: loss_curve({"train_loss": ["a"]}))


@pytest.mark.parametrize("kept", [1, 2, 3, 4])
def test_the_epoch_whose_weights_are_kept_is_told_and_marked(kept: int) -> None:
    ax = loss_curve(HISTORY, kept=kept)
    assert lines(ax)[f"weights kept: epoch {kept}"] == [HISTORY["val_loss"][kept - 1]]
    assert [text.get_text() for text in ax.get_legend().get_texts()][-1] == f"weights kept: epoch {kept}"
    (mark,) = (line for line in ax.get_lines() if str(line.get_label()).startswith("weights"))
    assert list(mark.get_xdata()) == [kept]
    assert mark.get_marker() == ("o" if kept == 3 else "D")  # the ring is that of the least loss


def test_without_validation_the_mark_is_on_the_training_loss() -> None:
    assert lines(loss_curve({"train_loss": [0.9, 0.5]}, kept=2))["weights kept: epoch 2"] == [0.5]


@pytest.mark.parametrize("kept", [0, 5, -1, 2.5])
def test_only_an_epoch_of_the_history_can_be_kept(kept: float) -> None:
    with pytest.raises(LayerwiseError, match="kept"):
        loss_curve(HISTORY, kept=kept)  # type: ignore[arg-type]
