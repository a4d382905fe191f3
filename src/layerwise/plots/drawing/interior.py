"""What happens inside a layer that is made of several maps: the maps of attention, the cells of a recurrent layer."""

from __future__ import annotations

from layerwise.layers import Layer, MultiheadAttention
from layerwise.layers.recurrent_base import Recurrent
from layerwise.plots.drawing.items import Box, Drawn, Item, Line, Rect, Text
from layerwise.plots.drawing.letters import width
from layerwise.plots.drawing.words import carried, formula_of

_PITCH, _PAD = 15.0, 6.0
_GAP, _BETWEEN = 20.0, 12.0
"""From one inner box down to the next, and from one to its neighbour."""
_LOOP = 13.0


def interior(layer: Layer, owns: bool) -> Drawn | None:
    """The drawing of what is inside, or None where a layer is one map. owns: whether its parameters are counted here.

    A recurrent layer is drawn once and not once a step, whatever the length of its sequences.
    """
    if isinstance(layer, MultiheadAttention):
        return _attention(layer, owns)
    if isinstance(layer, Recurrent) and len(layer.tracks) > 1:
        return _cells(layer)
    return None


def _attention(layer: MultiheadAttention, owns: bool) -> Drawn:
    """Three maps of x; every head weighs values by how its queries fit the keys; a last map mixes the heads."""
    D = layer.embed_dim
    size = [f"{D * D + D * layer.bias:,}"] if owns else []
    maps = [_inner([name, f"{D} → {D}", *size]) for name in ("Q", "K", "V")]
    heads = f"{layer.num_heads} head{'s'[: layer.num_heads != 1]}{', causal' * layer.causal}"
    middle = _inner([formula_of(layer), heads])
    last = _inner(["output projection", f"{D} → {D}", *size])
    apart = 2 * max(each.right for each in maps) + _BETWEEN
    items: list[Item] = [Line(((0.0, 0.0), (0.0, 8.0)), head=False)]
    top = 8.0 + 14.0
    bottom = top + maps[0].height
    for place, each in enumerate(maps):
        x = apart * (place - 1)
        items += [Line(((0.0, 8.0), (x, 8.0), (x, top)) if x else ((0.0, 8.0), (0.0, top)))]
        items += each.at(x, top)
        items += [Line(((x, bottom), (x, bottom + _GAP)))]
    left = max(apart + maps[0].right, middle.right)
    wide = max(left, middle.right)
    middle = _inner([formula_of(layer), heads], least=2 * wide)
    items += middle.at(0.0, bottom + _GAP)
    top = bottom + _GAP + middle.height
    items += [Line(((0.0, top), (0.0, top + _GAP))), *last.at(0.0, top + _GAP)]
    return Drawn(tuple(items), wide, wide, top + _GAP + last.height)


def _cells(layer: Recurrent) -> Drawn:
    """One cell a layer and direction, each with the way back into itself; layers from the second on are one cell."""
    rows = [("layer 1", "")]
    if layer.num_layers == 2:
        rows.append(("layer 2", ""))
    elif layer.num_layers > 2:
        rows.append((f"layers 2 to {layer.num_layers}", f"× {layer.num_layers - 1}, one on the other"))
    ways = ["to the next step", "to the step before"] if layer.bidirectional else ["to the next step"]
    states = carried(layer)
    cells = [
        [_inner([f"{name}{', backwards' * bool(way)}", *filter(None, [times]), f"{states} {words}"])
         for way, words in enumerate(ways)]
        for name, times in rows
    ]  # fmt: skip
    apart = 2 * max(cell.right for row in cells for cell in row) + _BETWEEN + 2 * _LOOP
    xs = [0.0] if len(ways) == 1 else [-apart / 2, apart / 2]
    items: list[Item] = []
    y = 0.0
    for number, row in enumerate(cells):
        items += _ways([0.0] if number == 0 else xs, xs, y)
        y += _GAP
        for x, cell in zip(xs, row, strict=True):
            side = x - cell.left if x < 0 else x + cell.right
            out = side + (-_LOOP if x < 0 else _LOOP)
            low, high = y + cell.height - 8.0, y + 8.0
            items += [*cell.at(x, y), Line(((side, low), (out, low), (out, high), (side, high)), "loop")]
        y += max(cell.height for cell in row)
    if len(xs) > 1:
        items += _ways(xs, [0.0], y)
        y += _GAP
    wide = apart / 2 if len(ways) == 1 else apart
    return Drawn(tuple(items), wide, wide, y)


def _ways(starts: list[float], ends: list[float], y: float) -> list[Line]:
    """From every start to every end: what several cells say stands side by side, and all of it goes on."""
    middle = y + _GAP / 2
    if starts == ends == [0.0]:
        return [Line(((0.0, y), (0.0, y + _GAP)))]
    lines = [Line(((x, y), (x, middle), (0.0, middle)) if x else ((0.0, y), (0.0, middle)), head=False) for x in starts]
    return lines + [
        Line(((0.0, middle), (x, middle), (x, y + _GAP)) if x else ((0.0, middle), (0.0, y + _GAP))) for x in ends
    ]


def _inner(lines: list[str], least: float = 0.0) -> Drawn:
    """A small box with its first line in bold."""
    across = max(least, *(width(line, 11.0, number == 0) + 16.0 for number, line in enumerate(lines)))
    height = 2 * _PAD + _PITCH * len(lines) - 3.0
    texts = [
        Text(0.0, _PAD + 10.0 + _PITCH * number, line, "ink-soft" if number else "ink", 11.0, number == 0, "middle")
        for number, line in enumerate(lines)
    ]
    return Drawn((Rect(Box(-across / 2, 0.0, across / 2, height), "inner"), *texts), across / 2, across / 2, height)
