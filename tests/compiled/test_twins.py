"""Every twin does what its formula does: on the formula's own samples, in both types, in every layout, and on NaN."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import numpy as np
import pytest
from tests.formulas.samples import LAYOUTS, cases, in_a_tuple, in_dtype, relayout, upstream_for

from layerwise.formulas import registry

pytest.importorskip("numba")

from layerwise.compiled import twins

TWINS = {name.rpartition(".")[2]: twin for name, twin in twins().items() if name.startswith("layerwise.formulas.")}
EVERYWHERE = [(name, number, case) for name in TWINS for number, case in enumerate(cases(registry[name]))]
each_case = pytest.mark.parametrize(
    ("name", "case"), [(name, case) for name, _, case in EVERYWHERE], ids=[f"{n}-{i}" for n, i, _ in EVERYWHERE]
)
WHOLE = ("rnn", "lstm", "gru", "batch_norm")
"""Twins that are held to their formula where any of their arguments is not finite."""
WHOLE_IDS = [f"{name}-{number}" for name, number, _ in EVERYWHERE if name in WHOLE]

ENDS = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e30, -1e30, 1e-40, 89.0, -104.0, 20.5, -20.5]
"""Numbers at which a shortcut would show: NaN first, since comparisons in Numba can lose it."""

LARGE = (89.0, -104.0, 20.5, -20.5)
"""Squared by attention, whose gradient then is a difference of large numbers: it keeps the rounding of these."""


def both_passes(function, arguments, upstream=None):
    parts, backward = function(**arguments)
    parts = tuple(parts) if isinstance(parts, Sequence) else (parts,)
    upstream = upstream_for(parts[0]).astype(_type(arguments)) if upstream is None else upstream
    return parts, in_a_tuple(backward(upstream))


def _type(arguments):
    return next(each.dtype for each in arguments.values() if isinstance(each, np.ndarray) and each.dtype.kind == "f")


def assert_the_same(name, arguments, rtol, atol, gradient_atol=None):
    parts, gradients = both_passes(TWINS[name], arguments)
    expected_parts, expected = both_passes(registry[name].function, arguments)
    for part, expected_part in zip(parts, expected_parts, strict=True):
        np.testing.assert_allclose(part, expected_part, rtol=rtol, atol=atol)
    assert len(gradients) == len(expected)
    for gradient, right in zip(gradients, expected, strict=True):
        assert gradient.dtype == right.dtype
        assert gradient.shape == right.shape
        np.testing.assert_allclose(gradient, right, rtol=rtol, atol=gradient_atol or atol)


def test_there_are_twins_and_each_stands_for_something():
    assert {"linear", "relu", "tanh", "cross_entropy_with_logits", "binary_cross_entropy_with_logits"} <= set(TWINS)
    for name in twins():
        module, _, rest = name.removeprefix("layerwise.").partition(".")
        if module in ("formulas", "optimizers"):
            file, _, rest = rest.partition(".")
            module = f"{module}.{file}"
        thing = importlib.import_module(f"layerwise.{module}")
        for part in rest.split("."):
            thing = getattr(thing, part)
        assert callable(thing)
        assert f"{thing.__module__}.{thing.__qualname__}" == name


@pytest.mark.parametrize("layout", LAYOUTS)
@each_case
def test_a_twin_gives_what_its_formula_gives(name, case, layout):
    assert_the_same(name, relayout(case.arguments, layout), rtol=1e-12, atol=1e-14)


@each_case
def test_a_twin_gives_it_in_float32_as_well(name, case):
    assert_the_same(name, in_dtype(case.arguments, np.float32), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_case
def test_nan_infinity_and_the_ends_of_the_range_come_out_alike(name, case, dtype):
    arguments = in_dtype(case.arguments, dtype)
    arguments = {key: np.array(each) if isinstance(each, np.ndarray) else each for key, each in arguments.items()}
    first = registry[name].differentiable[0]
    flat = arguments[first].reshape(-1)
    loose = {"rtol": 2e-5, "atol": 2e-6} if dtype == np.float32 else {"rtol": 1e-12, "atol": 1e-14}
    with np.errstate(all="ignore"):
        for place, end in enumerate(ENDS):
            kept = flat[place % len(flat)]
            flat[place % len(flat)] = end
            squared = 64 * np.finfo(dtype).eps * end**2 if name == "multihead_attention" and end in LARGE else 0
            assert_the_same(name, arguments, **loose, gradient_atol=loose["atol"] + squared)
            flat[place % len(flat)] = kept


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("name", "case"), [(name, case) for name, _, case in EVERYWHERE if name in WHOLE], ids=WHOLE_IDS
)
def test_they_come_out_alike_from_every_argument_and_from_above(name, case, dtype):
    """Weights, first states and the gradient that comes back: where one way has NaN or infinity, so has the other."""
    arguments = in_dtype(case.arguments, dtype)
    arguments = {key: np.array(each) if isinstance(each, np.ndarray) else each for key, each in arguments.items()}
    value, _ = registry[name].function(**arguments)
    upstream = upstream_for(value[0]).astype(dtype)
    rtol, atol = (2e-5, 2e-6) if dtype == np.float32 else (1e-12, 1e-14)
    for holder in (*(arguments[each] for each in registry[name].differentiable[1:]), upstream):
        flat = holder.reshape(-1)
        for place, end in enumerate(ENDS):
            kept = flat[place % len(flat)]
            flat[place % len(flat)] = end
            with np.errstate(all="ignore"):
                ours, gradients = both_passes(TWINS[name], arguments, upstream)
                right, expected = both_passes(registry[name].function, arguments, upstream)
            flat[place % len(flat)] = kept
            for one, other in zip(ours, right, strict=True):
                np.testing.assert_allclose(one, other, rtol=rtol, atol=atol)
            largest = max(np.abs(each[np.isfinite(each)]).max(initial=0) for each in expected)
            for one, other in zip(gradients, expected, strict=True):  # differences keep the rounding of what is large
                np.testing.assert_allclose(one, other, rtol=rtol, atol=atol + rtol * largest)


@each_case
def test_a_twin_is_as_pure_as_a_formula(name, case):
    arguments = {key: np.array(a) if isinstance(a, np.ndarray) else a for key, a in case.arguments.items()}
    before = {key: np.array(a) for key, a in arguments.items()}
    value, backward = TWINS[name](**arguments)
    value = value[0] if isinstance(value, Sequence) else value
    upstream = np.asarray(upstream_for(value), _type(arguments))
    kept, kept_value = upstream.copy(), np.array(value)
    first = [np.array(each) for each in in_a_tuple(backward(upstream))]
    again = in_a_tuple(backward(upstream))
    np.testing.assert_array_equal(upstream, kept)
    np.testing.assert_array_equal(value, kept_value)
    for key, array in before.items():
        np.testing.assert_array_equal(arguments[key], array)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_linear_leaves_out_the_gradient_that_nobody_wants():
    rng = np.random.default_rng(0)
    _, backward = TWINS["linear"](rng.normal(size=(3, 2)), rng.normal(size=(4, 2)), rng.normal(size=4))
    dx, dW, db = backward(rng.normal(size=(3, 4)), input_gradient=False)
    assert dx is None
    assert dW.shape == (4, 2)
    assert db.shape == (4,)


@pytest.mark.parametrize("name", ["linear", "tanh"])
def test_a_large_batch_gives_the_same_as_well(name):
    rng = np.random.default_rng(1)
    arguments = {"x": rng.normal(size=(300, 50))}
    if name == "linear":
        arguments |= {"W": rng.normal(size=(40, 50)), "b": rng.normal(size=40)}
    assert_the_same(name, arguments, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 3), (4, 1), (4, 2), (4, 30), (400, 3), (5, 4, 3)])
@pytest.mark.parametrize("name", ["linear", "relu", "tanh", "sigmoid"])
def test_a_gradient_of_another_shape_reads_and_writes_nothing_outside(name, shape):
    """Compiled loops look at no bounds: such a gradient is broadcast or refused, as by the formula."""
    rng = np.random.default_rng(0)
    arguments = {"x": rng.normal(size=(4, 3))}
    if name == "linear":
        arguments |= {"W": rng.normal(size=(3, 3)), "b": rng.normal(size=3)}
    upstream = rng.normal(size=shape)

    def outcome(function):
        _, backward = function(**arguments)
        try:
            return in_a_tuple(backward(upstream))
        except ValueError as error:
            return type(error)

    found, expected = outcome(TWINS[name]), outcome(registry[name].function)
    if isinstance(found, type):
        # relu by the formula answers (5, 4, 3) with (5, 4, 3), which is the gradient of nothing here
        assert isinstance(expected, type) or any(each.shape != (4, 3) for each in expected)
    else:
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shape", [(), (40,), (300, 1), (299, 40), (300, 41), (1, 300, 40)])
def test_a_gradient_of_another_shape_behind_a_large_batch(shape):
    """It is refused as by the formula, or has the formula's answer."""
    rng = np.random.default_rng(0)
    arguments = {"x": rng.normal(size=(300, 50)), "W": rng.normal(size=(40, 50)), "b": rng.normal(size=40)}
    upstream = rng.normal(size=shape)

    def outcome(function):
        try:
            return [each.tolist() for each in function(**arguments)[1](upstream)]
        except (ValueError, AttributeError) as error:  # the formula asks a number for its sum over the rows
            return type(error)

    assert outcome(TWINS["linear"]) == outcome(registry["linear"].function)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("linear", {"x": np.ones((4, 3)), "W": np.ones((2, 5)), "b": np.ones(2)}),
        ("cross_entropy_with_logits", {"z": np.ones((4, 3)), "y": np.array([0, 1, 2, 3]), "weight": np.ones((1, 1))}),
        ("cross_entropy_with_logits", {"z": np.ones((4, 3)), "y": np.array([0, 1, 2, -4]), "weight": np.ones((1, 1))}),
        ("cross_entropy_with_logits", {"z": np.ones((4, 3)), "y": np.array([0, 1]), "weight": np.ones((1, 1))}),
        ("binary_cross_entropy_with_logits", {"z": np.ones((4, 3)), "y": np.ones((5, 3)), "weight": np.ones((1, 1))}),
        ("binary_cross_entropy_with_logits", {"z": np.ones((4, 3)), "y": np.ones((4, 3)), "weight": np.ones((3, 1))}),
    ],
)
def test_arguments_that_do_not_fit_each_other_are_refused(name, arguments):
    if name != "linear":
        arguments = {**arguments, "denominator": 4.0}
    for function in (registry[name].function, TWINS[name]):
        with pytest.raises((ValueError, IndexError)):
            function(**arguments)


