"""The mismatch explainer: each mistake, made by hand, gets its own name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from layerwise.errors import SettingError
from layerwise.formulas import cross_entropy_with_logits, linear, mean_squared_error, relu, softmax, tanh
from layerwise.insight import diagnose, gradcheck_formula
from layerwise.random import generator

N, D, K = 5, 4, 3
rng = generator(0, "mismatch")
RIGHT = rng.normal(size=(N, D))
SQUARE = rng.normal(size=(D, D))


def hole(array, *indices, value=9.0):
    """A copy with other numbers at some indices."""
    other = array.copy()
    for index in indices:
        other[index] = value
    return other


PAIRS = {
    "transposed": (SQUARE.T, SQUARE),
    "transposed (other shape)": (RIGHT.T, RIGHT),
    "transposed, sign flipped": (-RIGHT.T, RIGHT),
    "sign flipped": (-RIGHT, RIGHT),
    "5 times too large": (5 * RIGHT, RIGHT),
    "5 times too small": (RIGHT / 5, RIGHT),
    "2 times too small, sign flipped": (-RIGHT / 2, RIGHT),
    "3/2 times too large": (1.5 * RIGHT, RIGHT),
    "1.7321 times too large": (1.7321 * RIGHT, RIGHT),
    "sum missing": (RIGHT, RIGHT.sum(axis=0)),
    "summed too far": (RIGHT.sum(axis=0), RIGHT),
    "zero": (0 * RIGHT, RIGHT),
    "should be zero": (RIGHT, 0 * RIGHT),
    "not finite": (hole(RIGHT, (1, 2), value=np.nan), RIGHT),
    "not measurable": (RIGHT, hole(RIGHT, (1, 2), value=np.nan)),
    "wrong shape": (RIGHT.ravel(), RIGHT),
    "wrong shape (other size)": (np.ones(7), RIGHT),
    "reversed": (RIGHT[:, ::-1], RIGHT),
    "shifted": (np.roll(RIGHT, 2, axis=0), RIGHT),
    "other order": (RIGHT.T.reshape(N, D), RIGHT),
    "offset": (RIGHT + 0.25, RIGHT),
    "imprecise": (RIGHT * (1 + 1e-4 * rng.normal(size=RIGHT.shape)), RIGHT),
    "wrong in one row": (RIGHT * (np.arange(N) != 2)[:, None], RIGHT),
    "wrong in one column": (RIGHT * (np.arange(D) != 1), RIGHT),
    "a factor per row": (RIGHT * np.arange(1, N + 1)[:, None], RIGHT),
    "wrong at 1 element": (hole(RIGHT, (3, 1)), RIGHT),
    "wrong at 3 elements": (hole(RIGHT, (0, 1), (3, 1), (4, 2)), RIGHT),
    "wrong where the right gradient < 0": (np.abs(RIGHT), RIGHT),
    "right sums over axis 0": (np.broadcast_to(RIGHT.mean(axis=0), RIGHT.shape), RIGHT),
    "mask inverted": (np.where(RIGHT > 0, 0, 3.0), np.where(RIGHT > 0, RIGHT, 0)),
    "no simple pattern": (RIGHT**3 - 2, RIGHT),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_each_mistake_has_its_name(kind):
    found = diagnose(*PAIRS[kind])
    assert found is not None
    assert found.kind == kind.partition(" (")[0]
    assert len(found.sentence) > 20


@pytest.mark.parametrize(
    "right", [RIGHT, SQUARE, RIGHT[0], np.zeros((2, 3)), np.array(3.0)], ids=lambda a: str(a.shape)
)
def test_right_gradients_are_not_explained_away(right):
    assert diagnose(right, right) is None
    assert diagnose(right * (1 + 1e-9), right) is None


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        (
            {"the number of samples": 5},
            "exactly 5 times too large, and 5 is the number of samples: it has to be divided",
        ),
        ({"the number of samples": 7}, "exactly 5 times too large: a constant factor is extra"),
        ({}, "exactly 5 times too large: a constant factor is extra"),
    ],
)
def test_a_factor_is_named_after_what_it_counts(sizes, words):
    assert words in diagnose(5 * RIGHT, RIGHT, sizes=sizes).sentence


def test_a_missing_factor_is_named_too():
    sentence = diagnose(RIGHT / 5, RIGHT, sizes={"the number of samples": 5}).sentence
    assert "exactly 5 times too small, and 5 is the number of samples: it has to be multiplied" in sentence


def test_sentences_name_axes_places_and_numbers():
    assert ".sum(axis=0)" in diagnose(RIGHT, RIGHT.sum(axis=0)).sentence
    assert "axis 1" in diagnose(RIGHT, RIGHT.sum(axis=1)).sentence
    assert ".sum(axis=1, keepdims=True)" in diagnose(RIGHT, RIGHT.sum(axis=1, keepdims=True)).sentence
    assert "summed over axis 1, which" in diagnose(RIGHT.sum(axis=1), RIGHT).sentence
    assert "row 2 of 5" in diagnose(*PAIRS["wrong in one row"]).sentence
    assert "shifted by 2 along axis 0" in diagnose(*PAIRS["shifted"]).sentence
    assert "along axis 1" in diagnose(*PAIRS["reversed"]).sentence
    assert "by the same 0.25 everywhere" in diagnose(*PAIRS["offset"]).sentence
    assert "nan at [1, 2], where" in diagnose(*PAIRS["not finite"]).sentence
    found = diagnose(hole(RIGHT, (0, 1), (3, 1), (4, 2)), RIGHT).sentence
    assert "3 of 20 elements: [0, 1], [3, 1], [4, 2]. At [0, 1] it is 9 where" in found


def test_a_sum_over_the_wrong_axis_is_seen_from_the_upstream_gradient():
    found = diagnose(SQUARE.sum(axis=1), SQUARE.sum(axis=0), upstream=SQUARE)
    assert found.kind == "wrong axis"
    assert "over axis 1; it has to be the sum over axis 0" in found.sentence
    found = diagnose(SQUARE[0], SQUARE.sum(axis=0), upstream=SQUARE)
    assert found.kind == "sum missing"
    assert "entry 0" in found.sentence


def test_where_the_argument_is_negative():
    x = rng.normal(size=(4, 6))
    numeric = rng.normal(size=x.shape)
    analytic = np.where(x > 0, numeric, 0.0)
    found = diagnose(analytic, numeric, argument="z", at=x)
    assert found.kind == "wrong where z < 0"
    assert "There it is 0." in found.sentence


def test_a_missing_mask_is_told_with_the_side_of_the_argument():
    x = rng.normal(size=(4, 6))
    numeric = np.where(x > 0, rng.normal(size=x.shape), 0.0)
    found = diagnose(np.where(x > 0, numeric, 7.0), numeric, argument="z", at=x)
    assert found.kind == "mask missing"
    assert "where z < 0" in found.sentence


def test_elements_that_were_not_measured_play_no_part():
    known = np.zeros(RIGHT.shape, dtype=bool)
    known[::2, 1:3] = True
    analytic = np.where(known, -RIGHT, 0)
    assert diagnose(analytic, np.where(known, RIGHT, 0), known=known).kind == "sign flipped"
    assert diagnose(RIGHT, np.where(known, RIGHT, 99), known=known) is None


def test_a_tolerance_out_of_range_is_refused(tally):
    with pytest.raises(SettingError, match="tolerance must be above 0"):
        diagnose(RIGHT, RIGHT, tolerance=0)
    tally.add("bad input")


# Broken backward passes, one line from the right one: the mistakes that learners make.

CASE = {"x": rng.normal(size=(N, D)), "W": rng.normal(size=(K, D)), "b": rng.normal(size=K)}
EVEN = {"x": rng.normal(size=(D, D)), "W": rng.normal(size=(D, D)), "b": rng.normal(size=D)}
LABELS = {
    "z": rng.normal(size=(6, 4)),
    "y": rng.integers(4, size=6),
    "weight": rng.uniform(1, 2, (6, 1)),
    "denominator": 6.0,
}
NUMBERS = {
    "prediction": rng.normal(size=(N, K)),
    "y": rng.normal(size=(N, K)),
    "weight": np.ones((N, 1)),
    "denominator": 2.0,
}
COSTS = ("y", "weight", "denominator")


def broken(formula, mistake):
    """A formula with its forward pass, and a backward pass that goes wrong."""

    def function(*args, **kwargs):
        arguments = list(args) + list(kwargs.values())
        value, backward = formula(*arguments)
        return value, lambda upstream: mistake(upstream, backward(upstream), *arguments)

    function.__name__ = "broken"
    return function


MUTANTS = [
    ("dW = xᵀ dz", linear, CASE, (), lambda dz, g, x, W, b: (g[0], x.T @ dz, g[2]), {"W": "transposed"}),
    ("dW = xᵀ dz, square", linear, EVEN, (), lambda dz, g, x, W, b: (g[0], x.T @ dz, g[2]), {"W": "transposed"}),
    ("db = dz", linear, CASE, (), lambda dz, g, x, W, b: (g[0], g[1], dz), {"b": "sum missing"}),
    ("db = dz[0]", linear, CASE, (), lambda dz, g, x, W, b: (g[0], g[1], dz[0]), {"b": "sum missing"}),
    ("db = Σ over K", linear, EVEN, (), lambda dz, g, x, W, b: (g[0], g[1], dz.sum(axis=1)), {"b": "wrong axis"}),
    ("db = mean", linear, CASE, (), lambda dz, g, x, W, b: (*g[:2], dz.mean(axis=0)), {"b": "5 times too small"}),
    ("dx = -dz W", linear, CASE, (), lambda dz, g, x, W, b: (-g[0], g[1], g[2]), {"x": "sign flipped"}),
    ("dx = n dz W", linear, CASE, (), lambda dz, g, x, W, b: (N * g[0], g[1], g[2]), {"x": "5 times too large"}),
    ("dx = 0", linear, CASE, (), lambda dz, g, x, W, b: (0 * g[0], g[1], g[2]), {"x": "zero"}),
    ("dx = dy", relu, {"x": RIGHT}, (), lambda dy, g, x: dy, {"x": "mask missing"}),
    ("dx = dy (x < 0)", relu, {"x": RIGHT}, (), lambda dy, g, x: dy * (x < 0), {"x": "mask inverted"}),
    (
        "dx = dy (1 + y²)",
        tanh,
        {"x": RIGHT},
        (),
        lambda dy, g, x: dy * (1 + np.tanh(x) ** 2),
        {"x": "no simple pattern"},
    ),
    ("dx = dp p", softmax, {"x": RIGHT}, (), lambda dp, g, x: dp * softmax(x)[0], {"x": "shared term missing"}),
    ("no 2", mean_squared_error, NUMBERS, COSTS, lambda dC, g, *_: g / 2, {"prediction": "2 times too small"}),
    (
        "no weight",
        cross_entropy_with_logits,
        LABELS,
        COSTS,
        lambda dC, g, z, y, weight, d: g / weight,
        {"z": "a factor per row"},
    ),
    (
        "no onehot",
        cross_entropy_with_logits,
        LABELS,
        COSTS,
        lambda dC, g, z, y, weight, d: dC * weight * softmax(z)[0] / d,
        {"z": "wrong once in each row"},
    ),
]


@pytest.mark.parametrize(
    ("formula", "arguments", "constants", "mistake", "kinds"),
    [row[1:] for row in MUTANTS],
    ids=[row[0] for row in MUTANTS],
)
def test_broken_backward_passes_are_named_right(formula, arguments, constants, mistake, kinds):
    report = gradcheck_formula(broken(formula, mistake), arguments, constants=constants)
    assert not report.ok
    assert {array.name: array.mismatch.kind for array in report.wrong} == kinds
    for array in report.wrong:
        assert array.mismatch.kind in str(report)
        assert array.error > 1e-3


def test_a_forgotten_onehot_is_seen_to_miss_once_in_each_row():
    mistake = next(row[4] for row in MUTANTS if row[0] == "no onehot")
    report = gradcheck_formula(broken(cross_entropy_with_logits, mistake), LABELS, constants=COSTS)
    columns = ", ".join(str(label) for label in LABELS["y"][:5])
    assert f"one element of each row (columns {columns}, ...)" in report.arrays[0].mismatch.sentence


numbers = st.floats(allow_nan=True, allow_infinity=True, width=64)


@settings(max_examples=60, deadline=None)
@given(arrays(float, array_shapes(max_dims=3, max_side=4), elements=numbers), st.data())
def test_any_two_arrays_get_an_answer(numeric, data):
    shape = data.draw(st.one_of(st.just(numeric.shape), array_shapes(max_dims=3, max_side=4)))
    analytic = data.draw(arrays(float, shape, elements=numbers))
    found = diagnose(analytic, numeric)
    same = analytic.shape == numeric.shape and np.array_equal(analytic, numeric)
    assert found is None or (found.kind and found.sentence)
    if same and np.isfinite(numeric).all() and np.abs(numeric).max() < 1e150:
        assert found is None
