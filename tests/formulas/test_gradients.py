"""Every derivative of every formula, at every sample, in every layout of memory."""

from __future__ import annotations

import numpy as np
import pytest
from tests.formulas.samples import LAYOUTS, cases, everywhere, in_a_tuple, in_dtype, relayout, upstream_for

from layerwise.formulas import registry
from layerwise.insight import gradcheck_formula
from layerwise.random import generator

EVERYWHERE = list(everywhere())
each_case = pytest.mark.parametrize(
    ("formula", "case"), [(formula, case) for _, formula, case in EVERYWHERE], ids=[name for name, _, _ in EVERYWHERE]
)
each_layout = pytest.mark.parametrize("layout", LAYOUTS)


def both_passes(formula, arguments, seed=0):
    """The value and the gradients, for a random gradient at the value."""
    value, backward = formula.run(**arguments)
    return value, in_a_tuple(backward(upstream_for(value, seed)))


@each_layout
@each_case
def test_backward_is_the_slope_of_forward(formula, case, layout, tally):
    report = gradcheck_formula(formula, relayout(case.arguments, layout), tolerance=1e-7)
    assert report.ok, str(report)
    for array in report.arrays:
        # Away from its kinks, a formula is checked at every element: none is set aside.
        assert array.kinks == 0 or not case.smooth
        assert array.checked + array.kinks == np.prod(array.shape)
    tally.check(formula.name, len(report.arrays))


@each_case
def test_the_layout_of_memory_changes_nothing(formula, case):
    for layout in LAYOUTS:
        arguments = relayout(case.arguments, layout)
        value, gradients = both_passes(formula, arguments)
        expected_value, expected = both_passes(formula, relayout(arguments, "C"))
        np.testing.assert_allclose(value, expected_value, rtol=1e-12, atol=1e-14)
        for gradient, right in zip(gradients, expected, strict=True):
            np.testing.assert_allclose(gradient, right, rtol=1e-12, atol=1e-14)


@each_case
def test_float32_agrees_with_float64_and_stays_float32(formula, case):
    for layout in LAYOUTS:
        narrow = relayout(in_dtype(case.arguments, np.float32), layout)
        value, gradients = both_passes(formula, narrow)
        wide_value, wide = both_passes(formula, in_dtype(narrow, np.float64))
        assert value.dtype == np.float32
        np.testing.assert_allclose(value, wide_value, rtol=1e-4, atol=1e-5)
        for gradient, right in zip(gradients, wide, strict=True):
            assert gradient.dtype == np.float32
            np.testing.assert_allclose(gradient, right, rtol=1e-4, atol=1e-5)


