"""Schedules: by hand, and as PyTorch steps them."""

from __future__ import annotations

import json
import math

import pytest
from tests.support.clock import at_most
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, SettingError
from layerwise.schedules import SCHEDULES, Schedule

WARM_UP = {"name": "LinearLR", "start_factor": 0.1, "total_iters": 6}
FALL = {"name": "CosineAnnealingLR", "T_max": 60, "eta_min": 0.001}
HALVE = {"name": "StepLR", "step_size": 20, "gamma": 0.5}
SHRINK = {"name": "ExponentialLR", "gamma": 0.97}
STAIRS = {"name": "MultiStepLR", "milestones": [5, 33], "gamma": 0.3}

TABLE = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.5}),
    ("StepLR", {"step_size": 7, "gamma": 2.0}),
    ("MultiStepLR", {"milestones": [10, 20, 45]}),
    ("MultiStepLR", {"milestones": [7, 3, 7, 59], "gamma": 0.5}),
    ("MultiStepLR", {"milestones": []}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.01, "end_factor": 0.8, "total_iters": 25}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 40}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ExponentialLR", {"gamma": 1}),
    ("CosineAnnealingLR", {"T_max": 10}),
    ("CosineAnnealingLR", {"T_max": 7, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 1}),
    ("CosineAnnealingWarmRestarts", {"T_0": 10}),
    ("CosineAnnealingWarmRestarts", {"T_0": 1}),
    ("CosineAnnealingWarmRestarts", {"T_0": 4, "T_mult": 2, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 3}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 60}),
    ("OneCycleLR", {"max_lr": 0.5, "epochs": 7, "steps_per_epoch": 9}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 61, "pct_start": 0.1, "anneal_strategy": "linear"}),
    (
        "OneCycleLR",
        {"max_lr": 0.2, "total_steps": 70, "three_phase": True, "div_factor": 5.0, "final_div_factor": 10.0},
    ),
    ("OneCycleLR", {"max_lr": 0.2, "total_steps": 60, "three_phase": True, "pct_start": 0.5}),
    ("OneCycleLR", {"max_lr": 0.2, "total_steps": 60, "pct_start": 0.0}),
    ("OneCycleLR", {"max_lr": 0.2, "total_steps": 60, "pct_start": 1.0}),
    ("SequentialLR", {"schedulers": [WARM_UP, FALL], "milestones": [6]}),
    ("SequentialLR", {"schedulers": [WARM_UP, HALVE, SHRINK, STAIRS], "milestones": [4, 11, 30]}),
    ("ChainedScheduler", {"schedulers": [WARM_UP, HALVE]}),
    ("ChainedScheduler", {"schedulers": [SHRINK, STAIRS, WARM_UP]}),
    ("ChainedScheduler", {"schedulers": [WARM_UP, {"name": "CosineAnnealingLR", "T_max": 60}]}),
]
STEPS = 60
each_row = pytest.mark.parametrize(("name", "settings"), TABLE)


def test_every_registered_schedule_has_a_row():
    assert {name for name, _ in TABLE} == {n for n, cls in SCHEDULES.items() if cls.__module__.startswith("layerwise.")}


