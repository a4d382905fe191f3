"""What a forecaster is, and how one is judged: by forecasts that were made without any look ahead."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from layerwise.checks import whole_number
from layerwise.errors import SettingError
from layerwise.types import Array


class Forecaster(Protocol):
    """Learns from the values up to now, and says the next ones."""

    @property
    def name(self) -> str:
        """As reports call it."""

    def fit(self, values: Array) -> None:
        """Learn from values, (N,), the oldest first."""

    def forecast(self, values: Array, horizon: int) -> Array:
        """The next values after these, (horizon,), with what the last `fit` learnt."""


def rolling_origin(forecaster: Forecaster, values: Array, *, first: int, horizon: int = 1, refit: int = 1) -> Array:
    """Forecasts from each moment on, made with the values before that moment alone.

    forecaster: what is judged.
    values: (N,), all of the series.
    first: the place of the first value that is forecast; the last one is that of the last value.
    horizon: steps that each forecast looks ahead, 1 unless given.
    refit: after how many moments it learns anew, from all values until then; 1 unless given.
    Returns (N - first, horizon): row r holds what was said of places first + r, first + r + 1, ... when only the values
    before place first + r were known. Raises SettingError for settings that leave nothing to forecast.
    Source: Tashman, Out-of-sample tests of forecasting accuracy (2000)

    >>> from layerwise.applications.forecasting import Persistence
    >>> rolling_origin(Persistence(), np.array([1.0, 2.0, 4.0, 8.0]), first=2).ravel()
    array([2., 4.])
    """
    first = whole_number("first", first)
    if first >= len(values):
        raise SettingError(f"first is {first}, and there are {len(values)} values: nothing would be left to forecast")
    horizon, refit = whole_number("horizon", horizon), whole_number("refit", refit)
    said = np.empty((len(values) - first, horizon))
    for row in range(len(said)):
        known = values[: first + row].copy()
        if row % refit == 0:
            forecaster.fit(known)
        said[row] = forecaster.forecast(known, horizon)
    return said


def errors(forecasts: Array, values: Array) -> Array:
    """What came less what was said, (rows, horizon), NaN where the series has ended.

    forecasts: from `rolling_origin` over these values, to its end. values: (N,).

    >>> errors(np.array([[2.0, 2.0], [4.0, 4.0]]), np.array([1.0, 2.0, 4.0, 8.0]))
    array([[ 2.,  6.],
           [ 4., nan]])
    """
    rows, horizon = forecasts.shape
    padded = np.concatenate([values, np.full(horizon, np.nan)])
    places = len(values) - rows + np.arange(rows)[:, None] + np.arange(horizon)
    return padded[places] - forecasts


def rmse(each: Array) -> float:
    """The root of the mean squared error, without the NaN.

    >>> rmse(np.array([3.0, 4.0, np.nan]))
    3.5355339059327378
    """
    return float(np.sqrt(np.nanmean(each**2)))


def echo(forecasts: Array, values: Array) -> float:
    """The correlation of the changes that were forecast with those that came: near 0, it is the last value's echo.

    forecasts: (rows, horizon); the first step is judged. values: (N,). A forecast that says the last value again looks
    good beside the series, and knows nothing of what comes next; the changes show it. 0 where no change was forecast.

    >>> values = np.array([0.0, 1.0, 0.0, 2.0, 0.0, 1.0])
    >>> echo(values[2:, None], values), echo(values[1:-1, None], values)   # knowing, and echoing
    (1.0, 0.0)
    """
    rows = len(forecasts)
    before, came = values[-rows - 1 : -1], values[-rows:]
    said, happened = forecasts[:, 0] - before, came - before
    if said.std() < 1e-12 or happened.std() < 1e-12:
        return 0.0
    return round(float(np.corrcoef(said, happened)[0, 1]), 12)
