"""Other conventions: where both sides agree, and where they do not, by hand and on the numbers of examples."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.insight.explain.conventions import (
    dropped_or_kept,
    flipped_or_not,
    one_or_half_lambda,
    rate_inside_or_outside,
    rows_or_columns,
)
from layerwise.random import generator

RNG = generator(6, "conventions")


def test_those_that_agree():
    x, W, b, dz = (RNG.normal(size=shape) for shape in [(5, 3), (4, 3), 4, (5, 4)])
    g = RNG.normal(size=7)
    for found in (
        rows_or_columns(x, W, b, dz),
        rate_inside_or_outside(g, [0.1] * 6),
        dropped_or_kept(x, RNG.random((5, 3)) > 0.4, 0.4, W),
        one_or_half_lambda(g, 0.3),
        flipped_or_not(RNG.normal(size=(6, 5)), RNG.normal(size=(2, 3))),
    ):
        assert found.agrees
        assert found.difference < 1e-13
        assert found.verdict.startswith("They agree")


def test_a_scheduled_rate_parts_the_two_momenta_from_its_step_on():
    """g = 1, γ = 0.5: inside, v is 0.1, then 0.5 · 0.1 + 0.05; outside, 0.05 (0.5 + 1)."""
    found = rate_inside_or_outside(np.array([1.0]), [0.1, 0.05], momentum=0.5)
    assert not found.agrees
    assert found.difference == pytest.approx(0.025)
    (_, first, other_first), (_, second, other_second) = found.rows
    np.testing.assert_array_equal(first, other_first)
    assert second[0] == pytest.approx(-0.1 - 0.1)
    assert other_second[0] == pytest.approx(-0.1 - 0.075)
    assert "θ after step 2" in found.verdict


def test_a_kernel_that_is_not_turned_is_another_result():
    image, kernel = np.arange(16.0).reshape(4, 4), np.array([[1.0, 2.0], [3.0, 5.0]])
    turned = flipped_or_not(image, kernel)
    same = lw.formulas.conv2d(image[None, None], kernel[None, None], np.zeros(1), (1, 1), (0, 0), (1, 1), 1)[0][0, 0]
    full, _ = lw.formulas.true_convolution2d(kernel, image)
    np.testing.assert_allclose(turned.rows[0][1], full[1:-1, 1:-1], rtol=1e-14)
    assert np.abs(turned.rows[0][1] - same).max() > 1


def test_an_example_shows_those_that_it_has():
    net = lw.Network(lw.Conv2d(1, 2, 2), lw.ReLU(), lw.Flatten(), lw.Dropout(0.3), lw.Linear(8, 3), seed=0)
    x = RNG.normal(size=(2, 1, 3, 3))
    example = lw.explain(
        net, x, np.array([0, 1]), loss=lw.CrossEntropyLoss(), optimizer=lw.Momentum(), regularizer=lw.L2(0.1)
    )
    titles = [each.title for each in example.conventions()]
    assert titles == [
        "Rows or columns",
        "Momentum with the rate inside or outside",
        "Momentum with the rate inside or outside, where the rate is scheduled",
        "Dropout by drop or by keep probability",
        "λ or 2λ",
        "Convolution or cross-correlation",
    ]
    assert [each.agrees for each in example.conventions()] == [True, True, False, True, True, True]
    assert "They do not agree" in example.text(conventions=True)
    assert "They do not agree" in example.to_html()
    assert lw.explain(lw.Network(lw.ReLU()), x[0, 0], x[0, 0], loss=lw.MSELoss()).conventions() == ()
