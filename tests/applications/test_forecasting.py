"""Forecasting: nothing looks ahead, the simple forecasts are right, an echo is found, an interval holds its share."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from layerwise.applications import Request, forecasting
from layerwise.applications.forecasting import (
    Autoregressive,
    NetworkForecaster,
    Persistence,
    Seasonal,
    echo,
    errors,
    margins,
    rmse,
    rolling_origin,
    skill,
)
from layerwise.applications.forecasting.certainty import rolling_margins
from layerwise.data.series import sunspots
from layerwise.errors import SettingError

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "app_forecasting.py"


@pytest.mark.parametrize(
    "forecaster",
    [Persistence(), Seasonal(), Autoregressive(6), NetworkForecaster(lags=4, hidden=3, members=1, epochs=3)],
    ids=lambda each: type(each).__name__,
)
def test_nothing_looks_ahead(forecaster: forecasting.Forecaster) -> None:
    """Other values from a moment on change no forecast that was made before it."""
    rng = np.random.default_rng(0)
    values, first, changed = rng.normal(size=60), 50, 55
    other = np.concatenate([values[:changed], rng.normal(size=5)])
    one, two = (rolling_origin(forecaster, each, first=first, horizon=3) for each in (values, other))
    np.testing.assert_array_equal(one[: changed - first + 1], two[: changed - first + 1])
    if not isinstance(forecaster, Seasonal):
        assert (one[changed - first + 1 :] != two[changed - first + 1 :]).any()


def test_learning_is_repeated_when_asked_for() -> None:
    class Counts(Persistence):
        fits: list[int] = []  # noqa: RUF012

        def fit(self, values: np.ndarray) -> None:
            self.fits.append(len(values))

    rolling_origin(Counts(), np.arange(10.0), first=3, refit=3)
    assert Counts.fits == [3, 6, 9]


def test_errors_stand_where_the_values_came() -> None:
    values = np.arange(10.0) ** 2
    said = rolling_origin(Persistence(), values, first=6, horizon=2)
    np.testing.assert_array_equal(errors(said, values), [[11, 24], [13, 28], [15, 32], [17, np.nan]])
    assert rmse(np.array([[3.0, np.nan], [4.0, 0.0]])) == pytest.approx(np.sqrt(25 / 3))


def test_a_first_beyond_the_end_is_refused() -> None:
    with pytest.raises(SettingError, match="nothing would be left"):
        rolling_origin(Persistence(), np.arange(4.0), first=4)


def test_autoregression_finds_the_process() -> None:
    rng = np.random.default_rng(1)
    values = np.zeros(4000)
    for t in range(2, len(values)):
        values[t] = 2 + 1.2 * values[t - 1] - 0.5 * values[t - 2] + rng.normal()
    model = Autoregressive()
    model.fit(values)
    np.testing.assert_allclose(model.weights[:3], [2, 1.2, -0.5], atol=0.15)
    one, two = model.forecast(values, 2)
    later = model.forecast(np.append(values, one), 1)
    assert two == pytest.approx(later[0])


def test_seasons_are_found_and_come_again() -> None:
    values = np.tile([1.0, 5.0, 2.0, 8.0, 3.0, 0.0, 4.0], 8)
    model = Seasonal()
    model.fit(values)
    assert model.period == 7
    np.testing.assert_array_equal(model.forecast(values, 10), np.resize(values, 10))


def test_an_echo_is_told_from_a_forecast() -> None:
    values = np.random.default_rng(2).normal(size=300)
    right = values[100:, None] + 0.1 * np.random.default_rng(3).normal(size=(200, 1))
    late = values[99:-1, None] + 0.1 * np.random.default_rng(3).normal(size=(200, 1))
    assert echo(right, values) > 0.95
    assert abs(echo(late, values)) < 0.2


def test_margins_hold_their_share() -> None:
    rng = np.random.default_rng(4)
    held = [abs(rng.normal()) <= margins(rng.normal(size=40), 0.9) for _ in range(4000)]
    assert np.mean(held) == pytest.approx(0.9, abs=0.02)
    assert margins(np.ones(5), 0.9) == np.inf  # five say nothing of one in ten


def test_margins_use_the_past_alone() -> None:
    each = np.arange(1.0, 41.0)
    np.testing.assert_array_equal(rolling_margins(each, 30), [margins(each[:row]) for row in range(30, 40)])


def test_skill_covers_the_truth() -> None:
    """Errors of 0.9 against errors of 1: the skill is 0.1; the interval holds it in about 95 of 100 cases."""
    held = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        _, low, high = skill(0.9 * rng.normal(size=120), rng.normal(size=120), block=1, draws=400)
        held.append(low <= 0.1 <= high)
    assert 0.88 <= np.mean(held) <= 0.99


@pytest.mark.slow
def test_the_network_beats_the_best_of_the_others_on_sunspots() -> None:
    account = forecasting.run(Request((0,)))
    ours, *others = (score.mean for score in account.tables[0].scores)
    assert ours < min(others)
    assert "it is no echo" in " ".join(account.findings)


@pytest.mark.slow
def test_the_script_takes_a_series_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{month},{np.sin(month / 2):.4f}" for month in range(80)]
    (tmp_path / "mine.csv").write_text("month,height\n" + "\n".join(rows) + "\n", encoding="utf-8")
    runpy.run_path(str(SCRIPT))["main"](str(tmp_path / "mine.csv"))
    said = capsys.readouterr().out
    assert "mine: 80 values, the last 20 are the test" in said
    network = [line for line in said.splitlines() if line.endswith("this network")]
    assert float(network[0].split()[1]) < 0.2  # a wave of height 1


def test_sunspots_are_the_known_ones() -> None:
    values = sunspots().values
    assert (values[257], values.argmax(), len(values)) == (190.2, 257, 309)  # 1957, the highest
