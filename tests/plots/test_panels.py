"""Parts of pictures: a grid has its panels, a bar its name, ticks their few round numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.pictures import assert_readable

from layerwise.plots import style
from layerwise.plots.panels import colour_bar, even_ticks, grid, light_grid, words, zero_lines


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 3, 1), (3, 3, 1), (5, 2, 3)])
def test_a_grid_has_so_many_panels_of_one_size(count: int, columns: int, rows: int) -> None:
    panels = grid(count, columns, 3.0, 2.0)
    assert len(panels) == count
    assert len({id(ax.figure) for ax in panels}) == 1
    assert tuple(panels[0].figure.get_size_inches()) == (3.0 * min(columns, count), 2.0 * rows)
    panels[0].figure.draw_without_rendering()
    widths = {round(ax.get_position().width, 6) for ax in panels}
    assert len(widths) == 1


def test_a_bar_says_what_its_colours_mean() -> None:
    ax = style.new_axes(5, 4)
    style.dress(ax, "Field", "x", "y")
    drawn = ax.imshow(np.arange(4.0).reshape(2, 2), cmap=style.sequential())
    bar = colour_bar(ax, drawn, "cost", [0.0, 3.0], ["none", "most"])
    assert bar.get_ylabel() == "cost"
    assert [each.get_text() for each in bar.get_yticklabels()] == ["none", "most"]
    assert_readable(ax.figure)


@pytest.mark.parametrize("high", [0.013, 1.0, 7.0, 1000.0, 123456.0])
def test_ticks_are_few_and_readable(high: float) -> None:
    ax = style.new_axes(3, 2)
    style.dress(ax, "t", "x", "y")
    ax.set_xlim(0, high)
    ax.set_ylim(0, high)
    even_ticks(ax, across=3)
    light_grid(ax)
    zero_lines(ax)
    words(ax, high / 2, high / 2, "here")
    assert_readable(ax.figure)
    assert 2 <= len([tick for tick in ax.get_yticks() if 0 <= tick <= high]) <= 7
