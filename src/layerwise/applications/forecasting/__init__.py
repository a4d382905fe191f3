"""Forecasting: rolling evaluation, simple forecasts to beat, a network that forecasts."""

from layerwise.applications.forecasting.baselines import Autoregressive, Persistence, Seasonal
from layerwise.applications.forecasting.certainty import margins, skill
from layerwise.applications.forecasting.forecaster import Forecaster, echo, errors, rmse, rolling_origin
from layerwise.applications.forecasting.network import NetworkForecaster
from layerwise.applications.forecasting.study import run

__all__ = [
    "Autoregressive",
    "Forecaster",
    "NetworkForecaster",
    "Persistence",
    "Seasonal",
    "echo",
    "errors",
    "margins",
    "rmse",
    "rolling_origin",
    "run",
    "skill",
]
