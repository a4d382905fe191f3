"""The doctor within a run: it changes no bit, tells what it finds, and costs little."""

from __future__ import annotations

import copy
import time
from contextlib import suppress

import numpy as np
import pytest
from tests.insight.doctor.samples import dead_units, rate_too_high, softmax_twice
from tests.support.sick_runs import labels, quantities

import layerwise as lw
from layerwise.errors import DivergedError


def trained(run, *listeners):
    net = copy.deepcopy(run["net"])
    rest = {name: each for name, each in run.items() if name not in ("net", "train")}
    rest["optimizer"] = copy.deepcopy(run["optimizer"])
    with suppress(DivergedError):
        lw.fit(net, run["train"], **rest, listeners=listeners, progress=False)
    return net


@pytest.mark.parametrize("run", [labels(), softmax_twice.sick(), rate_too_high.sick()], ids=["well", "sick", "breaks"])
def test_watching_changes_no_bit(run):
    assert (trained(run).theta == trained(run, lw.Doctor()).theta).all()


def test_what_it_finds_is_told_at_once_and_to_all():
    told, heard = [], []

    class Hears(lw.Listener):
        def noticed(self, event):
            heard.append(event.finding.code)

    doctor = lw.Doctor(tell=lambda finding: told.append(finding.code))
    trained(softmax_twice.sick(), doctor, Hears())
    assert told == heard == ["softmax-twice"]
    assert doctor.report.codes[0] == "softmax-twice"


def test_a_dead_layer_is_told_within_the_run_without_a_trial():
    run = dead_units.sick()
    doctor = lw.Doctor()
    trained(run, doctor)
    assert doctor.report.codes[0] == "dead-units"
    assert doctor.report.findings[0].severity == "sick"


def test_a_rate_beyond_the_limit_is_told_when_the_run_has_broken_off():
    doctor = lw.Doctor()
    trained(quantities(optimizer=lw.SGD(lr=50.0)), doctor)
    assert doctor.report.codes[0] == "rate-too-high"


def test_trials_are_made_on_wish_alone():
    run = labels(optimizer=lw.Adam(lr=2e-4))
    plain, thorough = lw.Doctor(), lw.Doctor(trials=True)
    trained(run, plain)
    trained(run, thorough)
    assert "rate-too-low" not in plain.report.codes
    assert thorough.report.codes[0] == "rate-too-low"


def test_the_losses_of_all_steps_are_in_the_record():
    doctor, heard = lw.Doctor(), []

    class Steps(lw.Listener):
        def step_ended(self, event):
            heard.append(event.loss)

    trained(labels(epochs=4), doctor, Steps())
    record = doctor.record
    assert record.steps == list(range(1, 21))
    assert np.allclose(record.losses, heard, rtol=1e-6)
    assert [look.step for look in record.looks] == [1, 2, 4, 8, 16]
    assert all(0 < look.update["0.weight"] < 0.03 for look in record.looks)


def test_a_fork_has_a_course_of_its_own():
    run = lw.Run(**labels(epochs=4), listeners=[doctor := lw.Doctor()])
    run.advance(5)
    other = run.fork()
    other.advance()
    run.advance()
    assert doctor.record.updates == 20
    assert doctor.record.steps == list(range(1, 21))


@pytest.mark.slow
def test_between_its_looks_it_costs_less_than_a_twentieth_of_a_step():
    """Of the network W2 of the benchmarks, by what this thread computes."""

    class Timed(lw.Doctor):
        spent = 0.0

        def tap(self, step):
            begun = time.thread_time()
            found = super().tap(step)
            self.spent += time.thread_time() - begun
            return found

    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(12_800, 784)).astype(np.float32), rng.integers(0, 10, 12_800)
    net = lw.Network(lw.Linear(784, 128), lw.ReLU(), lw.Linear(128, 64), lw.ReLU(), lw.Linear(64, 10))
    doctor = Timed()
    run = lw.Run(net, (x, t), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(), epochs=9, batch_size=128, threads=1,
                 listeners=[doctor])  # fmt: skip
    run.advance(110)
    before, begun = doctor.spent, time.thread_time()
    run.advance(290)
    whole = time.thread_time() - begun
    assert doctor.spent - before < 0.05 * whole