# The gradient at an upstream gradient of 1, for each kink case of each formula, as its docstring says.
AT_KINKS = {
    "largest": [[[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]],
    "max_pool2d": [[[[[0.0, 2.0, 0.0], [0.0, 0.0, 0.0]]]]],
    "relu": [[[0.0, 0.0, 0.0, 1.0]]],
    "leaky_relu": [[[0.25, 0.25, 0.25, 1.0]]],
    "elu": [[[0.5, 0.5, 1.0]]],
    "mean_absolute_error": [[[0.0], [1.0], [-1.0]]],
    "huber": [[[0.5], [-0.5], [0.0]]],
    "perceptron_criterion": [[[0.0], [-1.0]]],
    "entropy": [[[0.0, -1.0]]],
    "kl_divergence": [[[0.0, 1.0]]],
    "l1_penalty": [[0.0, 0.0, 0.5]],
    "l2_penalty": [[0.0, 0.0, 1.0]],
    "soft_threshold": [[0.0, 0.0, 0.0, 0.0, 1.0]],
}


@pytest.mark.parametrize("name", sorted({formula.name for _, formula, case in EVERYWHERE if not case.smooth}))
def test_the_value_at_a_kink_is_the_documented_one(name):
    kinks = [case for case in cases(registry[name]) if not case.smooth]
    for case, documented in zip(kinks, AT_KINKS[name], strict=True):
        value, backward = registry[name].run(**case.arguments)
        gradient = in_a_tuple(backward(np.ones(np.shape(value))))[0]
        np.testing.assert_array_equal(gradient, documented)


@each_case
def test_backward_twice_gives_the_same_bits(formula, case):
    value, backward = formula.run(**case.arguments)
    upstream = upstream_for(value)
    first = [gradient.copy() for gradient in in_a_tuple(backward(upstream))]
    backward(upstream_for(value, seed=1))
    for one, two in zip(first, in_a_tuple(backward(upstream)), strict=True):
        assert one.tobytes() == two.tobytes()


@each_case
def test_no_gradient_in_gives_no_gradient_out(formula, case):
    value, backward = formula.run(**case.arguments)
    for gradient in in_a_tuple(backward(np.zeros(np.shape(value)))):
        assert not gradient.any()


@each_case
def test_backward_is_linear(formula, case):
    value, backward = formula.run(**case.arguments)
    u, v = upstream_for(value, seed=1), upstream_for(value, seed=2)
    mixed = in_a_tuple(backward(3 * u - 0.5 * v))
    for both, one, two in zip(mixed, in_a_tuple(backward(u)), in_a_tuple(backward(v)), strict=True):
        np.testing.assert_allclose(both, 3 * one - 0.5 * two, rtol=1e-12, atol=1e-12)


@each_case
def test_nothing_that_is_passed_in_changes(formula, case):
    """Read-only arrays raise if a formula writes into them, and their bytes are compared besides."""
    for layout in LAYOUTS:
        arguments = relayout(case.arguments, layout)
        arrays = {name: each for name, each in arguments.items() if isinstance(each, np.ndarray)}
        before = {name: each.tobytes() for name, each in arrays.items()}
        for each in arrays.values():
            each.flags.writeable = False
        value, backward = formula.run(**arguments)
        value_before = np.asarray(value).tobytes()
        upstream = upstream_for(value)
        upstream_before = upstream.tobytes()
        upstream.flags.writeable = False
        backward(upstream)
        assert {name: each.tobytes() for name, each in arrays.items()} == before
        assert upstream.tobytes() == upstream_before
        assert np.asarray(value).tobytes() == value_before


@each_case
def test_gradients_are_new_arrays(formula, case):
    """A gradient that shares memory with an argument or with the upstream gradient would be changed with it."""
    value, backward = formula.run(**case.arguments)
    upstream = upstream_for(value)
    for gradient in in_a_tuple(backward(upstream)):
        assert not np.shares_memory(gradient, upstream)
        for each in case.arguments.values():
            assert not (isinstance(each, np.ndarray) and np.shares_memory(gradient, each))


def one_sample(arguments, n, samples):
    """Sample n alone: its row of every array that has a row for each sample."""
    return {name: each[[n]] if np.ndim(each) and len(each) == samples else each for name, each in arguments.items()}


@pytest.mark.parametrize("name", [name for name, formula in registry.items() if "denominator" in formula.arguments])
def test_the_parts_of_a_batch_add_up(name):
    """Each part divided by the denominator of the whole: values add up, gradients stand one below the other."""
    formula = registry[name]
    for case in cases(formula):
        arguments = dict(case.arguments)
        first = formula.differentiable[0]
        whole, backward = formula.run(**arguments)
        samples = len(arguments[first])
        parts = [formula.run(**one_sample(arguments, n, samples)) for n in range(samples)]
        np.testing.assert_allclose(sum(value for value, _ in parts), whole, rtol=1e-12)
        gradient = np.concatenate([part_backward(0.7) for _, part_backward in parts])
        np.testing.assert_allclose(gradient, backward(0.7), rtol=1e-12, atol=1e-15)


def test_linear_adds_up_over_a_batch():
    for case in cases(registry["linear"]):
        x, W, b = case.arguments.values()
        linear = registry["linear"].function
        z, backward = linear(x, W, b)
        dz = upstream_for(z)
        dx, dW, db = backward(dz)
        parts = [linear(x[[n]], W, b)[1](dz[[n]]) for n in range(len(x))]
        np.testing.assert_allclose(np.concatenate([part[0] for part in parts]), dx, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(sum(part[1] for part in parts), dW, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(sum(part[2] for part in parts), db, rtol=1e-12, atol=1e-14)


def test_linear_without_the_gradient_at_its_input():
    for case in cases(registry["linear"]):
        z, backward = registry["linear"].run(**case.arguments)
        dz = upstream_for(z)
        _, dW, db = backward(dz)
        none, same_dW, same_db = backward(dz, input_gradient=False)
        assert none is None
        assert same_dW.tobytes() == dW.tobytes()
        assert same_db.tobytes() == db.tobytes()


def test_an_array_of_more_than_300_elements_is_checked_along_directions(tally):
    rng = generator(1, "large")
    report = gradcheck_formula(
        "linear", {"x": rng.normal(size=(4, 20)), "W": rng.normal(size=(30, 20)), "b": np.ones(30)}
    )
    assert report.ok, str(report)
    assert {array.name: array.checked for array in report.arrays} == {"x": 80, "W": 100, "b": 30}
    tally.check("linear", len(report.arrays))
