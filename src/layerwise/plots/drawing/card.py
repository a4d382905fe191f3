"""The box of one layer: its address and call, what it owns, and, of some layers, what happens inside."""

from __future__ import annotations

from dataclasses import dataclass

from layerwise.layers import MultiheadAttention
from layerwise.layers.recurrent_base import Recurrent
from layerwise.plots.drawing.interior import interior
from layerwise.plots.drawing.items import Box, Drawn, Item, Line, Rect, Text
from layerwise.plots.drawing.letters import broken, width
from layerwise.plots.drawing.structure import Block
from layerwise.plots.drawing.words import call, carried, owned, ties

_ROOM = 300.0
"""The longest line in a box."""
_PITCH, _PAD, _SIDE, _SPACE = 16.0, 6.0, 11.0, 9.0
"""From line to line; above and below the lines; left and right of them; behind the address."""
_LOOP = 16.0
"""How far the way from step to step goes out of the box."""


@dataclass(frozen=True)
class Card:
    """The contents of a box: lines of (words, ink, size, bold), and a drawing below them."""

    block: Block
    lines: tuple[tuple[tuple[str, str, float, bool], ...], ...]
    inside: Drawn | None
    loop: bool

    @property
    def address_width(self) -> float:
        return width(self.block.address, 11.0)

    @property
    def lines_width(self) -> float:
        return max(sum(width(words, size, bold) for words, _, size, bold in line) for line in self.lines)


def card(block: Block) -> Card:
    """What is written into the box of a layer."""
    name, settings = call(block.layer)
    first = [(name, "ink", 12.0, True)]
    more: list[str] = []
    if width(name, 12.0, True) + width(settings, 12.0) <= _ROOM:
        first.append((settings, "ink", 12.0, False))
    else:
        more = broken(settings, _ROOM, 12.0)
    lines = [tuple(first), *(((text, "ink", 12.0, False),) for text in more)]
    for text in filter(None, [owned(block), *ties(block)]):
        lines.append(((text, "ink-soft", 11.0, False),))
    inside = interior(block.layer, block.parameters > 0)
    loop = isinstance(block.layer, Recurrent) and inside is None
    if isinstance(block.layer, Recurrent) and loop:
        lines.append(((f"{carried(block.layer)} to the next step", "accent", 11.0, False),))
    return Card(block, tuple(lines), inside, loop)


def draw(card: Card, address: float = 0.0, inner: float = 0.0) -> Drawn:
    """The box, about the middle of its width. address, inner: the least widths of its two columns."""
    address = max(address, card.address_width)
    column = address + _SPACE if address else 0.0
    across = 2 * _SIDE + column + max(inner, card.lines_width)
    if card.inside is not None:
        across = max(across, 2 * (_SIDE + max(card.inside.left, card.inside.right)))
    left = -across / 2
    items: list[Item] = [Text(left + _SIDE, _PAD + 12.0, card.block.address, "ink-faint", 11.0)]
    if not card.block.address:
        items = []
    for number, line in enumerate(card.lines):
        x = left + _SIDE + column
        for words, ink, size, bold in line:
            if words:
                items.append(Text(x, _PAD + 12.0 + _PITCH * number, words, ink, size, bold))
            x += width(words, size, bold)
    bottom = 2 * _PAD + _PITCH * len(card.lines)
    if card.inside is not None:
        items += card.inside.at(0.0, bottom)
        bottom += card.inside.height + 2 * _PAD
    learns = card.block.layer.trains or isinstance(card.block.layer, MultiheadAttention | Recurrent)
    told = f"{card.block.address}  {card.block.layer!r}".strip()
    box = Rect(Box(left, 0.0, -left, bottom), "block" if learns else "light", card.block.address, told)
    right = -left
    if card.loop:
        out, back = bottom - 9.0, 9.0
        items.append(Line(((-left, out), (-left + _LOOP, out), (-left + _LOOP, back), (-left, back)), "loop"))
        right += _LOOP + 2
    return Drawn((box, *items), -left, right, bottom)
