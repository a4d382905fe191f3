"""Any array as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.checks import positive, whole_number
from layerwise.errors import SettingError
from layerwise.pages.png import png
from layerwise.plots import style
from layerwise.plots.arrays import raster
from layerwise.plots.arrays.nesting import Direction, across_and_down, direction, widest_cell
from layerwise.plots.arrays.scale import Statistics, statistics
from layerwise.plots.arrays.selection import Selection, selection
from layerwise.plots.drawing.drawing import Drawing
from layerwise.plots.drawing.items import Box, Cells, Disc, Item, Line, Text
from layerwise.plots.drawing.letters import width
from layerwise.plots.drawing.sheet import composed
from layerwise.types import Array
from layerwise.wording import quantity

_ACROSS, _DOWN = 640, 900
"""Pixels that the cells of a picture take at most, as far as cells of 2 pixels let them."""
_LARGEST, _DIGIT = 22, 7.0
_MOST = 65_536
_MOST_DIGITS = 400
"""Whole numbers are written into so many cells; more would be a file of digits."""
_LABEL = 20.0
_BEHIND_DIGITS = 0.5
"""How strong a full colour is on which digits have to be read."""


def array_picture(
    values: Any,
    *,
    title: str = "",
    axes: Sequence[str] | None = None,
    limit: float | None = None,
    most: int = 5000,
) -> Drawing:
    """Draw an array of any number of axes: each number a square, orange above 0, blue below, the paper at 0.

    values: numbers of any shape. title: its name. axes: the names of its axes. limit: the size at which a colour is
    full, so that pictures can be compared; unless given, the largest size in it, but at most three standard deviations
    from 0. most: elements that are shown, 16 to 65,536 (what is beyond is taken as that); of a larger array the edges,
    and it is said what was left out.

    The last axis goes across, the one before it down, and so on in turn, the outer ones with wider gaps. A cross marks
    what is no number, a triangle infinity, a cut corner what is beyond the scale; the key counts them. Whole numbers
    are written into their squares where there is room. The picture of any array takes less than 200 kB.
    Returns a `Drawing`; printed, it is the numbers. Raises KindError for what is no array of real numbers, SettingError
    for another number of names.

    >>> picture = array_picture([[1, 0], [0, 1]], title="I", axes=("row", "column"))
    >>> print(picture)
    I, 2 × 2, int64: from 0 to 1, mean 0.5, RMS 0.7071
    [[1 0]
     [0 1]]
    """
    array = real_array("values", values)
    names = [f"axis {axis}" for axis in range(array.ndim)] if axes is None else [str(name) for name in axes]
    if len(names) != array.ndim:
        raise SettingError(f"axes must name each of the {array.ndim} axes, got {len(names)} names")
    most = min(whole_number("most", most, minimum=16), _MOST)
    found = statistics(array)
    full = found.limit if limit is None else positive("limit", limit)
    kept = selection(array.shape, most)
    head = f"{title}, {_size(array.shape)}" if title else _size(array.shape)
    said = f"{array.dtype}: {found.sentence}"
    return Drawing(
        composed(
            list(_items(array, kept, names, full, found)), head, said.replace("-", "−"), _notes(kept, found),
            f"{head}, {said}.",
        ),
        f"{head}, {said}\n{_in_letters(array)}",
    )  # fmt: skip


def _size(shape: Sequence[int]) -> str:
    return " × ".join(f"{size:,}" for size in shape) or "one number"


def _in_letters(array: Array) -> str:
    return np.array2string(array, precision=4, suppress_small=True, threshold=200, edgeitems=3, max_line_width=80)


def _notes(kept: Selection, found: Statistics) -> Iterator[str]:
    if kept.sentence:
        yield f"{kept.sentence}."
    if found.nans or found.infinite:
        words = [f"{found.nans:,} NaN"] * bool(found.nans) + [f"{found.infinite:,} infinite"] * bool(found.infinite)
        yield f"In the whole array: {' and '.join(words)}."


def _items(array: Array, kept: Selection, names: Sequence[str], full: float, found: Statistics) -> Iterator[Item]:
    if not array.size:
        yield Text(0.0, 12.0, "no elements", "ink-soft", 12.0)
        return
    across, down = across_and_down(array.ndim)
    shown = kept.of(array)
    digits = _digits(shown)
    largest = max(_LARGEST, round(max(map(len, digits)) * _DIGIT + 8)) if digits else _LARGEST
    cell = min(
        widest_cell(across, kept.counts, kept.breaks, _ACROSS, largest),
        widest_cell(down, kept.counts, kept.breaks, _DOWN, largest),
    )
    columns, rows = (direction(each, kept.counts, kept.breaks, cell) for each in (across, down))
    table = shown.transpose((*down, *across)).reshape(len(rows.starts), len(columns.starts)).astype(np.float64)
    pixels = raster.paint(table, rows.starts, columns.starts, rows.length, columns.length, cell, full)
    written = bool(digits) and cell >= max(map(len, digits)) * _DIGIT + 4
    colours = raster.colour_table(_BEHIND_DIGITS if written else style.TILE)
    yield Cells(Box(0.0, 0.0, pixels.shape[1], pixels.shape[0]), png(pixels, colours))
    yield from _dots(rows, columns)
    if written:
        yield from _written(digits, rows, columns, cell, (*down, *across), kept.counts)
    yield from _labels(columns, rows, names, array.shape)
    yield from _key(table, full, found, pixels.shape[0] + 26.0, colours)


def _digits(shown: Array) -> list[str]:
    """The elements as whole numbers, in order, if they are such and not too many."""
    if shown.dtype.kind not in "biu" or shown.size > _MOST_DIGITS:
        return []
    words = [f"{int(value)}" for value in shown.ravel()]
    return words if max(map(len, words)) <= 5 else []


def _written(
    digits: Sequence[str], rows: Direction, columns: Direction, cell: int, order: Sequence[int], counts: Sequence[int]
) -> Iterator[Item]:
    """Whole numbers in their squares."""
    table = np.array(digits).reshape(counts).transpose(order).reshape(len(rows.starts), len(columns.starts))
    for (row, column), words in np.ndenumerate(table):
        x, y = float(columns.starts[column]) + (cell + 1) / 2, float(rows.starts[row]) + cell / 2 + 4.5
        yield Text(x, y, str(words), "ink", 11.0, anchor="middle")


def _dots(rows: Direction, columns: Direction) -> Iterator[Item]:
    """Three dots where places are left out."""
    for x in columns.breaks:
        yield from (Disc(float(x), rows.length / 2 + away, 1.6, "dot") for away in (-6.0, 0.0, 6.0))
    for y in rows.breaks:
        yield from (Disc(columns.length / 2 + away, float(y), 1.6, "dot") for away in (-6.0, 0.0, 6.0))


def _labels(columns: Direction, rows: Direction, names: Sequence[str], shape: Sequence[int]) -> Iterator[Item]:
    """The name and size of each axis, beside a line as long as its first stretch: the outer ones further out."""
    y = -10.0
    for axis in reversed(columns.axes):
        yield Line(((0.0, y), (float(axis.end), y)), "axis", head=False)
        yield Text(0.0, y - 5.0, f"{names[axis.axis]} = {shape[axis.axis]:,}", "ink-soft", 11.0)
        y -= _LABEL
    x = -10.0
    for axis in reversed(rows.axes):
        words = f"{names[axis.axis]} = {shape[axis.axis]:,}"
        yield Line(((x, 0.0), (x, float(axis.end))), "axis", head=False)
        yield Text(x - 6.0, axis.end / 2 + 4.0, words, "ink-soft", 11.0, anchor="end")
        x -= 16.0 + width(words, 11.0)


def _key(table: Array, full: float, found: Statistics, y: float, colours: raster.Colours) -> Iterator[Item]:
    """What colours and marks mean, each with a cell of its kind."""
    marks = raster.marks_of(table, full)
    samples = [(-full, f"−{quantity(full)}"), (0.0, "0"), (full, quantity(full))]
    if found.low >= 0:
        samples = samples[1:]
    kinds = [(np.nan, marks.nan, "NaN"), (np.inf, marks.infinite, "infinite")]
    samples += [(value, f"{count:,} {words}") for value, count, words in kinds if count]
    if marks.beyond:
        samples.append((2 * full, f"{marks.beyond:,} beyond the scale"))
    x = 0.0
    for value, words in samples:
        sample = raster.paint(np.array([[value]]), np.zeros(1, int), np.zeros(1, int), 14, 14, 14, full)
        if x and x + width(words, 11.0) > _ACROSS:
            x, y = 0.0, y + 22.0
        yield Cells(Box(x, y - 12.0, x + 15.0, y + 3.0), png(sample, colours))
        text = Text(x + 21.0, y, words, "ink-soft", 11.0)
        yield text
        x = text.box.right + 18.0
