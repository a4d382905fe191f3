"""What a network has to beat: forecasts that need no network."""

from __future__ import annotations

import numpy as np

from layerwise.checks import whole_number
from layerwise.types import Array


class Persistence:
    """It stays as it is: the last value, again and again."""

    name = "persistence (the last value again)"

    def fit(self, values: Array) -> None:
        """There is nothing to learn."""

    def forecast(self, values: Array, horizon: int) -> Array:
        """The last value."""
        return np.full(horizon, values[-1])


class Seasonal:
    """It comes again: the value one period ago.

    period: in steps; unless given, the peak of the autocorrelation of what is learnt from.

    >>> wave = Seasonal()
    >>> wave.fit(np.sin(2 * np.pi * np.arange(60) / 12))
    >>> wave.period
    12
    """

    def __init__(self, period: int | None = None) -> None:
        self.given = None if period is None else whole_number("period", period)
        self.period = self.given or 1

    @property
    def name(self) -> str:
        """With the period."""
        return f"seasonal (the value {self.period} steps ago)"

    def fit(self, values: Array) -> None:
        """Find the period, unless it is given."""
        if self.given is None:
            self.period = period_of(values)

    def forecast(self, values: Array, horizon: int) -> Array:
        """The values one period before, in their order."""
        return np.resize(values[-self.period :], horizon)


class Autoregressive:
    """A linear map of the last values: y_t = c + Σ_k a_k y_{t-k}, by least squares.

    most: the largest order p that is tried, 15 unless given; the one with the least AIC is taken.
    Source: Yule, On a method of investigating periodicities in disturbed series, with special reference to Wolfer's
    sunspot numbers (1927); Akaike (1974) for the order

    >>> halves = 0.5 ** np.arange(40) + 0.01 * np.random.default_rng(0).normal(size=40)
    >>> model = Autoregressive(most=1)
    >>> model.fit(halves)
    >>> round(float(model.forecast(np.array([8.0]), 1)[0]))
    4
    """

    def __init__(self, most: int = 15) -> None:
        self.most = whole_number("most", most)
        self.weights = np.zeros(2)

    @property
    def order(self) -> int:
        """How many values it looks back."""
        return len(self.weights) - 1

    @property
    def name(self) -> str:
        """With the order of the last fit."""
        return f"autoregressive, order {self.order}"

    def fit(self, values: Array) -> None:
        """Least squares for every order, all on the same rows, so that the orders can be compared."""
        most = min(self.most, len(values) // 4)
        least = np.inf
        for order in range(1, most + 1):
            x, y = lagged(values, order, skip=most - order)
            x = np.column_stack([np.ones(len(x)), x])
            weights, *_ = np.linalg.lstsq(x, y, rcond=None)
            aic = len(y) * np.log(np.mean((y - x @ weights) ** 2) + 1e-300) + 2 * (order + 1)
            if aic < least:
                least, self.weights = aic, weights

    def forecast(self, values: Array, horizon: int) -> Array:
        """Step by step: what was said stands for what is not known yet."""
        known = values[-self.order :].tolist()
        for _ in range(horizon):
            known.append(self.weights[0] + float(self.weights[1:] @ known[: -self.order - 1 : -1]))
        return np.array(known[-horizon:])


def lagged(values: Array, order: int, *, skip: int = 0) -> tuple[Array, Array]:
    """Each value with the `order` values before it, the nearest first: x (rows, order) and y (rows,).

    skip: rows to leave out at the beginning.

    >>> lagged(np.arange(4.0), 2)
    (array([[1., 0.],
           [2., 1.]]), array([2., 3.]))
    """
    windows = np.lib.stride_tricks.sliding_window_view(values, order + 1)[skip:]
    return windows[:, -2::-1].copy(), windows[:, -1].copy()


def period_of(values: Array) -> int:
    """The lag, from 2 to a third of the length, with the highest autocorrelation; it must be a peak.

    >>> period_of(np.resize([0.0, 0.0, 1.0, 0.0], 40))
    4
    """
    centred = values - values.mean()
    correlation = np.correlate(centred, centred, "full")[len(values) - 1 :]
    correlation = correlation[: max(4, len(values) // 3)]
    inner = correlation[1:-1]
    peaks = 1 + np.flatnonzero((inner > correlation[:-2]) & (inner >= correlation[2:]))
    return int(peaks[np.argmax(correlation[peaks])]) if len(peaks) else 1
