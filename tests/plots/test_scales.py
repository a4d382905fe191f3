"""Logarithmic axes have one notation, in every picture."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from layerwise.plots import lines, loss_curve
from layerwise.plots.scales import power

POWER = re.compile(r"([25]·)?10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")


@pytest.mark.parametrize("exponent", range(-15, 16))
@pytest.mark.parametrize("factor", [1, 2, 5])
def test_a_power_is_written_as_one(exponent: int, factor: int) -> None:
    raised = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    assert power(factor * 10.0**exponent) == ("" if factor == 1 else f"{factor}·") + f"10{raised}"


def shown(axis: Any) -> list[str]:
    axis.figure.draw_without_rendering()
    low, high = axis.get_view_interval()
    return [
        label.get_text()
        for label in axis.get_ticklabels()
        if low <= label.get_position()[axis.axis_name == "y"] <= high
    ]


@pytest.mark.parametrize(("low", "high"), [(1e-9, 1.0), (1e-3, 0.9), (0.02, 30.0), (1.0, 9.0), (3e3, 2e8)])
def test_all_pictures_agree(low: float, high: float) -> None:
    x = np.geomspace(low, high, 20)
    drawn = lines(x, {"y": x}, log="xy")
    labels = [*shown(drawn.xaxis), *shown(drawn.yaxis)]
    if high / low > 100:
        labels += shown(loss_curve({"train_loss": list(x)}).yaxis)
    assert len(labels) >= 4
    assert all(POWER.fullmatch(label) for label in labels), labels
