"""Lines: what is drawn is what was given, each curve apart from the others, and what does not fit is refused."""

from __future__ import annotations

import itertools
from pathlib import Path

import matplotlib as mpl
import numpy as np
from tests.plots.colour_vision import VISIONS, contrast, distance
from tests.plots.style.test_axes import HOSTILE
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.plots import lines, new_panels, save_figure, style

NAMES = ["a", "b", "c", "d", "e", "f"]


def test_the_curves_are_those_given() -> None:
    ax = lines([1, 2, 4], {"up": [1, 2, 3], "down": [3, 2, 1]}, title="Two", labels=("s", "m"))
    assert [line.get_label() for line in ax.lines] == ["up", "down"]
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), [[1, 3], [2, 2], [4, 1]])
    assert (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()) == ("Two", "s", "m")
    assert ax.get_legend() is not None
    assert lines([1, 2], {"one": [1, 2]}).get_legend() is None


def test_each_curve_has_a_colour_and_a_dash_of_its_own() -> None:
    ax = lines([0, 1], {name: [0, 1] for name in NAMES})
    colours = [line.get_color() for line in ax.lines]
    assert len(set(colours)) == len({str(line._unscaled_dash_pattern) for line in ax.lines}) == 6
    assert all(contrast(colour, style.SURFACE) >= 3 for colour in colours)
    for vision in VISIONS:
        assert min(distance(a, b, vision) for a, b in itertools.combinations(colours, 2)) > 8


def test_logarithmic_axes() -> None:
    ax = lines([1, 10, 100], {"f": [1e-9, 1, 1e3]}, log="xy")
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    narrow = lines([1, 2], {"f": [0.11, 0.42]}, log="y")
    narrow.figure.canvas.draw()
    low, high = narrow.get_ylim()
    shown = [tick for tick in narrow.get_yticks() if low <= tick <= high]
    assert len(shown) >= 2  # less than a decade still has numbers to read from
    wide = lines([1, 2], {"f": [0.02, 0.9]}, log="y")
    assert {0.02, 0.05, 0.1, 0.2, 0.5} <= {round(tick, 9) for tick in wide.get_yticks()}


def test_it_draws_into_the_axes_that_are_given() -> None:
    left, right = new_panels(2, 8.0, 3.0)
    assert lines([0, 1], {"f": [0, 1]}, ax=right) is right
    assert not left.lines
    assert left.figure is right.figure
    assert left.get_position().x1 <= right.get_position().x0
    np.testing.assert_allclose(left.figure.get_size_inches(), [8.0, 3.0])


def test_global_settings_change_nothing(tmp_path: Path) -> None:
    def png() -> bytes:
        save_figure(lines([1, 2, 3], {"a": [1, 2, 3], "b": [3, 2, 1]}, log="y", title="T"), tmp_path / "a.png")
        return (tmp_path / "a.png").read_bytes()

    plain = png()
    with mpl.rc_context(HOSTILE):  # type: ignore[arg-type]
        assert png() == plain


def test_what_does_not_fit_is_refused(tally: Tally) -> None:
    refused(tally, ShapeError, ("'f'", "(2,)", "(3,)"), lambda: lines([1, 2], {"f": [1, 2, 3]}))
    refused(tally, ShapeError, "(1, 2)", lambda: lines([[1, 2]], {"f": [[1, 2]]}))
    refused(tally, SettingError, "1 to 6, got 0", lambda: lines([1, 2], {}))
    refused(tally, SettingError, "1 to 6, got 7", lambda: lines([1], {str(k): [1] for k in range(7)}))
    refused(tally, DataError, "logarithmic y", lambda: lines([1, 2], {"f": [-1.0, 0.0]}, log="y"))
    refused(tally, SettingError, "log", lambda: lines([1], {"f": [1]}, log="z"))
