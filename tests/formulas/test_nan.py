"""No formula hides a NaN: where a number has a part in a value, the value is NaN as soon as the number is."""

from __future__ import annotations

import numpy as np
import pytest
from tests.formulas.samples import FORMULAS, cases, in_a_tuple, upstream_for

from layerwise.random import generator


def counting_elements(formula, case):
    """(argument, index): for each argument, the element that a random gradient at the value pulls at most."""
    value, backward = formula.run(**case.arguments)
    gradients = in_a_tuple(backward(upstream_for(value)))
    for name, gradient in zip(formula.differentiable, gradients, strict=True):
        if np.size(gradient) and np.abs(gradient).max() > 0:
            yield name, np.unravel_index(np.abs(gradient).argmax(), np.shape(gradient))


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.name)
def test_a_number_that_counts_shows_its_nan(formula, tally):
    tried = 0
    for case in cases(formula):
        if not case.smooth:
            continue
        for name, index in counting_elements(formula, case):
            poisoned = np.array(case.arguments[name], dtype=np.float64)
            poisoned[index] = np.nan
            with np.errstate(all="ignore"):
                value, _ = formula.run(**{**case.arguments, name: poisoned})
            assert np.isnan(value).any(), (name, index)
            tried += 1
    assert tried
    tally.add("bad input", tried)


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.name)
def test_a_nan_stays_with_those_who_see_it(formula):
    """A NaN in the gradient at the value is a NaN in what goes back, and nowhere is it turned into a number."""
    for case in cases(formula):
        value, backward = formula.run(**case.arguments)
        upstream = upstream_for(value)
        if not upstream.size or not case.smooth:
            continue
        place = np.unravel_index(generator(1, "place", layer=formula.name).integers(upstream.size), upstream.shape)
        single = np.zeros_like(upstream)
        single[place] = 1.0
        reached = [np.abs(each).max(initial=0) > 0 for each in in_a_tuple(backward(single))]
        poisoned = upstream.copy()
        poisoned[place] = np.nan
        with np.errstate(all="ignore"):
            gradients = in_a_tuple(backward(poisoned))
        for name, gradient, reaches in zip(formula.differentiable, gradients, reached, strict=True):
            assert np.isnan(gradient).any() or not reaches, name
