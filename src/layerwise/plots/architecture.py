"""The drawing of a network: units in columns, joined where a layer joins them. Plain SVG, made of text."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from layerwise.checks import require_kind
from layerwise.errors import SettingError
from layerwise.layers import Layer
from layerwise.network import Network
from layerwise.plots import style
from layerwise.plots.columns import Column, abridged, columns_of
from layerwise.types import Shape
from layerwise.wording import printable

_MOST_COLUMNS = 10
_MOST_UNITS = 8
_ENDS = 3
"""Units drawn at each end of a column that has more than fit."""

_RADIUS, _STEP = 15, 44
"""Of a unit; and from one unit to the next."""
_SHEET = 40
"""Half the side of a card."""
_GAP, _MARGIN, _TOP, _ROW = 76, 28, 138, 18
"""Between columns, around all, down to the units, and from line to line."""
_STRIP = 34
"""For the line of one residual block, with its word below."""
_LONGEST_NAME = 24
_LETTER = 7.0
"""The usual width of a letter of 12 px."""
_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif"
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def network_svg(net: Network, inputs: Sequence[str] | None = None, outputs: Sequence[str] | None = None) -> str:
    """Draw a network as SVG: input, hidden layers and output as columns of units, with names, shapes and parameters.

    Units are joined only where weights join them: each unit of a `Linear` with every one of the column before, and
    none within a column. Columns of more than 8 units show the first and last three, networks of more than 10 columns
    the first five and the last four, with the count of what is left out. Data that is no row of features, such as
    images, is a card. A line below leads from where a residual block begins to where it is added. inputs, outputs:
    names of the features and of the answers, such as columns and classes, one for each unit. Title and description are
    there for screen readers. The drawing shrinks to three quarters of its size; a narrower page should let it scroll.
    Raises SettingError for another number of names.

    >>> import layerwise as lw
    >>> svg = network_svg(lw.Network(lw.Linear(3, 3), lw.ReLU(), lw.Linear(3, 1)))
    >>> svg.count('class="edge"')     # 3 x 3 and 3 x 1
    12
    """
    require_kind("net", net, Network, "lw.Network(...)")
    columns = columns_of(net)
    _give_names(columns[0], "inputs", inputs)
    _give_names(columns[-1], "outputs", outputs)
    shown = abridged(columns, _MOST_COLUMNS)
    placed = _place(shown)
    title, total = _title(shown), _count(net.theta.size, "parameter")
    shortcuts, depth = _shortcuts(placed, _TOP + max(_height(column) for column in shown))
    bottom = _TOP + max(_height(column) for column in shown) + depth
    rows = max(len(_layer_lines(column)) for column in shown) + any(_parameters(column) for column in shown)
    body = [_connections(before, after) for before, after in pairwise(placed)]
    body += shortcuts
    body += [_column(each, bottom + _ROW + 16, rows) for each in placed]
    width = round(max(placed[-1].x + _right_width(shown[-1]), _MARGIN + 9.4 * len(title)) + _MARGIN)
    height = round(bottom + _ROW + 16 + _ROW * (rows - 1) + _MARGIN)
    return _document(width, height, title, total, _description(columns, total), body)


def _document(width: int, height: int, title: str, total: str, description: str, body: list[str]) -> str:
    name = f"net-{zlib.crc32(description.encode()):08x}"  # two drawings in one page need different names
    fluid = f"width:100%;min-width:{round(0.75 * width)}px;max-width:{width}px;height:auto"
    spoken = f"A neural network, {title.replace('→', 'to').replace('…', 'and so on')}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{name}-title {name}-text" '
            f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" style="{fluid}" '
            f'font-family={quoteattr(_FONTS)} font-size="12">',
            f'<title id="{name}-title">{escape(spoken)}</title>',
            f'<desc id="{name}-text">{escape(description)}</desc>',
            f'<rect width="{width}" height="{height}" rx="10" fill="{style.GROUND}"/>',
            _text(_MARGIN, 40, title, style.INK, 'font-size="17" font-weight="600"'),
            _text(_MARGIN, 62, total, style.INK_SOFT, 'font-size="13"'),
            '<g text-anchor="middle">',
            *body,
            "</g>",
            "</svg>\n",
        ]
    )


def _give_names(column: Column, argument: str, names: Sequence[str] | None) -> None:
    if names is None or column.units is None:
        return
    if len(names) != column.units:
        raise SettingError(f"{argument} must have a name for each of the {column.units} units, got {len(names)} names")
    column.names = tuple(printable(name, _LONGEST_NAME) for name in names)


# --- words -------------------------------------------------------------------------------------------------------


def _title(shown: list[Column]) -> str:
    """3 → 3 → 1"""
    if all(column.shape is None for column in shown):
        return "Data of any shape"
    return " → ".join("…" if column.hidden else _size(column.shape) for column in shown)


def _description(columns: list[Column], total: str) -> str:
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
    if column.shape is None:
        return "data of any shape"
    if column.units is not None:
        return _count(column.units, "feature" if column.layer is None else "unit")
    return f"{_size(column.shape)} numbers"


def _size(shape: Shape | None) -> str:
    return "?" if shape is None else " × ".join("?" if size is None else f"{size:,}" for size in shape) or "1"


def _shape(column: Column) -> str:
    """The shape of what a column holds for N samples."""
    if column.shape is None:
        return "" if column.hidden else "any shape"
    return f"({', '.join(['N', *('?' if size is None else str(size) for size in column.shape)])})"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _parameters(column: Column) -> str:
    if column.parameters:
        return _count(column.parameters, "parameter")
    return "shared parameters" if column.shared else ""


def _layer_lines(column: Column) -> list[tuple[str, str]]:
    """The layers of a column, for the lines below it, each with its colour."""
    lines = [] if column.layer is None else [(text, style.INK) for text in _wrapped(column.layer)]
    for layer in column.after:
        lines += [("+ shortcut", style.ACCENT)] if layer in column.added else []
        lines += [(text, style.ACCENT) for text in _wrapped(layer)]
    return lines


def _wrapped(layer: Layer, letters: int = 26) -> list[str]:
    """`Linear(784, 128, bias=False)`, in lines that break after commas; a layer without settings is its bare name."""
    lines = [""]
    for part in repr(layer).removesuffix("()").split(" "):
        if lines[-1] and len(lines[-1]) + len(part) > letters:
            lines.append("")
        lines[-1] += f" {part}" if lines[-1] else part
    return [line if len(line) <= 2 * letters else f"{line[: 2 * letters]}…" for line in lines[:4]]


# --- where things stand ------------------------------------------------------------------------------------------


@dataclass
class _Placed:
    """A column with its place: x and y of its middle, and the number and the y of each unit that is drawn."""

    column: Column
    x: float
    middle: float
    units: list[tuple[int, float]]


def _place(columns: list[Column]) -> list[_Placed]:
    """Columns from left to right, each as wide as its words, all centred on one line."""
    middle = _TOP + max(_height(column) for column in columns) / 2
    placed: list[_Placed] = []
    x = float(_MARGIN) + max(0.0, _names_width(columns[0]) - _half_width(columns[0]))
    for column in columns:
        half = _half_width(column)
        first = middle - _height(column) / 2 + _RADIUS
        units = [(unit, first + _STEP * slot) for slot, unit in _slots(column.units or 0)]
        placed.append(_Placed(column, round(x + half, 1), middle, units))
        x += 2 * half + _GAP
    return placed


def _slots(units: int) -> list[tuple[int, int]]:
    """Which units are drawn, each behind its slot from the top; the middle slot is left for the dots."""
    if units <= _MOST_UNITS:
        return [(unit - 1, unit) for unit in range(1, units + 1)]
    upper = [(slot, slot + 1) for slot in range(_ENDS)]
    return upper + [(_ENDS + place, units - _ENDS + place) for place in range(1, _ENDS + 1)]


def _height(column: Column) -> float:
    if column.units is None:
        return 2.0 * _SHEET
    slots = column.units if column.units <= _MOST_UNITS else 2 * _ENDS + 1
    return _STEP * (slots - 1) + 2 * _RADIUS


def _half_width(column: Column) -> float:
    words = [text for text, _ in _layer_lines(column)] + [_parameters(column), _shape(column)]
    return max(_reach(column), _LETTER * max(map(len, words)) / 2, 1.2 * _LETTER * len(column.role) / 2)


def _right_width(column: Column) -> float:
    return max(_half_width(column), _names_width(column))


def _names_width(column: Column) -> float:
    """How far the names beside the units of a column go from its middle."""
    drawn = [column.names[unit - 1] for _, unit in _slots(column.units or 0)] if column.names else []
    return _RADIUS + 8 + _LETTER * max(map(len, drawn)) if drawn else 0.0


def _reach(column: Column) -> float:
    """How far the drawing of a column goes from its middle to each side."""
    return 14.0 if column.hidden else float(_SHEET if column.units is None else _RADIUS)


# --- what is drawn -----------------------------------------------------------------------------------------------


def _connections(before: _Placed, after: _Placed) -> str:
    """Every unit with every unit where weights do that; elsewhere one arrow."""
    if after.column.joins_all and before.units and after.units:
        start, end = before.x + _RADIUS, after.x - _RADIUS
        edges = "".join(
            f'<path class="edge" d="M{start:g} {a:g}L{end:g} {b:g}"/>' for _, a in before.units for _, b in after.units
        )
        strength = 0.95 if len(before.units) * len(after.units) <= 24 else 0.6
        return f'<g stroke="{style.LINE_STRONG}" stroke-opacity="{strength}" fill="none">{edges}</g>'
    y, start, end = after.middle, before.x + _reach(before.column) + 10, after.x - _reach(after.column) - 10
    head = "" if after.column.hidden else f"M{end - 6:g} {y - 4:g}L{end:g} {y:g}L{end - 6:g} {y + 4:g}"
    return f'<path class="arrow" d="M{start:g} {y:g}H{end:g}{head}" stroke="{style.LINE_STRONG}" fill="none"/>'


def _shortcuts(placed: list[_Placed], bottom: float) -> tuple[list[str], float]:
    """A line below the columns for each residual block, and how deep all of them go."""
    ways = [(_begin(placed, start), end) for end in placed for start in end.column.starts]
    lines = []
    for number, (start, end) in enumerate(ways):
        y, tip = bottom + 14 + _STRIP * number, end.middle + _height(end.column) / 2 + 5
        lines.append(
            f'<path class="shortcut" d="M{start.x:g} {start.middle + _height(start.column) / 2 + 5:g}V{y - 8:g}'
            f"Q{start.x:g} {y:g} {start.x + 8:g} {y:g}H{end.x - 8:g}Q{end.x:g} {y:g} {end.x:g} {y - 8:g}V{tip:g}"
            f'M{end.x - 4:g} {tip + 6:g}L{end.x:g} {tip:g}L{end.x + 4:g} {tip + 6:g}" stroke="{style.ACCENT}" '
            f'stroke-width="1.4" fill="none"/>{_text((start.x + end.x) / 2, y + 15, "shortcut", style.ACCENT)}'
        )
    return lines, float(_STRIP * len(ways))


def _begin(placed: list[_Placed], start: Column) -> _Placed:
    """The place of a column, or of what stands for it, if it is left out of the drawing."""
    return next((each for each in placed if each.column is start), None) or next(
        each for each in placed if each.column.hidden
    )


def _column(placed: _Placed, first_row: float, rows: int) -> str:
    """Its role and shape above, the drawing, the layers below, the parameters of all columns in one last row."""
    column, x, middle = placed.column, placed.x, placed.middle
    parts = [
        _text(x, _TOP - 36, column.role, style.INK, 'font-size="13" font-weight="600"'),
        _text(x, _TOP - 18, _shape(column), style.INK_SOFT),
    ]
    if column.hidden:
        parts += [_dot(x + away, middle) for away in (-9, 0, 9)]
    elif column.units is None:
        parts.append(_card(column, x, middle))
    else:
        parts += [_unit(column, number, x, y) for number, y in placed.units]
        if column.units > len(placed.units):
            parts += [_dot(x, middle + away) for away in (-9, 0, 9)]
    parts += [_text(x, first_row + _ROW * row, *line) for row, line in enumerate(_layer_lines(column))]
    parts.append(_text(x, first_row + _ROW * (rows - 1), _parameters(column), style.INK_SOFT))
    return "\n".join(part for part in parts if part)


def _unit(column: Column, number: int, x: float, y: float) -> str:
    """A circle with its name; units that compute something are tinted, inputs are not."""
    computes = column.layer is not None
    fill, stroke = (style.ACCENT_TINT, style.ACCENT) if computes else (style.SURFACE, style.INK_SOFT)
    letter = {"input": "x", "output": "y"}.get(column.role, "h")
    index = "" if column.units == 1 else str(number).translate(_SUBSCRIPTS)
    name = ""
    if column.names:
        away, anchor = (_RADIUS + 8, "start") if computes else (-_RADIUS - 8, "end")
        name = _text(x + away, y + 4, column.names[number - 1], style.INK_SOFT, f'text-anchor="{anchor}"')
    return (
        f'<circle class="unit" cx="{x:g}" cy="{y:g}" r="{_RADIUS}" fill="{fill}" stroke="{stroke}" '
        f'stroke-width="1.4"/>{_text(x, y + 4, letter + index if number < 1000 else "", style.INK)}{name}'
    )


def _dot(x: float, y: float) -> str:
    return f'<circle class="dot" cx="{x:g}" cy="{y:g}" r="1.8" fill="{style.INK_SOFT}"/>'


def _card(column: Column, x: float, middle: float) -> str:
    """Data that is no row of features: a sheet, or several if it has channels."""
    sheets = (6, 3, 0) if column.shape is not None and len(column.shape) > 2 else (0,)
    side = 2 * _SHEET
    drawn = [
        f'<rect class="card" x="{x - _SHEET + away:g}" y="{middle - _SHEET - away:g}" width="{side}" height="{side}" '
        f'rx="6" fill="{style.SURFACE}" stroke="{style.INK_SOFT}" stroke-width="1.2"/>'
        for away in sheets
    ]
    return "".join([*drawn, _text(x, middle + 4, _size(column.shape), style.INK)])


def _text(x: float, y: float, words: str, colour: str, more: str = "") -> str:
    if not words:
        return ""
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}"{" " if more else ""}{more}>{escape(words)}</text>'
