"""One update: what happens to a gradient, in which order; rates per step; and a resumed run with all of it."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.training.runs import BATCH, STEPS, CtrlC, Recorder, classes, fit, network, result

import layerwise as lw
from layerwise.errors import KindError, SettingError, TrainingInterrupted
from layerwise.optimizers import Optimizer
from layerwise.training import StepEnded
from layerwise.training.experiment import Experiment
from layerwise.training.update import Update


class Spy(Optimizer):
    """Writes down what it is given, and stands still."""

    def __init__(self, lr=0.1, **settings):
        super().__init__(lr, **settings)
        self.seen = []

    def update(self, theta, grad, lr, decay):
        self.seen.append((grad.copy(), lr, decay))


def small(gradient):
    net = lw.Network(lw.Linear(2, 1), dtype="float64")
    net.theta = [2.0, -0.01, 5.0]
    net.grad = gradient
    return net


def test_penalty_then_value_then_norm():
    net, spy = small([4.0, 0.0, -1.0]), Spy()
    Update(net, spy, regularizer=lw.L2(0.5), clip_norm=2.0, clip_value=3.0)(0.1)
    clipped = np.array([3.0, -0.01, -1.0])  # 4 + 2 · 0.5 · 2, 0 - 0.01, and the bias without penalty
    np.testing.assert_allclose(spy.seen[0][0], clipped * 2 / np.linalg.norm(clipped), rtol=1e-6)


def test_a_proximal_penalty_comes_after_the_optimizer_and_spares_the_bias():
    net, spy = small([1.0, 0.0, 1.0]), Spy()
    Update(net, spy, regularizer=lw.L1(0.5, proximal=True))(0.1)
    np.testing.assert_array_equal(spy.seen[0][0], [1.0, 0.0, 1.0])  # its gradient does not join
    np.testing.assert_allclose(net.theta, [1.95, 0.0, 5.0])
    net = small([1.0, 0.0, 1.0])
    Update(net, lw.SGD(), regularizer=lw.L1(0.5, proximal=True))(0.1)
    np.testing.assert_allclose(net.theta, [2 - 0.1 - 0.05, 0.0, 4.9])


@pytest.mark.parametrize(("settings", "expected"), [
    ({}, None), ({"weight_decay": 0.5}, 0.5), ({"weight_decay": 0.0, "decay": "weights"}, None),
    ({"weight_decay": 0.5, "decay": "weights"}, [0.5, 0.5, 0.0]),
])  # fmt: skip
def test_the_mask_is_passed_to_who_asks_for_it(settings, expected):
    spy = Spy(**settings)
    Update(small([1.0, 1.0, 1.0]), spy)(0.1)
    decay = spy.seen[0][2]
    assert decay is None if expected is None else np.array_equal(decay, expected)


def test_rates_count_what_the_schedule_counts():
    net, optimizer = small([0.0, 0.0, 0.0]), lw.SGD(lr=0.8)
    assert Update(net, optimizer).rate(3, 40) == 0.8
    assert Update(net, optimizer, lw.ExponentialLR(0.5)).rate(3, 40) == pytest.approx(0.1)
    assert Update(net, optimizer, lw.ExponentialLR(0.5, per="step")).rate(40, 3) == pytest.approx(0.1)


# --- through fit -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", [
    lw.ExponentialLR(0.9, per="step"), lw.OneCycleLR(0.2, epochs=4, steps_per_epoch=STEPS),
    lw.SequentialLR([lw.LinearLR(0.1, total_iters=4, per="step"), lw.CosineAnnealingLR(16, per="step")], [4]),
], ids=lambda each: type(each).__name__)  # fmt: skip
def test_every_step_has_its_rate(schedule):
    net = network()
    recorder = Recorder(net)
    history = fit(net, schedule=schedule, listeners=[recorder])
    rates = [event.lr for event in recorder.of(StepEnded)]
    assert rates == [schedule(0.05, step) for step in range(4 * STEPS)]
    assert history["lr"] == rates[STEPS - 1 :: STEPS]  # an epoch records that of its last step


def test_all_steps_of_an_epoch_share_its_rate():
    net = network()
    recorder = Recorder(net)
    history = fit(net, schedule=lw.LinearLR(total_iters=3), listeners=[recorder])
    assert [event.lr for event in recorder.of(StepEnded)] == [lr for lr in history["lr"] for _ in range(STEPS)]
    assert history["lr"] == [lw.LinearLR(total_iters=3)(0.05, epoch) for epoch in range(4)]


RUNS = {
    "one-cycle": {"schedule": lambda: lw.OneCycleLR(0.1, 20), "optimizer": lambda: lw.SGD(momentum=0.9)},
    "warm-up": {"schedule": lambda: lw.LinearLR(0.1, total_iters=9, per="step")},
    "AdamW": {"optimizer": lambda: lw.AdamW(lr=0.05, weight_decay=0.5, decay="weights")},
    "RMSprop": {"optimizer": lambda: lw.RMSprop(lr=0.01, momentum=0.5, centered=True), "clip_value": lambda: 0.05},
    "Adagrad": {"optimizer": lambda: lw.Adagrad(lr=0.1, lr_decay=0.1), "clip_norm": lambda: 0.1},
    "proximal": {"regularizer": lambda: lw.L1(0.1, proximal=True), "schedule": lambda: lw.StepLR(7, per="step")},
}


@pytest.mark.parametrize("step", [1, 5, 7, 10, 19])
@pytest.mark.parametrize("name", RUNS)
def test_a_resumed_run_goes_on_with_the_same_bits(name, step, tmp_path):
    """Stopped inside an epoch and at its very end, where nothing is left of it but to measure."""
    make = lambda: {key: value() for key, value in RUNS[name].items()}  # noqa: E731
    whole, net = tmp_path / "whole.safetensors", network()
    expected = result(whole, net, fit(net, checkpoint=whole, **make()))
    path, net = tmp_path / "part.safetensors", network()
    with pytest.raises(TrainingInterrupted):
        fit(net, checkpoint=path, listeners=[CtrlC(step)], **make())
    net = network()
    assert result(path, net, fit(net, checkpoint=path, resume=path, **make())) == expected


@pytest.mark.parametrize(("then", "now", "word"), [
    ({"clip_value": 0.1}, {"clip_value": 0.2}, "clip_value"),
    ({"clip_value": 0.1}, {}, "clip_value"),
    ({"schedule": lw.StepLR(3)}, {"schedule": lw.StepLR(3, per="step")}, "schedule"),
    ({"regularizer": lw.L1(0.1)}, {"regularizer": lw.L1(0.1, proximal=True)}, "regularizer"),
    ({"optimizer": lw.AdamW()}, {"optimizer": lw.AdamW(decay="weights")}, "optimizer"),
])  # fmt: skip
def test_a_run_is_not_resumed_with_other_settings(then, now, word, tmp_path, tally):
    path = tmp_path / "run.safetensors"
    fit(network(), checkpoint=path, epochs=1, **then)
    refused(tally, SettingError, f"was made with {word}", lambda: fit(network(), resume=path, **now))


def test_clipping_by_value_bounds_every_element():
    spy, net = Spy(), network()
    fit(net, optimizer=spy, clip_value=0.01)
    assert len(spy.seen) == 4 * STEPS
    assert max(np.abs(grad).max() for grad, _, _ in spy.seen) == pytest.approx(0.01)
    free = Spy()
    fit(network(), optimizer=free)
    assert max(np.abs(grad).max() for grad, _, _ in free.seen) > 0.05


@pytest.mark.parametrize(
    ("value", "error"), [(0, SettingError), (-1, SettingError), ("1", KindError), (True, KindError)]
)
def test_bounds_that_do_not_fit(value, error, tally):
    refused(tally, error, "clip_value", lambda: fit(network(), clip_value=value))


def test_an_experiment_holds_all_of_it():
    table = {
        "data": {"name": "moons"},
        "layers": [{"name": "Linear", "in_features": 2, "out_features": 2, "init": {"name": "normal", "std": 0.5}}],
        "loss": {"name": "CrossEntropyLoss"},
        "optimizer": {"name": "AdamW", "lr": 0.05, "weight_decay": 0.1, "decay": "weights"},
        "schedule": {
            "name": "SequentialLR",
            "schedulers": [{"name": "LinearLR", "per": "step"}, {"name": "StepLR", "step_size": 4, "per": "step"}],
            "milestones": [5],
        },
        "regularizer": {"name": "L1", "strength": 0.01, "proximal": True},
        "clip_value": 0.5,
        "epochs": 2,
    }
    experiment = Experiment.from_toml(Experiment.from_table(table).to_toml())
    assert experiment == Experiment.from_table(table)
    data, one, two = experiment.load_data(), experiment.network(), experiment.network()
    experiment.train(one, data, progress=False)
    schedule = lw.SequentialLR([lw.LinearLR(per="step"), lw.StepLR(4, per="step")], [5])
    lw.fit(two, data.train, validation=data.validation, loss=lw.CrossEntropyLoss(), epochs=2, progress=False,
           optimizer=lw.AdamW(lr=0.05, weight_decay=0.1, decay="weights"), schedule=schedule, clip_value=0.5,
           regularizer=lw.L1(0.01, proximal=True))  # fmt: skip
    assert one.theta.tobytes() == two.theta.tobytes()


@pytest.mark.torch
@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_decay_of_the_weights_as_torch_does_with_two_groups(name):
    """A whole network and four epochs: weights in one group, biases in another without decay (float64)."""
    torch = pytest.importorskip("torch")
    (x, labels), settings = classes(), {"lr": 0.05, "weight_decay": 0.3}
    net = network(dtype="float64", dropout=0.0)
    twin = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Identity(), torch.nn.Linear(6, 3))
    twin.double().load_state_dict({key: torch.from_numpy(value) for key, value in net.state_dict().items()})
    named = dict(twin.named_parameters())
    groups = [{"params": [p for key, p in named.items() if key.endswith("weight")]},
              {"params": [p for key, p in named.items() if key.endswith("bias")], "weight_decay": 0.0}]  # fmt: skip
    optimizer = getattr(torch.optim, name)(groups, **settings)
    optimizer_of_ours = getattr(lw, name)(**settings, decay="weights")
    fit(net, train=(x, labels), optimizer=optimizer_of_ours, batch_size=len(x), epochs=20)
    for _ in range(20):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(twin(torch.from_numpy(x)), torch.from_numpy(labels)).backward()
        optimizer.step()
    for key, value in net.parameters().items():
        np.testing.assert_allclose(value, named[key].detach().numpy(), rtol=1e-8, atol=1e-11)


def test_batches_are_those_of_the_runs():
    """The tests above count on it."""
    assert len(classes()[0]) == 22
    assert -(-22 // BATCH) == STEPS
    assert deepcopy(network()).theta.tobytes() == network().theta.tobytes()
