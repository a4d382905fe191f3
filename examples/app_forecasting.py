"""Forecast a series, and judge the forecasts by what was known when they were made.

Run it as it is, or with a CSV file of your own (time, value):  python examples/app_forecasting.py my.csv
The whole application, with intervals, pictures and a page:     layerwise apps forecasting
"""

from __future__ import annotations

import sys

from layerwise.applications import forecasting
from layerwise.data.series import read_series, sunspots

TEST_SHARE = 0.25


def main(path: str | None = None) -> None:
    """Print the error of each forecaster on the last quarter of the series, then the next value."""
    series = read_series(path) if path else sunspots()
    first = int((1 - TEST_SHARE) * len(series.values))
    simple = [forecasting.Persistence(), forecasting.Seasonal(), forecasting.Autoregressive()]
    network = forecasting.NetworkForecaster(lags=9, hidden=8, seed=0)  # your own: more lags, more units?
    print(f"{series.name}: {len(series.values)} values, the last {len(series.values) - first} are the test")
    for forecaster in [*simple, network]:
        refit = 20 if forecaster is network else 1
        said = forecasting.rolling_origin(forecaster, series.values, first=first, refit=refit)
        error, changes = forecasting.errors(said, series.values), forecasting.echo(said, series.values)
        print(f"  RMSE {forecasting.rmse(error):7.3f}  correlation of changes {changes:5.2f}  {forecaster.name}")
    network.fit(series.values)
    print(f"after {series.times[-1]} comes {network.forecast(series.values, 1)[0]:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
