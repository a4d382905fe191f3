"""The gradient check: right networks pass, wrong ones fail, and the report says where."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import layerwise as lw
from layerwise.errors import KindError, LayerwiseError, SettingError, ShapeError
from layerwise.formulas import registry
from layerwise.insight import gradcheck_formula
from layerwise.layers import Linear
from layerwise.random import generator


def numbers(*shape, seed=0):
    return generator(seed, "gradient check tests").normal(size=shape)


LABELS = np.array([0, 2, 1, 1, 0])

NETWORKS = {
    "softmax regression": (lambda: [lw.Linear(4, 3)], LABELS, lw.CrossEntropyLoss),
    "tanh": (lambda: [lw.Linear(4, 6), lw.Tanh(), lw.Linear(6, 3)], LABELS, lw.CrossEntropyLoss),
    "relu": (lambda: [lw.Linear(4, 9), lw.ReLU(), lw.Linear(9, 3)], LABELS, lw.CrossEntropyLoss),
    "deep": (
        lambda: [
            lw.Linear(4, 5),
            lw.ReLU(),
            lw.Linear(5, 5),
            lw.Sigmoid(),
            lw.Linear(5, 5),
            lw.Tanh(),
            lw.Linear(5, 3),
        ],
        LABELS,
        lw.CrossEntropyLoss,
    ),
    "dropout": (
        lambda: [lw.Linear(4, 8), lw.Dropout(0.4), lw.Tanh(), lw.Dropout(0.5), lw.Linear(8, 3)],
        LABELS,
        lw.CrossEntropyLoss,
    ),
    "regression": (lambda: [lw.Linear(4, 6), lw.Sigmoid(), lw.Linear(6, 2)], numbers(5, 2), lw.MSELoss),
    "softmax inside": (lambda: [lw.Linear(4, 5), lw.Softmax(), lw.Linear(5, 2)], numbers(5, 2), lw.MSELoss),
    "log-softmax at the end": (lambda: [lw.Linear(4, 3), lw.LogSoftmax()], numbers(5, 3), lw.MSELoss),
    "yes or no": (
        lambda: [lw.Linear(4, 6), lw.Tanh(), lw.Linear(6, 1)],
        np.array([[0.0], [1.0], [1.0], [0.25], [0.0]]),
        lw.BCEWithLogitsLoss,
    ),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NETWORKS)
def test_right_networks_pass_and_are_left_alone(name, dtype, tally):
    layers, target, loss = NETWORKS[name]
    net = lw.Network(*layers(), seed=1, dtype=dtype)
    net.grad = numbers(net.theta.size, seed=2)
    theta, grad, passes = net.theta.tobytes(), net.grad.tobytes(), net.passes
    x = numbers(5, 4, seed=3)
    before = x.tobytes()
    report = lw.gradcheck(net, x, target, loss())
    assert report.ok, str(report)
    assert report.max_error < 1e-7
    assert [array.name for array in report.arrays] == [*net.parameters(), "x"]
    assert all(array.checked + array.kinks == np.prod(array.shape) for array in report.arrays)
    assert (net.theta.tobytes(), net.grad.tobytes(), net.passes, x.tobytes()) == (theta, grad, passes, before)
    tally.add("gradient checks", len(report.arrays))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_float64_loss_has_no_float32_on_the_way(name):
    """A batch of 5 shows it: 1/5 in float32 is off by 1.5e-8, which the tolerance of 1e-7 would let pass."""
    layers, target, loss = NETWORKS[name]
    y, _ = lw.Network(*layers(), seed=1, dtype="float64").forward(numbers(5, 4, seed=3))
    _, backward = loss()(y, target)
    _, weighted = loss()(y, target, weight=np.ones(5))
    np.testing.assert_allclose(backward(), weighted(), rtol=1e-14)


def test_a_large_network_is_checked_along_directions_and_at_random_elements(tally):
    net = lw.Network(lw.Linear(30, 40), lw.ReLU(), lw.Linear(40, 10), seed=0)
    report = lw.gradcheck(net, numbers(16, 30), np.arange(16) % 10, lw.CrossEntropyLoss())
    assert report.ok, str(report)
    assert {array.name: array.checked for array in report.arrays}["0.weight"] == 100
    tally.add("gradient checks", len(report.arrays))


class Wrong(Linear):
    """A linear layer with a mistake in its backward pass."""

    def __init__(self, in_features, out_features, mistake="none"):
        super().__init__(in_features, out_features)
        self.mistake = mistake

    def forward(self, x, pass_):
        z, backward = super().forward(x, pass_)

        def wrong(dz):
            weight, bias = self.parameters["weight"], self.parameters["bias"]
            if self.mistake == "one element of dx":
                dx = backward(dz)
                dx[2, 1] += 1
                return dx
            before = (weight.grad.copy(), bias.grad.copy())
            dx = backward(dz)
            if self.mistake == "dW times n":
                weight.grad[...] = before[0] + len(x) * (weight.grad - before[0])
            elif self.mistake == "no db":
                bias.grad[...] = before[1]
            elif self.mistake == "one far weight":
                weight.grad[17, 23] += 0.5
            return dx

        return z, wrong


@pytest.mark.parametrize(
    ("mistake", "array", "kind"),
    [
        ("dW times n", "0.weight", "5 times too large"),
        ("no db", "0.bias", "zero"),
        ("one element of dx", "x", "wrong at 1 element"),
    ],
)
def test_a_wrong_layer_is_found_and_named(mistake, array, kind):
    net = lw.Network(Wrong(4, 6, mistake), lw.Tanh(), lw.Linear(6, 3), seed=0)
    report = lw.gradcheck(net, numbers(5, 4), LABELS, lw.CrossEntropyLoss())
    assert not report.ok
    assert [each.name for each in report.wrong] == [array]
    assert report.wrong[0].mismatch.kind == kind
    assert report.max_error == report.wrong[0].error


def test_directions_find_what_random_elements_miss():
    net = lw.Network(Wrong(40, 30, "one far weight"), lw.Tanh(), lw.Linear(30, 3), seed=0)
    report = lw.gradcheck(net, numbers(5, 40), LABELS, lw.CrossEntropyLoss())
    assert [each.name for each in report.wrong] == ["0.weight"]
    assert report.wrong[0].mismatch.kind == "wrong somewhere"
    assert report.wrong[0].checked == 100


def test_a_wrong_loss_is_found():
    class Doubled(lw.MSELoss):
        def __call__(self, *args, **kwargs):
            value, backward = super().__call__(*args, **kwargs)
            return value, lambda: 2 * backward()

    net = lw.Network(lw.Linear(4, 2), seed=0)
    report = lw.gradcheck(net, numbers(5, 4), numbers(5, 2), Doubled())
    kinds = {each.name: each.mismatch.kind for each in report.arrays}
    assert kinds.pop("output, from the loss") == "2 times too large"
    assert set(kinds.values()) == {"passed on"}
    assert "see the loss (Doubled)" in " ".join(str(report).split())


def test_kinks_are_no_bugs():
    """With zero biases, a sample of zeros puts every hidden unit at its kink: a false alarm of simpler checks."""
    net = lw.Network(lw.Linear(4, 8), lw.ReLU(), lw.Linear(8, 3), seed=0)
    net.parameters()["0.bias"][...] = 0
    x = numbers(5, 4)
    x[0] = 0
    report = lw.gradcheck(net, x, LABELS, lw.CrossEntropyLoss())
    assert report.ok, str(report)
    arrays = {each.name: each for each in report.arrays}
    assert arrays["0.bias"].kinks == 8
    assert arrays["x"].kinks == 4
    assert arrays["x"].checked == 16
    assert "right; 4 kinks here, not a bug" in str(report)


def test_a_kink_does_not_hide_a_bug_beside_it():
    net = lw.Network(Wrong(4, 8, "one element of dx"), lw.ReLU(), lw.Linear(8, 3), seed=0)
    net.parameters()["0.bias"][...] = 0
    x = numbers(5, 4)
    x[0] = 0
    report = lw.gradcheck(net, x, LABELS, lw.CrossEntropyLoss())
    assert [each.name for each in report.wrong] == ["x"]


def test_where_there_are_only_kinks_the_check_says_so():
    net = lw.Network(lw.Linear(4, 8), lw.ReLU(), lw.Linear(8, 3), seed=0)
    net.parameters()["0.bias"][...] = 0
    report = lw.gradcheck(net, np.zeros((5, 4)), LABELS, lw.CrossEntropyLoss())
    assert [(each.name, each.mismatch.kind) for each in report.wrong] == [("x", "only kinks")]


def steps(x):
    """|x| with the slope of the right side at 0, which is a subgradient, and so is right."""
    return np.abs(x), lambda dy: dy * np.where(x >= 0, 1, -1)


def too_steep(x):
    """|x| with the slope 3 at 0, which is none."""
    return np.abs(x), lambda dy: dy * np.where(x == 0, 3, np.sign(x))


def test_at_a_kink_a_subgradient_is_right_and_anything_else_is_not():
    assert gradcheck_formula(steps, {"x": np.zeros(3)}).ok
    assert not gradcheck_formula(too_steep, {"x": np.zeros(3)}).ok


def test_a_kink_within_the_step_is_no_bug():
    """The central difference at 3e-7 straddles the kink at 0; a shorter step does not."""
    report = gradcheck_formula("relu", {"x": np.array([3e-7, -3e-7, 1.0])})
    assert report.ok, str(report)
    assert report.arrays[0].kinks == 0


def test_a_formula_in_its_four_ways(tally):
    arguments = {"x": numbers(3, 2)}
    tanh = registry["tanh"]
    for formula in ("tanh", tanh, tanh.function):
        report = gradcheck_formula(formula, arguments)
        assert report.ok
        assert len(report.arrays) == 1
        assert len(gradcheck_formula(formula).arrays) == 7
        tally.check("tanh", 8)
    case = next(iter(tanh.sample(generator(0, "samples"))))
    assert gradcheck_formula("tanh", case).ok


def test_the_arguments_are_left_as_they_are():
    arguments = {"x": numbers(3, 4), "W": numbers(2, 4), "b": numbers(2)}
    before = {name: each.tobytes() for name, each in arguments.items()}
    gradcheck_formula("linear", arguments)
    assert {name: each.tobytes() for name, each in arguments.items()} == before


def test_the_same_seed_gives_the_same_report():
    reports = [gradcheck_formula("softmax", {"x": numbers(4, 3)}, seed=seed) for seed in (5, 5, 6)]
    assert reports[0] == reports[1]
    assert reports[0] != reports[2]


def test_the_report_is_readable_at_80_columns():
    net = lw.Network(Wrong(4, 6, "dW times n"), lw.Tanh(), lw.Linear(6, 3), seed=0)
    text = str(lw.gradcheck(net, numbers(5, 4), LABELS, lw.CrossEntropyLoss()))
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= 80
    assert lines[0] == "gradient check: 1 of 5 arrays wrong (tolerance 1e-07)"
    assert lines[2].split() == ["array", "shape", "error", "verdict"]
    assert lines[3].startswith("0.weight  (6, 4)  ")
    assert lines[3].endswith("5 times too large")
    assert " ".join(lines[9:]).startswith("0.weight is exactly 5 times too large, and 5 is the number of samples")


def test_a_good_report_says_all_right():
    assert str(gradcheck_formula("relu", {"x": np.ones(2)})).startswith("gradient check: all right (tolerance 1e-07)")


def square(x):
    return x * x, lambda dy: 2 * dy * x


def forgetful(x):
    def backward(dy):
        2 * dy * x

    return x * x, backward


BAD_INPUT = {
    "a misspelt formula": (lambda: gradcheck_formula("rleu"), SettingError, "Did you mean 'relu'"),
    "no formula": (lambda: gradcheck_formula(3), KindError, "must be a name, a formula or a function, got 3"),
    "no arguments": (lambda: gradcheck_formula(square), KindError, "pass arguments to check it with"),
    "a missing return": (lambda: gradcheck_formula(forgetful, {"x": np.ones(2)}), KindError, "returned None for x"),
    "a missing gradient": (
        lambda: gradcheck_formula(lambda x, w: (x * w, lambda dy: dy * w), {"x": np.ones(2), "w": np.ones(2)}),
        ShapeError,
        "returned 1 of 2 gradients: return one for each of x, w",
    ),
    "tolerance 0": (lambda: gradcheck_formula("relu", tolerance=0), SettingError, "tolerance must be above 0"),
    "eps -1": (lambda: gradcheck_formula("relu", eps=-1), SettingError, "eps must be above 0"),
    "eps text": (lambda: gradcheck_formula("relu", eps="1e-5"), KindError, "eps must be a number"),
    "no directions": (lambda: gradcheck_formula("relu", directions=0), SettingError, "directions must be at least 1"),
    "a fraction of a seed": (lambda: gradcheck_formula("relu", seed=0.5), KindError, "seed must be a whole number"),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_answered_with_a_sentence(name, tally):
    call, error, words = BAD_INPUT[name]
    with pytest.raises(error, match=words) as caught:
        call()
    assert isinstance(caught.value, LayerwiseError)
    tally.add("bad input")


def test_no_tracing_hook_is_left_behind():
    before = sys.gettrace()
    gradcheck_formula("tanh")
    assert sys.gettrace() is before
