"""What is left out of a long curve is never a peak."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layerwise.plots.history.thinning import envelope, worth_drawing

CURVES = st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), min_size=1, max_size=300)


@given(values=CURVES, most=st.integers(5, 60))
def test_the_ends_and_the_extremes_stay(values: list[float], most: int) -> None:
    curve = np.array(values)
    places = worth_drawing(curve, most)
    assert places[0] == 0
    assert places[-1] == len(curve) - 1
    assert (np.diff(places) > 0).all()
    assert len(places) <= most
    if np.isfinite(curve).any():
        assert np.nanmax(curve[places]) == np.nanmax(curve)
        assert np.nanmin(curve[places]) == np.nanmin(curve)


@given(values=CURVES, most=st.integers(1, 60))
def test_the_envelope_holds_the_curve(values: list[float], most: int) -> None:
    curve = np.array(values)
    places, low, high = envelope(curve, most)
    assert len(places) == len(low) == len(high) == min(most, len(curve))
    for start, end, least, greatest in zip(places, [*places[1:], len(curve)], low, high, strict=True):
        part = curve[start:end]
        known = part[np.isfinite(part)]
        assert np.isnan(least) if not len(known) else (least, greatest) == (known.min(), known.max())


def test_a_stretch_of_nan_breaks_the_line() -> None:
    curve = np.arange(100.0)
    curve[44:46] = np.nan
    places = worth_drawing(curve, 20)
    assert np.isnan(curve[places]).any()