def test_nan_among_large_logits_overflows_nothing():
    z = np.array([[1000.0, np.nan, 0.0], [0.0, 1000.0, 2.0], [np.nan, 1000.0, 0.0]])
    with np.errstate(over="raise"):
        value, backward = TWINS["cross_entropy_with_logits"](z, np.array([0, 1, 2]), np.ones((1, 1)), 3.0)
        dz = backward(1.0)
    assert np.isnan(value)
    assert np.isnan(dz[[0, 2]]).all()
    assert np.isfinite(dz[1]).all()


def test_the_numbers_of_the_activations_never_change():
    """Loops that Numba has kept on a user's disk hold them."""
    from layerwise.compiled import codes

    assert (codes.IDENTITY, codes.RELU, codes.TANH, codes.SIGMOID) == (0, 1, 2, 3)


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, ">f4"])
@pytest.mark.parametrize("name", TWINS)
def test_types_that_cannot_be_compiled_go_through_the_formula(name, dtype):
    arguments = in_dtype(cases(registry[name])[3].arguments, dtype)
    if name == "gelu" and dtype is np.longdouble:
        pytest.skip("SciPy's erfc has no such type, so the formula has not either")
    value, backward = TWINS[name](**arguments)
    expected, expected_backward = registry[name].function(**arguments)
    if isinstance(expected, tuple):
        value, expected = value[0], expected[0]
    np.testing.assert_array_equal(value, expected)
    upstream = upstream_for(expected).astype(dtype)
    for one, other in zip(in_a_tuple(backward(upstream)), in_a_tuple(expected_backward(upstream)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_labels_that_were_changed_since_write_nowhere_else():
    labels = np.array([0, 1, 2])
    _, backward = TWINS["cross_entropy_with_logits"](np.zeros((3, 3)), labels, np.ones((1, 1)), 3.0)
    labels[0] = 4
    with pytest.raises(IndexError, match="out of bounds"):
        backward(1.0)
