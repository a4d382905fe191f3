"""Where everything stands in a drawing of units: columns from left to right, every weight a line between two."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from layerwise.layers import Layer, Linear
from layerwise.plots.drawing.columns import Column, abridged
from layerwise.plots.drawing.items import Disc, Edge, Item, Line, Sheet, Text, extent
from layerwise.plots.drawing.letters import broken, width
from layerwise.plots.drawing.sheet import composed, not_drawn
from layerwise.plots.drawing.words import count
from layerwise.types import Array
from layerwise.wording import quantity

MOST_COLUMNS, MOST_UNITS = 10, 16
_ENDS = 3
"""Units drawn at each end of a column that has more than fit."""
_GAP, _APART, _ROW = 24.0, 150.0, 16.0
"""Between the words of columns; between their middles, at least; from line to line."""
_STRIP = 32.0
"""For the line of one residual block, with its word below."""
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class _Placed:
    """A column with its place: x and y of its middle, and the number and the y of each unit that is drawn."""

    column: Column
    x: float
    units: tuple[tuple[int, float], ...]
    radius: float

    @property
    def reach(self) -> float:
        """How far the drawing goes from the middle to each side."""
        return 14.0 if self.column.hidden else self.radius

    @property
    def bottom(self) -> float:
        return self.units[-1][1] + self.radius if self.units else 14.0


def unit_sheet(columns: Sequence[Column], total: str, limit: float | None = None) -> Sheet:
    """The drawing of units. limit: the size of a weight at which its line is thickest; the largest, unless given."""
    shown = abridged(list(columns), MOST_COLUMNS)
    placed = _place(shown)
    full = _largest(placed) if limit is None else limit
    items: list[Item] = []
    for before, after in pairwise(placed):
        items += _connections(before, after, full)
    bottom = max(each.bottom for each in placed)
    ways, depth = _shortcuts(placed, bottom)
    items += ways
    top = min(each.units[0][1] - each.radius for each in placed if each.units)
    rows = max(len(_layer_lines(column)) for column in shown)
    for each in placed:
        items += _drawn(each, top, bottom + depth + 26.0, rows)
    if full is not None:
        items += _scale(extent(items).left, full, bottom + depth + 26.0 + _ROW * (rows + 2))
    return composed(items, _title(shown), total, not_drawn(_left_out(shown)), _spoken(columns, total))


# --- places ------------------------------------------------------------------------------------------------------


def _place(columns: Sequence[Column]) -> list[_Placed]:
    """Columns from left to right, equally far from each other, all centred on y = 0."""
    tallest = max(len(_slots(column.units or 0)) for column in columns)
    step, radius = (44.0, 15.0) if tallest <= 8 else (30.0, 12.0)
    halves = [max(_words_width(column) / 2, radius) for column in columns]
    apart = max(_APART, max((one + other + _GAP for one, other in pairwise(halves)), default=0.0))
    placed: list[_Placed] = []
    for number, column in enumerate(columns):
        slots = _slots(column.units or 0)
        lowest = slots[-1][0] if slots else 0
        units = tuple((unit, step * (slot - lowest / 2)) for slot, unit in slots)
        placed.append(_Placed(column, apart * number, units, radius))
    return placed


def _slots(units: int) -> list[tuple[int, int]]:
    """Which units are drawn, each behind its slot from the top; the middle slot is left for the dots."""
    if units <= MOST_UNITS:
        return [(unit - 1, unit) for unit in range(1, units + 1)]
    upper = [(slot, slot + 1) for slot in range(_ENDS)]
    return upper + [(_ENDS + place, units - _ENDS + place) for place in range(1, _ENDS + 1)]


def _words_width(column: Column) -> float:
    lines = [*(text for text, _ in _layer_lines(column)), _parameters(column), _shape(column)]
    return max(width(column.role, 13.0, True), *(width(line, 12.0) for line in lines))


# --- what is drawn -----------------------------------------------------------------------------------------------


def _largest(placed: Sequence[_Placed]) -> float | None:
    """The size of the largest weight that is drawn; None where there are none."""
    sizes = [abs(w) for before, after in pairwise(placed) for _, _, w in _weights(before, after) if math.isfinite(w)]
    return max(sizes) or 1.0 if sizes else None


def _weights(before: _Placed, after: _Placed) -> Iterator[tuple[int, int, float]]:
    """Every weight that is drawn between two columns: from which unit to which, and its value."""
    layer = after.column.layer
    if not isinstance(layer, Linear) or not before.units or not after.units:
        return
    W: Array = np.asarray(layer.weight)  # (K, D)
    for i, _ in before.units:
        for j, _ in after.units:
            yield i, j, float(W[j - 1, i - 1])


def _connections(before: _Placed, after: _Placed, full: float | None) -> list[Item]:
    """Every unit with every unit where weights do that, the largest on top; elsewhere one arrow."""
    places = dict(before.units), dict(after.units)
    start, end = before.x + before.reach, after.x - after.reach
    edges: list[Item] = []
    found = sorted(_weights(before, after), key=lambda each: abs(each[2]) if math.isfinite(each[2]) else math.inf)
    for i, j, weight in found:
        told = f"from {_unit_name(before.column, i)} to {_unit_name(after.column, j)}: {weight:.4g}"
        strength = weight / full if full and math.isfinite(weight) else math.nan
        edges.append(Edge(start, places[0][i], end, places[1][j], strength, told))
    if edges:
        return edges
    return [Line(((start + 10.0, 0.0), (end - 10.0, 0.0)), head=not after.column.hidden)]


def _shortcuts(placed: Sequence[_Placed], bottom: float) -> tuple[list[Item], float]:
    """A line below the columns for each residual block, and how deep all of them go."""
    ways = [(_begin(placed, start), end) for end in placed for start in end.column.starts]
    items: list[Item] = []
    for number, (start, end) in enumerate(ways):
        y = bottom + 14.0 + _STRIP * number
        low, high = start.bottom + 5.0, end.bottom + 5.0
        items.append(Line(((start.x, low), (start.x, y), (end.x, y), (end.x, high)), "skip"))
        items.append(Text((start.x + end.x) / 2, y + 14.0, "shortcut", "accent", 12.0, anchor="middle"))
    return items, _STRIP * len(ways)


def _begin(placed: Sequence[_Placed], start: Column) -> _Placed:
    """The place of a column, or of what stands for it, if it is left out of the drawing."""
    return next((each for each in placed if each.column is start), None) or next(
        each for each in placed if each.column.hidden
    )


def _drawn(placed: _Placed, top: float, first_row: float, rows: int) -> list[Item]:
    """Role and shape above, the units, the layers below, the parameters of all columns in one last row."""
    column, x = placed.column, placed.x
    items: list[Item] = [Text(x, top - 34.0, column.role, "ink", 13.0, True, "middle")]
    items += _words(x, top - 16.0, _shape(column), "ink-soft")
    if column.hidden:
        items += [Disc(x + away, 0.0, 2.2, "dot") for away in (-9.0, 0.0, 9.0)]
    else:
        for number, y in placed.units:
            items += _unit(placed, number, y)
        if (column.units or 0) > len(placed.units):
            items += [Disc(x, away, 2.2, "dot") for away in (-9.0, 0.0, 9.0)]
    for row, (words, ink) in enumerate(_layer_lines(column)):
        items += _words(x, first_row + _ROW * row, words, ink)
    return items + _words(x, first_row + _ROW * rows, _parameters(column), "ink-soft")


def _words(x: float, y: float, words: str, ink: str) -> list[Item]:
    return [Text(x, y, words, ink, 12.0, anchor="middle")] if words else []


def _unit(placed: _Placed, number: int, y: float) -> list[Item]:
    """A circle with its symbol, x₁, h₁ or y₁, and its name beside it, if it has one."""
    column, x = placed.column, placed.x
    items: list[Item] = [Disc(x, y, placed.radius, "unit", told=_unit_name(column, number))]
    symbol = _symbol(column, number)
    if width(symbol, 11.0) < 2 * placed.radius - 4:
        items.append(Text(x, y + 4.0, symbol, "ink", 11.0, anchor="middle"))
    if column.names:
        side, anchor = (-1, "end") if column.layer is None else (1, "start")
        items.append(Text(x + side * (placed.radius + 8.0), y + 4.0, column.names[number - 1], "ink", anchor=anchor))
    return items


def _symbol(column: Column, number: int) -> str:
    letter = "x" if column.layer is None else "y" if column.role == "output" else "h"
    return letter if column.units == 1 else f"{letter}{str(number).translate(_SUBSCRIPTS)}"


def _unit_name(column: Column, number: int) -> str:
    return column.names[number - 1] if column.names else f"{column.role}, unit {number}"


def _scale(x: float, full: float, y: float) -> list[Item]:
    """What colour and width of the lines mean: the largest negative weight, 0, and the largest."""
    items: list[Item] = [Text(x, y, "weights", "ink-soft", 11.0)]
    x = items[0].box.right + 12.0
    for strength, words in ((-1.0, f"−{quantity(full)}"), (0.0, "0"), (1.0, quantity(full))):
        items.append(Edge(x, y - 4.0, x + 26.0, y - 4.0, strength, words, "key"))
        items.append(Text(x + 32.0, y, words, "ink-soft", 11.0))
        x = items[-1].box.right + 16.0
    return items


# --- words -------------------------------------------------------------------------------------------------------


def _title(shown: Sequence[Column]) -> str:
    """3 → 3 → 1"""
    return " → ".join("…" if column.hidden else f"{column.units:,}" for column in shown)


def _left_out(shown: Sequence[Column]) -> Iterator[str]:
    biases = sum(
        layer.parameters["bias"].size
        for column in shown
        for layer in ([] if column.layer is None else [column.layer])
        if "bias" in layer.parameters
    )
    if biases:
        yield count(biases, "bias").replace("biass", "biases")
    for column in shown:
        yield from (f"the parameters of {layer!r}, a shortcut" for layer in column.added if layer.trains)
        missing = (column.units or 0) - len(_slots(column.units or 0))
        if missing:
            yield f"{missing:,} units of {column.role} and their weights"
        if column.hidden:
            yield f"{count(column.hidden, 'column')}, {column.role}"


def _spoken(columns: Sequence[Column], total: str) -> str:
    """The drawing in words, for those who do not see it."""
    sentences = [f"Input: {_contents(columns[0])}{_then(columns[0])}."]
    for column in columns[1:]:
        owns = f", with {_parameters(column)}" if _parameters(column) else ""
        sentences.append(
            f"{column.role.capitalize()}: {column.layer!r} makes {_contents(column)}{owns}{_then(column)}."
        )
    return " ".join([*sentences, f"{total} in all."])


def _then(column: Column) -> str:
    return "".join(
        f", plus the shortcut {layer!r}" if layer in column.added else f", then {layer!r}" for layer in column.after
    )


def _contents(column: Column) -> str:
    return count(column.units or 0, "feature" if column.layer is None else "unit")


def _shape(column: Column) -> str:
    """The shape of what a column holds for N samples."""
    return "" if column.hidden else f"(N, {column.units})"


def _parameters(column: Column) -> str:
    if column.parameters:
        return count(column.parameters, "parameter")
    return "shared parameters" if column.shared else ""


def _layer_lines(column: Column) -> list[tuple[str, str]]:
    """The layers of a column, for the lines below it, each with its ink."""
    lines = [] if column.layer is None else [(text, "ink") for text in _wrapped(column.layer)]
    for layer in column.after:
        lines += [("+ shortcut", "accent")] if layer in column.added else []
        lines += [(text, "accent") for text in _wrapped(layer)]
    return lines


def _wrapped(layer: Layer) -> list[str]:
    """`Linear(784, 128, bias=False)`, in lines that break after commas; a layer without settings is its bare name."""
    return broken(repr(layer).removesuffix("()"), 180.0, 12.0, most=4)
