"""The gap in three parts: they sum to it, each is there only with its cause, and measuring changes no bit."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import SettingError
from layerwise.insight.loss_gap import LossGaps, loss_gap

DATA = lw.data.load("moons", n=120, seed=3)


def trained(*layers: lw.Layer, lr: float = 0.05, epochs: int = 6, listeners: tuple = (), **settings: object):
    net = lw.Network(lw.Linear(2, 24), *layers, lw.Linear(24, 2), seed=1)
    history = lw.fit(
        net, DATA.train, validation=DATA.validation, loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(lr=lr),
        epochs=epochs, batch_size=16, listeners=listeners, **settings,
    )  # fmt: skip
    return net, history


def test_the_parts_sum_to_the_gap_of_the_history() -> None:
    watch = LossGaps()
    _, history = trained(lw.ReLU(), lw.Dropout(0.4), listeners=(watch,))
    assert [gap.epoch for gap in watch.gaps] == [1, 2, 3, 4, 5, 6]
    for gap, train, validation in zip(watch.gaps, history["train_loss"], history["val_loss"], strict=True):
        assert (gap.recorded, gap.validation) == (train, validation)
        assert gap.moving + gap.mode + gap.split == pytest.approx(validation - train, abs=1e-12)


def test_without_dropout_the_mode_costs_nothing() -> None:
    watch = LossGaps()
    trained(lw.ReLU(), listeners=(watch,))
    assert all(abs(gap.mode) < 1e-6 for gap in watch.gaps)
    assert watch.gaps[0].moving < -0.01, "the weights learnt within the first epoch"


def test_weights_that_stand_still_explain_nothing() -> None:
    """At so small a rate the very batches and masks of the epoch give the very loss that it recorded."""
    watch = LossGaps()
    trained(lw.ReLU(), lw.Dropout(0.4), lr=1e-30, listeners=(watch,))
    for gap in watch.gaps:
        assert gap.moving == pytest.approx(0, abs=1e-6)
        assert abs(gap.mode) > 1e-3


def test_batch_statistics_are_part_of_the_mode() -> None:
    watch = LossGaps(every=3)
    trained(lw.BatchNorm1d(24), lw.ReLU(), listeners=(watch,))
    assert [gap.epoch for gap in watch.gaps] == [1, 4]
    assert all(abs(gap.mode) > 1e-5 for gap in watch.gaps)


def test_a_network_that_overfits_has_a_split() -> None:
    x, y = DATA.train.x[:12], np.random.default_rng(0).integers(0, 2, 12)
    net = lw.Network(lw.Linear(2, 64), lw.ReLU(), lw.Linear(64, 2))
    loss = lw.CrossEntropyLoss()
    history = lw.fit(net, (x, y), loss=loss, optimizer=lw.Adam(lr=0.02), epochs=300, batch_size=12)
    gap = loss_gap(net, (x, y), DATA.validation, loss=loss, recorded=history["train_loss"][-1], epoch=300)
    assert gap.split > 10 * max(abs(gap.moving), abs(gap.mode))


def test_watching_changes_no_bit() -> None:
    first, one = trained(lw.BatchNorm1d(24), lw.ReLU(), lw.Dropout(0.4))
    second, two = trained(lw.BatchNorm1d(24), lw.ReLU(), lw.Dropout(0.4), listeners=(LossGaps(),))
    np.testing.assert_array_equal(first.theta, second.theta)
    assert one.as_dict() == two.as_dict()
    for name, values in first.buffers().items():
        np.testing.assert_array_equal(values, second.buffers()[name])


def test_a_resumed_network_meets_its_own_masks() -> None:
    """The second fit of a network has other masks than the first: the gap is measured with those of its own."""
    net, _ = trained(lw.ReLU(), lw.Dropout(0.4))
    watch = LossGaps()
    lw.fit(net, DATA.train, validation=DATA.validation, loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(lr=1e-30),
           epochs=2, batch_size=16, listeners=[watch])  # fmt: skip
    assert all(gap.moving == pytest.approx(0, abs=1e-6) for gap in watch.gaps)


def test_batches_of_the_callers_own() -> None:
    x, y = DATA.train
    watch, net = LossGaps(), lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 2))
    batches = [(x[k : k + 20], y[k : k + 20]) for k in range(0, 60, 20)]
    lw.fit(net, batches, validation=DATA.validation, loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(lr=0.1), epochs=2,
           listeners=[watch])  # fmt: skip
    assert [gap.mode for gap in watch.gaps] == pytest.approx([0, 0], abs=1e-6)


def test_the_words_have_the_numbers() -> None:
    watch = LossGaps()
    trained(lw.ReLU(), listeners=(watch,))
    assert f"{watch.gaps[0].split:+.2g} the split" in str(watch.gaps[0])
    assert sum(watch.gaps[0].parts.values()) == pytest.approx(watch.gaps[0].total)


def test_mistakes(tally: Tally) -> None:
    net = lw.Network(lw.Linear(2, 2))
    settings = {"loss": lw.CrossEntropyLoss(), "optimizer": lw.SGD(lr=0.1), "epochs": 1}
    refused(
        tally, SettingError, "pass validation=", lambda: lw.fit(net, DATA.train, listeners=[LossGaps()], **settings)
    )
    refused(tally, SettingError, "every", lambda: LossGaps(every=0))


def test_weights_of_samples_and_classes_count_as_in_the_history() -> None:
    watch, net = LossGaps(), lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Dropout(0.3), lw.Linear(8, 2))
    x, y = DATA.train
    weight = np.random.default_rng(0).uniform(0.2, 3, len(x))
    lw.fit(net, (x, y), validation=DATA.validation, sample_weight=weight, loss=lw.CrossEntropyLoss(weight=[1.0, 4.0]),
           optimizer=lw.SGD(lr=1e-30), epochs=2, batch_size=16, listeners=[watch])  # fmt: skip
    assert all(gap.moving == pytest.approx(0, abs=1e-6) for gap in watch.gaps)


def test_sequences_and_images_have_a_gap_too() -> None:
    draw = np.random.default_rng(0)
    for layers, shape in (
        ([lw.LSTM(3, 4, output="last"), lw.Dropout(0.3), lw.Linear(4, 2)], (24, 5, 3)),
        ([lw.Conv2d(1, 3, 3), lw.BatchNorm2d(3), lw.ReLU(), lw.Flatten(), lw.Linear(48, 2)], (24, 1, 6, 6)),
        ([lw.Linear(3, 4), lw.MultiheadAttention(4, 2), lw.Flatten(), lw.Linear(20, 2)], (24, 5, 3)),
    ):
        x, y, watch = draw.normal(size=shape).astype("float32"), np.arange(24) % 2, LossGaps()
        lw.fit(lw.Network(*layers), (x[:16], y[:16]), validation=(x[16:], y[16:]), loss=lw.CrossEntropyLoss(),
               optimizer=lw.SGD(lr=1e-30), epochs=1, batch_size=8, listeners=[watch])  # fmt: skip
        assert watch.gaps[0].moving == pytest.approx(0, abs=1e-6)
