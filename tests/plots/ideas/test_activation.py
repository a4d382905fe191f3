"""Activations are drawn as the layers compute them, with the slope that is their derivative."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_looks_like, assert_readable
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import KindError, SettingError
from layerwise.formulas import registry
from layerwise.plots import activation, activations
from layerwise.plots.ideas.activation import elementwise


def curves(ax) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {line.get_label(): line.get_data() for line in ax.get_lines() if not line.get_label().startswith("_")}


@pytest.mark.parametrize("layer", elementwise(), ids=lambda layer: type(layer).__name__)
def test_the_second_curve_is_the_slope_of_the_first(layer: lw.Layer) -> None:
    drawn = curves(activation(layer))
    z, a = drawn["a = f(z)"]
    _, slope = drawn["f'(z)"]
    np.testing.assert_allclose(a, lw.Network(layer, dtype="float64")(z[:, None])[:, 0], rtol=1e-12)
    middle = np.abs(z) > 0.05  # away from kinks
    np.testing.assert_allclose(slope[middle], np.gradient(a, z)[middle], atol=2e-4)


def test_all_activations_of_the_registry_are_there() -> None:
    formulas = {type(layer).__name__.lower() for layer in elementwise()}
    wanted = {name for name, entry in registry.items() if entry.family in ("activation", "rectifier")}
    elementwise_formulas = {name for name in wanted if registry[name].shapes["x"] == "(...)"}
    assert {name.replace("_", "") for name in elementwise_formulas} - {"gelutanh"} == formulas


def test_settings_are_told_and_kept() -> None:
    ax = activation(lw.LeakyReLU(0.2))
    assert ax.get_title(loc="left") == "LeakyReLU(negative_slope=0.2): steepest slope 1"
    _, slope = curves(ax)["f'(z)"]
    assert slope[0] == pytest.approx(0.2)


def test_it_looks_as_it_did() -> None:
    assert_looks_like(activations(["Sigmoid", "ReLU", "GELU"])[0].figure, "activations")


@pytest.mark.slow
def test_all_of_them_can_be_read() -> None:
    assert_readable(activations()[0].figure)


def test_what_is_no_activation(tally: Tally) -> None:
    refused(tally, SettingError, "Sigmoid", lambda: activation("Sigmod"))
    refused(tally, KindError, "activation", lambda: activation(lw.Linear(1, 1)))  # type: ignore[arg-type]
    refused(tally, KindError, "activation", lambda: activation(3))  # type: ignore[arg-type]
    refused(tally, SettingError, "span", lambda: activation("ReLU", span=0))