@pytest.mark.parametrize(("schedule", "rates"), [
    (lw.StepLR(2), [1, 1, 0.1, 0.1, 0.01]),
    (lw.StepLR(1, gamma=0.5), [1, 0.5, 0.25]),
    (lw.ExponentialLR(0.9), [1, 0.9, 0.81, 0.729]),
    (lw.CosineAnnealingLR(4), [1, (2 + math.sqrt(2)) / 4, 0.5, (2 - math.sqrt(2)) / 4, 0]),
    (lw.CosineAnnealingLR(2, eta_min=0.2), [1, 0.6, 0.2, 0.6, 1]),  # past T_max it rises again
    (lw.MultiStepLR([3, 1, 3]), [1, 0.1, 0.1, 0.001]),
    (lw.LinearLR(0.2, total_iters=4), [0.2, 0.4, 0.6, 0.8, 1, 1]),
    (lw.LinearLR(), [1 / 3, 7 / 15, 9 / 15, 11 / 15, 13 / 15, 1, 1]),
    (lw.CosineAnnealingWarmRestarts(2, eta_min=0.2), [1, 0.6, 1, 0.6, 1]),
    (lw.CosineAnnealingWarmRestarts(1, T_mult=2), [1, 1, 0.5, 1, (2 + math.sqrt(2)) / 4, 0.5]),
    (lw.OneCycleLR(2.0, 10, anneal_strategy="linear", final_div_factor=1),
     [0.08, 1.04, 2, *(2 - 1.92 * k / 7 for k in range(1, 8)), 0.08]),
    (lw.OneCycleLR(1.0, 10, pct_start=0.5, div_factor=4, final_div_factor=5),
     [0.25, 0.25 + 0.75 * (2 - math.sqrt(2)) / 4, 0.625, 0.25 + 0.75 * (2 + math.sqrt(2)) / 4, 1]),
    (lw.OneCycleLR(1.0, 10, pct_start=0.1), [1.0]),  # a rise of no length is over at once
    (lw.SequentialLR([lw.LinearLR(0.5, total_iters=2), lw.StepLR(1, 0.5)], [2]), [0.5, 0.75, 1, 0.5, 0.25]),
    (lw.SequentialLR([lw.StepLR(1, 0.5), lw.StepLR(2, 0.5), lw.LinearLR(0.5, total_iters=4)], [1, 4]),
     [1, 1, 1, 0.5, 0.5, 0.625, 0.75]),
    (lw.SequentialLR([lw.StepLR(1, 0.5)] * 4, [1, 3, 6]), [1, 1, 0.5, 1, 0.5, 0.25, 1, 0.5]),
    (lw.ChainedScheduler([lw.LinearLR(0.5, total_iters=2), lw.StepLR(1, 0.5)]), [0.5, 0.375, 0.25, 0.125]),
    (lw.ChainedScheduler([lw.StepLR(1, 0.5), lw.CosineAnnealingLR(2, eta_min=0.1)]), [1, 0.3, 0.1]),
], ids=repr)  # fmt: skip
def test_by_hand(schedule, rates):
    assert [schedule(1.0, epoch) for epoch in range(len(rates))] == pytest.approx(rates, rel=1e-12, abs=1e-15)


def test_one_cycle_has_its_corners():
    schedule = lw.OneCycleLR(1.0, 101, pct_start=0.2, three_phase=True)
    assert schedule(9.9, 0) == pytest.approx(1 / 25)
    rates = [schedule(9.9, t) for t in range(101)]
    assert rates.index(max(rates)) == 19  # 0.2 · 101 - 1 = 19.2 is the top
    assert rates[38] == pytest.approx(1 / 25, rel=0.05)
    assert rates[100] == schedule(9.9, 1000) == pytest.approx(1 / 25e4)


def torchs(torch, table, optimizer):
    """PyTorch's scheduler of a table, with its parts."""
    settings = {name: value for name, value in table.items() if name not in ("name", "schedulers")}
    make = getattr(torch.optim.lr_scheduler, table["name"])
    if "schedulers" not in table:
        return make(optimizer, **settings)
    parts = [torchs(torch, part, optimizer) for part in table["schedulers"]]
    return make(parts) if table["name"] == "ChainedScheduler" else make(optimizer, parts, **settings)


@pytest.mark.torch
@pytest.mark.parametrize("lr", [0.1, 3e-4])
@each_row
def test_as_torch_steps(name, settings, lr):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=0.9)
    theirs, ours = torchs(torch, {"name": name, **settings}, optimizer), SCHEDULES[name](**settings)
    for t in range(STEPS):
        if t:
            optimizer.step()
            theirs.step()
        assert ours(lr, t) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9, abs=1e-12)


@each_row
def test_a_schedule_is_a_pure_function(name, settings):
    schedule = SCHEDULES[name](**settings)
    forwards = [schedule(0.1, t) for t in range(STEPS)]
    assert [schedule(0.1, t) for t in reversed(range(STEPS))] == forwards[::-1]
    assert all(type(rate) is float and rate >= 0 for rate in forwards)
    assert len({schedule(0.1, t) for t in (200, 200)}) == 1  # long after its end it still answers


