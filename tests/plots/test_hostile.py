"""Global settings of matplotlib neither change the pictures of ideas, experiments and landscapes, nor are changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from tests.plots.style.test_axes import HOSTILE

from layerwise import insight, plots
from layerwise.insight.side_by_side import Arm, SideBySide

CURVES = np.exp(-np.linspace(0, 3, 9)) * np.random.default_rng(0).uniform(0.8, 1.2, (3, 9))


def experiment() -> SideBySide:
    arms = Arm("a", CURVES, CURVES[:, -1]), Arm("b", CURVES**2, CURVES[:, -1] ** 2)
    return SideBySide("t", arms, np.arange(9), "epoch", "loss", "loss", "So.", log="y")


def hills() -> insight.Landscape:
    a = np.linspace(-1, 1, 15)
    way = {"way": np.array([[-0.5, 0.5], [0, 0]]), "way_losses": np.array([2.0, 1.0]), "held": 0.9}
    return insight.Landscape(a, a, 1 + a**2 + a[:, None] ** 2, np.zeros((2, 3)), np.zeros(3), "path", **way)


PICTURES: dict[str, Callable[[], Any]] = {
    "activation": lambda: plots.activation("GELU"),
    "race": lambda: plots.race(insight.race("saddle", limit=10), resolution=20),
    "schedules": plots.schedules,
    "temperature": plots.temperature,
    "entropy": plots.entropy_curve,
    "pull": plots.pull_of_losses,
    "convolution": lambda: plots.convolution_step(np.eye(4), [[1, 0], [-1, 2]], 2, padding=1),
    "level": lambda: plots.level(plots.lines([0, 1, 2], {"a": [1, 2, 3]}), 2.5, "here"),
    "side by side": lambda: plots.side_by_side(experiment()),
    "landscape": lambda: plots.landscape(hills()),
}


@pytest.mark.parametrize(
    "name",
    ["side by side", *(pytest.param(each, marks=pytest.mark.slow) for each in PICTURES if each != "side by side")],
)
def test_global_settings_change_nothing_and_are_not_changed(name: str, tmp_path: Path) -> None:
    def png() -> bytes:
        plots.save_figure(PICTURES[name](), tmp_path / "a.png", dpi=40)
        return (tmp_path / "a.png").read_bytes()

    plain = png()
    with mpl.rc_context(HOSTILE):  # type: ignore[arg-type]
        before = dict(mpl.rcParams)
        assert png() == plain
        assert dict(mpl.rcParams) == before
