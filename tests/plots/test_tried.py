"""The picture of settings that were tried."""

from __future__ import annotations

import math

import pytest

from layerwise.errors import DataError, ShapeError
from layerwise.plots import tried

SETTINGS = [{"lr": f"{10 ** -(1 + k / 3):.3g}", "hidden": ("8", "64,64")[k % 2]} for k in range(10)]
LOSSES = [0.1 * k for k in range(1, 11)]
EPOCHS = [9, 3, 3, *[1] * 7]


def test_each_setting_has_a_panel_with_every_trial() -> None:
    axes = tried(SETTINGS, LOSSES, EPOCHS, best=0)
    assert [ax.get_xlabel() for ax in axes] == ["lr", "hidden"]
    assert [ax.get_xscale() for ax in axes] == ["log", "linear"]
    assert [tick.get_text() for tick in axes[1].get_xticklabels()] == ["8", "64,64"]
    for ax in axes:
        points, ring = ax.collections
        assert len(points.get_offsets()) == 10
        assert ring.get_offsets().tolist() == [[points.get_offsets()[-1][0], 0.1]], "the longest trained lies on top"
    legend = axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["1 epoch", "3 epochs", "9 epochs", "best"]
    shades = {tuple(colour) for colour in axes[0].collections[0].get_facecolors()}
    assert len(shades) == 3


def test_what_failed_is_left_out_and_counted() -> None:
    ax = tried(SETTINGS, [math.inf, *LOSSES[1:]], EPOCHS)[0]
    assert ax.get_title(loc="left") == "10 settings tried; 1 failed"
    assert len(ax.collections[0].get_offsets()) == 9


def test_losses_far_apart_stand_on_a_logarithmic_axis() -> None:
    assert tried(SETTINGS, [10.0**-k for k in range(10)], EPOCHS)[0].get_yscale() == "log"


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeError, match="10 trials, 9 losses and 10 counts"):
        tried(SETTINGS, LOSSES[1:], EPOCHS)
    with pytest.raises(DataError, match="no trial has a loss"):
        tried(SETTINGS, [math.inf] * 10, EPOCHS)
