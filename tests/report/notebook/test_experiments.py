"""An experiment shows itself in a notebook: its verdict, its picture, its numbers, and nothing from elsewhere."""

from __future__ import annotations

import base64
import re

import numpy as np

from layerwise.insight.side_by_side import Arm, SideBySide

FALLS = np.exp(-np.linspace(0, 3, 9)) * np.random.default_rng(0).uniform(0.8, 1.2, (3, 9))


def result(count: int = 2) -> SideBySide:
    arms = tuple(Arm(f"<arm {k}>", FALLS / (k + 1), FALLS[:, -1] / (k + 1)) for k in range(count))
    return SideBySide("A < B?", arms, np.arange(9), "epoch", "loss", "loss", "So & so.", log="y")


def test_verdict_picture_and_numbers() -> None:
    form = result()._repr_html_()
    assert "A &lt; B?" in form
    assert "So &amp; so." in form
    assert "&lt;arm 1&gt;" in form
    assert "<arm" not in form
    png = base64.b64decode(re.search(r"data:image/png;base64,([\w+/=]+)", form).group(1))
    assert png.startswith(b"\x89PNG")
    assert len(form) < 250_000
    assert "http" not in form


def test_more_arms_than_a_picture_has_are_told() -> None:
    form = result(7)._repr_html_()
    assert "Not drawn" in form
    assert "<img" not in form


def test_elsewhere_it_is_a_line() -> None:
    assert repr(result()) == "<SideBySide: A < B? (<arm 0>, <arm 1>; 3 seeds)>"
