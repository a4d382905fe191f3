"""Schedules: by hand, and as PyTorch steps them."""

from __future__ import annotations

import math

import pytest
from tests.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError
from layerwise.schedules import SCHEDULES

TABLE = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.5}),
    ("StepLR", {"step_size": 7, "gamma": 2.0}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ExponentialLR", {"gamma": 1}),
    ("CosineAnnealingLR", {"T_max": 10}),
    ("CosineAnnealingLR", {"T_max": 7, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 1}),
]
each_row = pytest.mark.parametrize(("name", "settings"), TABLE)


def test_every_registered_schedule_has_a_row():
    assert {name for name, _ in TABLE} == {n for n, cls in SCHEDULES.items() if cls.__module__.startswith("layerwise.")}


@pytest.mark.parametrize(("schedule", "rates"), [
    (lw.StepLR(2), [1, 1, 0.1, 0.1, 0.01]),
    (lw.StepLR(1, gamma=0.5), [1, 0.5, 0.25]),
    (lw.ExponentialLR(0.9), [1, 0.9, 0.81, 0.729]),
    (lw.CosineAnnealingLR(4), [1, (2 + math.sqrt(2)) / 4, 0.5, (2 - math.sqrt(2)) / 4, 0]),
    (lw.CosineAnnealingLR(2, eta_min=0.2), [1, 0.6, 0.2, 0.6, 1]),  # past T_max it rises again
], ids=repr)  # fmt: skip
def test_by_hand(schedule, rates):
    assert [schedule(1.0, epoch) for epoch in range(len(rates))] == pytest.approx(rates, rel=1e-12, abs=1e-15)


@pytest.mark.torch
@pytest.mark.parametrize("lr", [0.1, 3e-4])
@each_row
def test_as_torch_steps(name, settings, lr):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    theirs, ours = getattr(torch.optim.lr_scheduler, name)(optimizer, **settings), SCHEDULES[name](**settings)
    for epoch in range(30):
        assert ours(lr, epoch) == pytest.approx(theirs.get_last_lr()[0], rel=1e-9, abs=1e-12)
        optimizer.step()
        theirs.step()


@each_row
def test_a_schedule_is_a_pure_function(name, settings):
    schedule = SCHEDULES[name](**settings)
    forwards = [schedule(0.1, epoch) for epoch in range(20)]
    assert [schedule(0.1, epoch) for epoch in reversed(range(20))] == forwards[::-1]
    assert schedule(0.0, 5) == pytest.approx(
        settings.get("eta_min", 0) * (1 - math.cos(math.pi * 5 / settings.get("T_max", 1))) / 2
    )


@each_row
def test_spec_and_repr_are_the_call(name, settings):
    schedule = SCHEDULES[name](**settings)
    assert repr(SCHEDULES.build(SCHEDULES.spec(schedule))) == repr(schedule)
    assert repr(eval(repr(schedule), dict(SCHEDULES))) == repr(schedule)


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda: lw.StepLR(0), SettingError, "step_size must be at least 1, got 0"),
    (lambda: lw.StepLR(-3), SettingError, "step_size"),
    (lambda: lw.StepLR(1.5), KindError, "step_size must be a whole number, got 1.5 (float)"),
    (lambda: lw.StepLR("3"), KindError, "step_size"),
    (lambda: lw.StepLR(True), KindError, "step_size"),
    (lambda: lw.StepLR(2**70), SettingError, "below 2**63"),
    (lambda: lw.StepLR(3, gamma=0), SettingError, "gamma must be above 0, got 0"),
    (lambda: lw.StepLR(3, gamma=-1), SettingError, "gamma"),
    (lambda: lw.StepLR(3, gamma="0.1"), KindError, "gamma"),
    (lambda: lw.ExponentialLR(0), SettingError, "gamma"),
    (lambda: lw.ExponentialLR(math.nan), SettingError, "finite"),
    (lambda: lw.ExponentialLR(math.inf), SettingError, "finite"),
    (lambda: lw.ExponentialLR(None), KindError, "gamma"),
    (lambda: lw.CosineAnnealingLR(0), SettingError, "T_max must be at least 1, got 0"),
    (lambda: lw.CosineAnnealingLR(10.0), KindError, "T_max"),
    (lambda: lw.CosineAnnealingLR(10, -0.1), SettingError, "eta_min must be 0 or more"),
    (lambda: lw.CosineAnnealingLR(10, True), KindError, "eta_min"),
    (lambda: SCHEDULES.build({"name": "CosineAnealingLR"}), SettingError, "Did you mean 'CosineAnnealingLR'?"),
    (lambda: SCHEDULES.build({"name": "StepLR", "stepsize": 3}), SettingError, "Did you mean 'step_size'?"),
    (lambda: SCHEDULES.build({"name": "StepLR"}), SettingError, "step_size"),
])  # fmt: skip
def test_settings_that_do_not_fit(make, error, words, tally):
    refused(tally, error, words, make)
