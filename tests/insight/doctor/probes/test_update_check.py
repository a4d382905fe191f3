"""A learner's own step beside the exact update: what is right stays right, and each mistake gets its name."""

from __future__ import annotations

from itertools import islice

import pytest
from tests.support.sick_runs import labels

import layerwise as lw
from layerwise.insight.doctor import Patient
from layerwise.insight.doctor.probes.update_check import check_update

LOSS = lw.CrossEntropyLoss()


def checked(step, optimizer=None, **changes):
    patient = Patient(**labels(step=step, optimizer=optimizer or lw.SGD(lr=0.1), **changes))
    return check_update(patient, list(islice(patient.run().source.batches(0), 4)))


def gradient(net, x, target, training=True, scale=1.0):
    net.zero_grad()
    y, backward = net.forward(x, training=training)
    backward(scale * LOSS(y, target)[1]())
    return net.grad.copy()


def plain(net, x, target):
    net.theta -= 0.1 * gradient(net, x, target)


def test_the_exact_update_is_right():
    assert checked(plain).kind == "right"


def test_another_rate_is_no_mistake():
    found = checked(lambda net, x, t: setattr(net, "theta", net.theta - 0.03 * gradient(net, x, t)))
    assert (found.kind, round(found.factor, 3)) == ("right", 0.3)


@pytest.mark.parametrize("make", [lambda: lw.Adam(lr=0.01), lambda: lw.SGD(lr=0.1, momentum=0.9)])
def test_an_optimizer_of_the_learners_own_begins_anew(make):
    own = make()

    def step(net, x, target):
        own.step(net.theta, gradient(net, x, target))

    first = checked(step, make())
    assert first.kind == "right"
    assert own.t == 0, "what the learner's optimizer remembers is put back"
    assert checked(step, make()).kind == "right"


def mistakes():
    """Each a step, by the name that it should get."""
    held = {}

    def stale(net, x, target):
        net.theta -= 0.1 * held.get("gradient", 0 * net.theta)
        held["gradient"] = gradient(net, x, target)

    def accumulated(net, x, target):
        net.backpropagate(x, target, LOSS)
        net.theta -= 0.1 * net.grad

    def early(net, x, target):
        """The last layer is changed before the gradient has gone through it."""
        new = gradient(net, x, target)
        last = new.copy()
        last[: net[0].weight.size + net[0].bias.size] = 0
        net.theta -= 0.1 * last
        net.theta -= 0.1 * (gradient(net, x, target) * (last == 0) + 0 * new)

    def kept(net, x, target):
        """The gradient is taken first, and used in the next step."""
        now = gradient(net, x, target)
        net.theta -= 0.1 * held.get("before", 0 * now)
        held["before"] = now

    return {
        "sum": lambda net, x, t: setattr(net, "theta", net.theta - 0.1 * gradient(net, x, t, scale=len(x))),
        "sign": lambda net, x, t: setattr(net, "theta", net.theta + 0.1 * gradient(net, x, t)),
        "frozen": lambda net, x, t: setattr(net, "theta", net.theta - 0.1 * gradient(net, x, t) * net.decay_mask),
        "accumulated": accumulated,
        "stale": stale,
        "stale ": kept,
        "late layers only": early,
    }


@pytest.mark.parametrize("kind", mistakes())
def test_a_mistake_gets_its_name(kind):
    assert checked(mistakes()[kind]).kind == kind.strip()


def test_evaluation_mode_in_training_is_told():
    net = lw.Network(lw.Linear(4, 16), lw.BatchNorm1d(16), lw.ReLU(), lw.Linear(16, 3), seed=1)
    found = checked(lambda net, x, t: setattr(net, "theta", net.theta - 0.1 * gradient(net, x, t, False)), net=net)
    assert found.kind == "mode"
    assert checked(plain, net=net).kind == "right"


def test_evaluation_mode_that_stays_after_an_epoch_is_told():
    net = lw.Network(lw.Linear(4, 16), lw.ReLU(), lw.Dropout(0.3), lw.Linear(16, 3), seed=1)
    made = []

    def step(net, x, target):
        net.theta -= 0.1 * gradient(net, x, target, training=len(made) < 5)
        made.append(1)

    patient = Patient(**labels(step=step, optimizer=lw.SGD(lr=0.1), net=net))
    source = patient.run().source
    assert check_update(patient, list(source.batches(0)), list(source.batches(1))).kind == "mode"
    made.clear()
    assert check_update(patient, list(source.batches(0))).kind == "right"