@each_row
def test_what_multiplies_scales_with_the_rate(name, settings):
    schedule = SCHEDULES[name](**settings)
    if name == "OneCycleLR":
        assert schedule(0.1, 7) == schedule(0.9, 7)
    elif "eta_min" not in str(settings):
        assert schedule(0.3, 7) == pytest.approx(3 * schedule(0.1, 7), rel=1e-12)
        assert schedule(0.0, 7) == 0


@each_row
def test_spec_and_repr_are_the_call(name, settings):
    schedule = SCHEDULES[name](**settings)
    assert repr(SCHEDULES.build(SCHEDULES.spec(schedule))) == repr(schedule)
    assert repr(eval(repr(schedule), dict(SCHEDULES))) == repr(schedule)
    again = SCHEDULES.build(json.loads(json.dumps(SCHEDULES.spec(schedule))))
    assert [again(0.1, t) for t in range(STEPS)] == [schedule(0.1, t) for t in range(STEPS)]


# --- what the time counts ----------------------------------------------------------------------------------------

SIMPLE = [row for row in TABLE if "schedulers" not in row[1]]


@pytest.mark.parametrize(("name", "settings"), SIMPLE)
def test_every_schedule_counts_epochs_or_steps(name, settings):
    usual = SCHEDULES[name](**settings)
    other_unit = "epoch" if name == "OneCycleLR" else "step"
    other = SCHEDULES[name](**settings, per=other_unit)
    assert (usual.per, other.per) == ("step" if name == "OneCycleLR" else "epoch", other_unit)
    assert "per=" not in repr(usual)
    assert f"per='{other_unit}'" in repr(other)
    assert SCHEDULES.build(SCHEDULES.spec(other)).per == eval(repr(other), dict(SCHEDULES)).per == other_unit
    assert [usual(0.1, t) for t in range(STEPS)] == [other(0.1, t) for t in range(STEPS)]


@pytest.mark.parametrize("unit", ["epoch", "step"])
def test_a_whole_counts_what_its_parts_count(unit):
    parts = [lw.LinearLR(per=unit), lw.StepLR(3, per=unit)]
    inner = lw.ChainedScheduler(parts)
    outer = lw.SequentialLR([inner, lw.ExponentialLR(0.9, per=unit)], [7])
    assert (inner.per, outer.per) == (unit, unit)
    assert SCHEDULES.build(SCHEDULES.spec(outer)).per == unit
    assert outer(1.0, 9) == pytest.approx(0.81)


def test_a_million_restarts_cost_no_time():
    schedule = lw.CosineAnnealingWarmRestarts(1, eta_min=0.5)
    with at_most(seconds=1):
        assert [schedule(1.0, 10**9 + t) for t in range(3)] == [1.0, 1.0, 1.0]


class Own(Schedule):
    """A learner's own, which says nothing about time."""

    def __init__(self):
        self.half = 0.5

    def __call__(self, lr, t):
        return lr * self.half


