"""History: one number per epoch, and each of them what its name says."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
from tests.training import runs

import layerwise as lw
from layerwise.training import evaluate


def test_the_numbers_are_those_computed_by_hand() -> None:
    """With a rate of 0 the weights stand still: the loss of an epoch is the mean over all samples.

    22 samples in batches of 5: the last batch of 2 must not weigh as much as a full one.
    """
    net = lw.Network(lw.Linear(runs.D, runs.K), dtype="float64")
    (x, labels), (vx, vlabels) = runs.classes(), runs.classes(9, "validation")
    history = runs.fit(net, optimizer=lw.SGD(0), epochs=2)

    def by_hand(x: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        z = x @ net[0].weight.T + net[0].bias
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return float(-np.log(p[range(len(x)), labels]).mean()), float((z.argmax(axis=1) == labels).mean())

    train_loss, _ = by_hand(x, labels)
    val_loss, val_accuracy = by_hand(vx, vlabels)
    np.testing.assert_allclose(history["train_loss"], [train_loss] * 2, rtol=1e-12)
    np.testing.assert_allclose(history["val_loss"], [val_loss] * 2, rtol=1e-12)
    assert history["val_accuracy"] == [val_accuracy] * 2


def test_the_loss_of_an_epoch_is_the_mean_of_its_batches_by_size() -> None:
    net = runs.network()
    recorder = runs.Recorder(net)
    history = runs.fit(net, listeners=[recorder], epochs=3)
    losses = [event.loss for event in recorder.of(lw.training.StepEnded)]
    sizes = [5, 5, 5, 5, 2]
    for epoch in range(3):
        batches = losses[epoch * 5 : epoch * 5 + 5]
        assert history["train_loss"][epoch] == math.fsum(np.multiply(batches, sizes)) / 22


def test_the_last_validation_is_what_evaluate_says() -> None:
    net = runs.network()
    history = runs.fit(net)
    found = evaluate(net, *runs.classes(9, "validation"), lw.CrossEntropyLoss())
    assert found == {"loss": history["val_loss"][-1], "accuracy": history["val_accuracy"][-1]}


def test_the_loss_after_the_epoch_stands_beside_the_running_one() -> None:
    """The weights move and dropout drops while the running loss is taken; the evaluated one is of the end."""
    net, plain = runs.network(), runs.network()
    history = runs.fit(net, evaluate_train=True)
    assert list(history) == ["lr", "train_loss", "train_loss_evaluated", "val_loss", "val_accuracy"]
    found = evaluate(net, *runs.classes(), lw.CrossEntropyLoss())["loss"]
    assert history["train_loss_evaluated"][-1] == pytest.approx(found, rel=1e-6)
    assert all(np.not_equal(history["train_loss"], history["train_loss_evaluated"]))
    without = runs.fit(plain)
    assert plain.theta.tobytes() == net.theta.tobytes()
    assert without.as_dict() == {name: values for name, values in history.items() if name != "train_loss_evaluated"}


def test_the_penalty_is_no_part_of_the_recorded_losses() -> None:
    net = runs.network(dropout=0.0)
    twin = copy.deepcopy(net)
    plain = runs.fit(net, optimizer=lw.SGD(0), epochs=1)
    assert runs.fit(twin, optimizer=lw.SGD(0), epochs=1, regularizer=lw.L2(10.0)).as_dict() == plain.as_dict()


def test_the_rate_of_every_epoch_is_recorded() -> None:
    history = runs.fit(runs.network(), schedule=lw.StepLR(2, 0.1), optimizer=lw.SGD(0.5))
    assert history["lr"] == [0.5, 0.5, 0.05, 0.05]


def test_names_and_lengths() -> None:
    history = runs.fit(runs.network())
    assert list(history) == ["lr", "train_loss", "val_loss", "val_accuracy"]
    assert history.epochs == len(history.seconds) == 4
    assert all(len(values) == 4 and all(type(value) is float for value in values) for values in history.values())
    assert history.stopped == "finished"
    assert set(history.environment) == {"threads", "compiled", "layerwise", "numpy", "blas"}
    assert list(runs.fit(runs.network(), validation=None)) == ["lr", "train_loss"]
    x, y = runs.quantities()
    plain = runs.fit(runs.network(outputs=1), train=(x, y), validation=(x, y), loss=lw.MSELoss())
    assert list(plain) == ["lr", "train_loss", "val_loss"]


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    history = lw.History({"train_loss": [0.5]})
    with pytest.raises(KeyError, match=r"'val_loss' was not recorded; recorded: train_loss"):
        history["val_loss"]
    with pytest.raises(KeyError, match="nothing yet"):
        lw.History()["lr"]
    assert "val_loss" not in history
    assert history.get("val_loss") is None


def test_what_is_given_out_and_taken_in_is_copied() -> None:
    values = [0.5]
    history = lw.History({"train_loss": values})
    history.append({"train_loss": np.float32(0.25)})
    assert values == [0.5]
    history.as_dict()["train_loss"].append(7.0)
    assert history["train_loss"] == [0.5, 0.25]
    assert (len(history), lw.History().epochs, repr(lw.History())) == (1, 0, "<History of 0 epochs: empty>")


def test_a_state_that_a_listener_takes_holds_the_seconds_of_every_epoch() -> None:
    class Keeps(lw.Listener):
        def started(self, event: lw.training.Started) -> None:
            self.run, self.states = event.run, []

        def epoch_ended(self, event: lw.training.EpochEnded) -> None:
            self.states.append(self.run.state())

    keeps = Keeps()
    runs.fit(runs.network(), listeners=[keeps], epochs=3)
    assert [len(state.history.seconds) for state in keeps.states] == [1, 2, 3]
    assert [state.history.epochs for state in keeps.states] == [1, 2, 3]
