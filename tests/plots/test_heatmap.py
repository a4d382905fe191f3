"""Heatmaps: each field shows its number, by its colour and in letters that can be read on it."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_hex
from tests.plots.colour_vision import contrast
from tests.plots.style.test_axes import HOSTILE
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.plots import heatmap, new_panels, save_figure, style

W = np.array([[1.0, -2.0, 0.5], [0.0, 0.1, -0.9]])


def fields(ax) -> np.ndarray:
    (image,) = ax.images
    return image.to_rgba(image.get_array())[..., :3]


def test_the_fields_are_the_numbers() -> None:
    ax = heatmap(W, title="W", labels=("from", "to"))
    np.testing.assert_array_equal(ax.images[0].get_array(), W)
    assert (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel(), ax.texts[:]) == ("W", "from", "to", [])
    assert ax.get_ylim() == (1.5, -0.5)  # the first row is at the top


def test_zero_is_the_ground_and_the_largest_has_the_full_colour() -> None:
    colours = fields(heatmap(W))
    assert to_hex(colours[0, 1]) == style.NEGATIVE
    assert np.abs(colours[1, 0] * 255 - style.rgb(style.ZERO)).max() < 2
    assert to_hex(fields(heatmap([[0.0, 3.0]]))[0, 1]) == style.POSITIVE
    assert to_hex(fields(heatmap([[0.0, 3.0]], colour=style.INK))[0, 1]) == style.INK
    assert np.ptp(fields(heatmap(np.zeros((2, 2)))).reshape(4, 3), axis=0).max() == 0


def test_one_limit_makes_pictures_comparable() -> None:
    np.testing.assert_array_equal(fields(heatmap([[1.0, 2.0]], limit=2)), fields(heatmap([[1.0, 2.0]])))
    assert to_hex(fields(heatmap([[1.0]], limit=2))[0, 0]) != style.POSITIVE


def test_numbers_can_be_read_on_every_colour() -> None:
    values = np.linspace(-1, 1, 41)[None]
    for colour in (style.POSITIVE, style.INK, style.ACCENT):
        ax = heatmap(values, numbers="+.2f", colour=colour)
        assert [text.get_text() for text in ax.texts] == [f"{each:+.2f}" for each in values[0]]
        for text, ground in zip(ax.texts, fields(ax)[0], strict=True):
            assert contrast(to_hex(text.get_color()), to_hex(ground)) > 3.5


def test_ticks_are_few() -> None:
    for size in (1, 9, 10, 11, 64, 300, 4000):
        ticks = heatmap(np.ones((1, size))).get_xticks()
        assert ticks[0] == 0
        assert 1 <= len(ticks) <= 10
        assert ticks[-1] < size


def test_it_draws_into_the_axes_that_are_given_and_ignores_global_settings(tmp_path: Path) -> None:
    left, right = new_panels(2, 6.0, 3.0)
    assert heatmap(W, ax=right) is right
    assert not left.images

    def png() -> bytes:
        save_figure(heatmap(W, title="W", numbers=".1f"), tmp_path / "w.png")
        return (tmp_path / "w.png").read_bytes()

    plain = png()
    with mpl.rc_context(HOSTILE):  # type: ignore[arg-type]
        assert png() == plain


def test_what_does_not_fit_is_refused(tally: Tally) -> None:
    refused(tally, ShapeError, "(3,)", lambda: heatmap([1, 2, 3]))
    refused(tally, ShapeError, "(0, 3)", lambda: heatmap(np.zeros((0, 3))))
    refused(tally, DataError, "column 1", lambda: heatmap([[1.0, np.nan]]))
    refused(tally, SettingError, "limit", lambda: heatmap(W, limit=0))