def test_a_schedule_of_ones_own_counts_epochs():
    assert Own().per == "epoch"
    assert repr(Own()) == "Own(half=0.5)"
    assert lw.ChainedScheduler([Own(), lw.StepLR(1)])(1.0, 1) == pytest.approx(0.05)


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
    (lambda: lw.MultiStepLR(30), KindError, "milestones must be a list of whole numbers, got 30"),
    (lambda: lw.MultiStepLR("30"), KindError, "milestones must be a list"),
    (lambda: lw.MultiStepLR([30.0]), KindError, "a milestone must be a whole number, got 30.0"),
    (lambda: lw.MultiStepLR([0]), SettingError, "a milestone must be at least 1, got 0"),
    (lambda: lw.MultiStepLR([3], gamma=-1), SettingError, "gamma"),
    (lambda: lw.LinearLR(0), SettingError, "start_factor must be above 0, got 0"),
    (lambda: lw.LinearLR(1.5), SettingError, "start_factor must lie in [0, 1], got 1.5"),
    (lambda: lw.LinearLR(end_factor=2), SettingError, "end_factor must lie in [0, 1], got 2"),
    (lambda: lw.LinearLR(total_iters=0), SettingError, "total_iters"),
    (lambda: lw.CosineAnnealingWarmRestarts(0), SettingError, "T_0 must be at least 1"),
    (lambda: lw.CosineAnnealingWarmRestarts(5, 0), SettingError, "T_mult must be at least 1"),
    (lambda: lw.CosineAnnealingWarmRestarts(5, 1.5), KindError, "T_mult"),
    (lambda: lw.CosineAnnealingWarmRestarts(5, eta_min=-1), SettingError, "eta_min"),
    (lambda: lw.OneCycleLR(0.1), SettingError, "epochs * ceil(samples / batch_size) steps"),
    (lambda: lw.OneCycleLR(0.1, epochs=3), SettingError, "OneCycleLR must know its length"),
    (lambda: lw.OneCycleLR(0.1, steps_per_epoch=3), SettingError, "OneCycleLR must know its length"),
    (lambda: lw.OneCycleLR(0.1, 0), SettingError, "total_steps must be at least 1"),
    (lambda: lw.OneCycleLR(0.1, epochs=0, steps_per_epoch=3), SettingError, "epochs must be at least 1"),
    (lambda: lw.OneCycleLR(0.1, epochs=2, steps_per_epoch=3.0), KindError, "steps_per_epoch"),
    (lambda: lw.OneCycleLR(0, 10), SettingError, "max_lr must be above 0"),
    (lambda: lw.OneCycleLR(0.1, 10, pct_start=1.1), SettingError, "pct_start"),
    (lambda: lw.OneCycleLR(0.1, 10, pct_start=0.6, three_phase=True), SettingError, "at most 0.5, got 0.6"),
    (lambda: lw.OneCycleLR(0.1, 10, three_phase=1), KindError, "three_phase must be True or False"),
    (lambda: lw.OneCycleLR(0.1, 10, anneal_strategy="cosine"), SettingError, "Did you mean 'cos'?"),
    (lambda: lw.OneCycleLR(0.1, 10, div_factor=0), SettingError, "div_factor must be above 0"),
    (lambda: lw.OneCycleLR(0.1, 10, final_div_factor=-1), SettingError, "final_div_factor must be above 0"),
    (lambda: lw.StepLR(3, per="batch"), SettingError, "per 'batch' is not known. Known: epoch, step."),
    (lambda: lw.StepLR(3, per=1), KindError, "per must be one of epoch, step; got 1"),
    (lambda: lw.ChainedScheduler([]), KindError, "schedulers must be a list of schedules, got []"),
    (lambda: lw.ChainedScheduler(lw.StepLR(3)), KindError, "write [LinearLR(), ...]"),
    (lambda: lw.ChainedScheduler([lw.StepLR]), KindError, "got the class StepLR: write StepLR(...)"),
    (lambda: lw.ChainedScheduler(["StepLR"]), KindError, "a schedule is a table with a name"),
    (lambda: lw.ChainedScheduler([{"name": "StepLr", "step_size": 1}]), SettingError, "Did you mean 'StepLR'?"),
    (lambda: lw.ChainedScheduler([lw.StepLR(3), lw.LinearLR(per="step")]), SettingError,
     ("ChainedScheduler must all count epochs or all count steps", "LinearLR", "give each of them the same per=")),
    (lambda: lw.SequentialLR([lw.StepLR(3)], [2]), SettingError, "1 schedules need 0 milestones that rise, got [2]"),
    (lambda: lw.SequentialLR([lw.StepLR(3)] * 3, [2]), SettingError, "3 schedules need 2 milestones that rise"),
    (lambda: lw.SequentialLR([lw.StepLR(3)] * 3, [2, 2]), SettingError, "3 schedules need 2 milestones that rise"),
    (lambda: lw.SequentialLR([lw.StepLR(3)] * 2, 2), KindError, "milestones must be a list"),
    (lambda: SCHEDULES.build({"name": "CosineAnealingLR"}), SettingError, "Did you mean 'CosineAnnealingLR'?"),
    (lambda: SCHEDULES.build({"name": "StepLR", "stepsize": 3}), SettingError, "Did you mean 'step_size'?"),
    (lambda: SCHEDULES.build({"name": "StepLR"}), SettingError, "step_size"),
])  # fmt: skip
def test_settings_that_do_not_fit(make, error, words, tally):
    refused(tally, error, words, make)
