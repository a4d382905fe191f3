"""Every twin does what its formula does: on the formula's own samples, in both types, in every layout, and on NaN."""

from __future__ import annotations

import importlib

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
ENDS = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e30, -1e30, 1e-40, 89.0, -104.0, 20.5, -20.5]
"""Numbers at which a shortcut would show: NaN first, since comparisons in Numba can lose it."""


def both_passes(function, arguments, seed=0):
    value, backward = function(**arguments)
    return value, in_a_tuple(backward(upstream_for(value, seed).astype(_type(arguments))))


def _type(arguments):
    return next(each.dtype for each in arguments.values() if isinstance(each, np.ndarray) and each.dtype.kind == "f")


def assert_the_same(name, arguments, rtol, atol):
    value, gradients = both_passes(TWINS[name], arguments)
    expected_value, expected = both_passes(registry[name].function, arguments)
    np.testing.assert_allclose(value, expected_value, rtol=rtol, atol=atol)
    assert len(gradients) == len(expected)
    for gradient, right in zip(gradients, expected, strict=True):
        assert gradient.dtype == right.dtype
        assert gradient.shape == right.shape
        np.testing.assert_allclose(gradient, right, rtol=rtol, atol=atol)


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
        for place, end in zip(range(len(ENDS)), ENDS, strict=True):
            kept = flat[place % len(flat)]
            flat[place % len(flat)] = end
            assert_the_same(name, arguments, **loose)
            flat[place % len(flat)] = kept


@each_case
def test_a_twin_is_as_pure_as_a_formula(name, case):
    arguments = {key: np.array(a) if isinstance(a, np.ndarray) else a for key, a in case.arguments.items()}
    before = {key: np.array(a) for key, a in arguments.items()}
    value, backward = TWINS[name](**arguments)
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


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, ">f4"])
@pytest.mark.parametrize("name", TWINS)
def test_types_that_cannot_be_compiled_go_through_the_formula(name, dtype):
    arguments = in_dtype(cases(registry[name])[3].arguments, dtype)
    value, backward = TWINS[name](**arguments)
    expected, expected_backward = registry[name].function(**arguments)
    np.testing.assert_array_equal(value, expected)
    upstream = upstream_for(expected).astype(dtype)
    for one, other in zip(in_a_tuple(backward(upstream)), in_a_tuple(expected_backward(upstream)), strict=True):
        np.testing.assert_array_equal(one, other)
