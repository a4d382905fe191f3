"""Statistics of all elements, whatever their size, order in memory and kind."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.plots.arrays import scale
from layerwise.plots.arrays.scale import statistics


@pytest.mark.parametrize("at_once", [7, 2**20])
def test_they_are_those_of_the_finite_elements(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "_AT_ONCE", at_once)
    values = np.random.default_rng(0).normal(2.0, 3.0, size=(30, 40)).T[::2]
    values[3, 4], values[5, 6], values[7, 8] = np.nan, np.inf, -np.inf
    good = values[np.isfinite(values)]
    found = statistics(values)
    assert (found.size, found.nans, found.infinite) == (values.size, 1, 2)
    assert (found.low, found.high) == (good.min(), good.max())
    assert found.mean == pytest.approx(good.mean(), rel=1e-12)
    assert found.rms == pytest.approx(np.sqrt((good**2).mean()), rel=1e-12)
    assert found.limit == pytest.approx(min(np.abs(good).max(), 3 * found.rms))


@pytest.mark.parametrize("unit", [1e308, 1e-308, 1.0])
def test_nothing_overflows_or_vanishes(unit: float) -> None:
    found = statistics(np.array([unit, -unit, unit / 2, 0.0]))
    assert found.rms == pytest.approx(unit * np.sqrt(2.25 / 4), rel=1e-12)
    assert found.mean == pytest.approx(unit / 8, rel=1e-9)


@pytest.mark.parametrize("values", [np.zeros(3), np.full(3, np.nan), np.zeros((0, 2))])
def test_without_sizes_the_scale_is_one(values: np.ndarray) -> None:
    assert statistics(values).limit == 1.0


def test_bools_and_small_integers_count_as_numbers() -> None:
    assert statistics(np.array([True, False])).mean == 0.5
    assert statistics(np.array([200, 200], np.uint8)).rms == 200.0
