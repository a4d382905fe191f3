"""The application: a network on a series, beside what needs no network."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from layerwise.applications.account import Account, Picture, Score, Table
from layerwise.applications.application import Request
from layerwise.applications.forecasting import pictures
from layerwise.applications.forecasting.baselines import Autoregressive, Persistence, Seasonal
from layerwise.applications.forecasting.certainty import margins, rolling_margins, skill
from layerwise.applications.forecasting.forecaster import Forecaster, echo, errors, rmse, rolling_origin
from layerwise.applications.forecasting.network import NetworkForecaster
from layerwise.data.series import Series, read_series, sunspots
from layerwise.types import Array

HORIZON = 5
SHARE = 0.9
_SHARE = f"{100 * SHARE:.0f} %"
_ECHO = 0.2
"""A correlation of changes below which a forecast is called an echo."""


@dataclass(frozen=True)
class Judged:
    """One forecaster, rolled over the series. said: (moments, HORIZON). each: its errors there."""

    name: str
    said: Array
    each: Array


def run(request: Request) -> Account:
    """Forecast the series one step after the other, judge, and say the next value."""
    begin = time.monotonic()
    path = request.own or request.data
    series = read_series(path) if path else sunspots()
    values = series.values
    rolled, tested = len(values) // 2, 3 * len(values) // 4
    judged = [_judged(each, values, rolled, 1) for each in (Persistence(), Seasonal(), Autoregressive())]
    nets = []
    for seed in request.seeds:
        request.tell(f"network, seed {seed}: learns from {rolled} values, then again every {_refit(values)} steps")
        nets.append(_judged(network(seed, request.short), values, rolled, _refit(values)))
    return _account(request, series, nets, judged, rolled, tested, begin)


def network(seed: int, short: bool = False) -> NetworkForecaster:
    """The network with the settings that forecast best before the test; a small one for a short run."""
    return NetworkForecaster(seed=seed, members=1, epochs=60) if short else NetworkForecaster(seed=seed)


def _refit(values: Array) -> int:
    return max(1, len(values) // 15)


def _judged(forecaster: Forecaster, values: Array, first: int, refit: int) -> Judged:
    said = rolling_origin(forecaster, values, first=first, horizon=HORIZON, refit=refit)
    return Judged(forecaster.name, said, errors(said, values))


def _account(
    request: Request, series: Series, nets: list[Judged], simple: list[Judged], rolled: int, tested: int, begin: float
) -> Account:
    values, skipped = series.values, tested - rolled
    tests = len(values) - tested
    best = min(simple, key=lambda each: rmse(each.each[skipped:, 0]))
    band = rolling_margins(nets[0].each[:, 0], skipped, SHARE)
    own, findings = _next(series, request), _findings(nets, best, values, band, tests)
    scores = [
        Score("this network", tuple(rmse(net.each[skipped:, 0]) for net in nets)),
        *(Score(each.name, (rmse(each.each[skipped:, 0]),)) for each in simple),
    ]
    metric = f"RMSE of forecasts one {series.step} ahead, in units of the series; less is better"
    return Account(
        name="forecasting",
        question=f"What comes next in {series.name}, one {series.step} ahead?",
        facts=(
            ("data", f"{series.name}, {len(values)} values, {series.times[0]} to {series.times[-1]}. {series.source}"),
            ("terms", series.terms),
            ("split", f"by time: the last {tests} values are the test, each forecast from the values before it alone. "
             f"The network learns anew every {_refit(values)} steps, the others at every step"),
        ),
        tables=(Table(metric, ".2f", tuple(scores)),),
        findings=findings,
        own=own,
        seeds=request.seeds,
        seconds=time.monotonic() - begin,
        pictures=(
            Picture("forecasts", "Each forecast was made from the values before it alone; the band is to hold "
                    f"{_SHARE} of what comes.", pictures.test_part(series, nets[0].said[skipped:, 0], best, band)),
            Picture("horizon", f"The error grows with the {series.step}s ahead.",
                    pictures.by_horizon([nets[0], *simple], skipped, series.step)),
        ),
    )  # fmt: skip


def _findings(nets: list[Judged], best: Judged, values: Array, band: Array, tests: int) -> tuple[str, ...]:
    ours, theirs = np.array([net.each[-tests:, 0] for net in nets]), best.each[-tests:, 0]
    gain, low, high = skill(ours, theirs, block=11)
    verdict = (
        "the network is better" if low > 0 else "the network is worse" if high < 0 else "that may be chance"
    )  # fmt: skip
    changes = echo(nets[0].said[-tests:, :1], values)
    held = float(np.mean(np.abs(nets[0].each[-tests:, 0]) <= band))
    return (
        f"Skill (1 - RMSE / RMSE) against the best of the others, {best.name}: {100 * gain:+.1f} %, "
        f"95 % interval {100 * low:+.1f} to {100 * high:+.1f} %: {verdict}.",
        f"The changes that it forecasts correlate with those that came by {changes:.2f}: "
        + ("it is an echo of the last value." if changes < _ECHO else "it is no echo of the last value."),
        f"The {_SHARE} intervals held {100 * held:.0f} % of the {tests} values of the test.",
    )


def _next(series: Series, request: Request) -> tuple[str, ...]:
    """The next value, by a network that learnt from all values, and how far off its like has been."""
    values, forecaster = series.values, network(request.seeds[0], request.short)
    late = rolling_origin(forecaster, values, first=len(values) // 2, refit=_refit(values))
    margin = margins(errors(late, values)[:, 0], SHARE)
    forecaster.fit(values)
    value = float(forecaster.forecast(values, 1)[0])
    low = value - margin
    if values.min() >= 0:
        low = max(0.0, low)
    return (
        f"{_after(series)}: {value:.4g}, {_SHARE} interval {low:.4g} to {value + margin:.4g}",
        "A series of your own (CSV: time, value):  layerwise apps forecasting --own FILE.csv",
    )


def _after(series: Series) -> str:
    last = series.times[-1]
    return str(int(last) + 1) if last.isdecimal() else f"the {series.step} after {last}"
