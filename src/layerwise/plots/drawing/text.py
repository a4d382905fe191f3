"""A drawing in letters, for a terminal: one line a layer, rails at the left for ways around and side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from layerwise.layers import MultiheadAttention
from layerwise.layers.recurrent_base import Recurrent
from layerwise.plots.drawing.structure import Again, Block, Branches, Group, Part, Repeat, Row, Skip
from layerwise.plots.drawing.words import call, carried, formula_of, remarks, shape_words, ties
from layerwise.types import Shape

_WIDTH, _NARROWEST = 80, 24


class _Line(NamedTuple):
    """The rails and the words of a line, and what stands in its columns."""

    left: str
    parameters: str = ""
    shape: str = ""


def text_of(row: Row, shape: Shape | None, title: str, below: str) -> str:
    """The drawing of blocks in letters: addresses as in the picture, parameters, and the shape that each makes."""
    lines = [_Line("│ input", shape=shape_words(shape) or "any shape")]
    lines += _row(row, "")
    lines.append(_Line("▼ output", shape=shape_words(row.after) or "any shape"))
    numbers, shapes = (max(len(line[k]) for line in lines) for k in (1, 2))
    room = max(_NARROWEST, _WIDTH - 6 - numbers - shapes)
    left = min(room, max(len(line.left) for line in lines if line.parameters or line.shape))
    rows = [_aligned(line, left, numbers) for line in lines]
    head = f"{title}{below.rjust(max(map(len, rows)) - len(title))}" if len(title) + len(below) < 70 else title
    out = list(dict.fromkeys(remarks(row)))
    return "\n".join([head, "", *rows, *([f"Not drawn: {', '.join(out)}."] if out else [])])


def _aligned(line: _Line, left: int, numbers: int) -> str:
    words = line.left
    if (line.parameters or line.shape) and len(words) > left:
        words = f"{words[: left - 1]}…"
    return f"  {words.ljust(left)}  {line.parameters.rjust(numbers)}  {line.shape}".rstrip()


def _row(row: Row, rail: str) -> Iterator[_Line]:
    widest = max((len(part.address) for part in row.parts if isinstance(part, Block)), default=0)
    for part in row.parts:
        yield from _block(part, rail, widest) if isinstance(part, Block) else _part(part, rail)


def _part(part: Part, rail: str) -> Iterator[_Line]:
    match part:
        case Again(of=of):
            yield _Line(f"{rail}◌ through {of} again", shape=shape_words(part.after))
        case Row():
            yield from _row(part, rail)
        case Skip(body=body, shortcut=shortcut):
            yield _Line(f"{rail}├─╮ f(x)" if shortcut else f"{rail}├─╮")
            yield from _row(body, f"{rail}│ ")
            if shortcut is not None:
                yield _Line(f"{rail}├─╮ shortcut(x)")
                yield from _row(shortcut, f"{rail}│ ")
            sum_ = "shortcut(x) + f(x)" if shortcut else "x + f(x)"
            yield _Line(f"{rail}⊕─╯ {sum_}", shape=shape_words(part.after))
        case Branches(ways=ways, joined=joined):
            for number, way in enumerate(ways, 1):
                yield _Line(f"{rail}├─╮ way {number} of {len(ways)}")
                yield from _part(way, f"{rail}│ ")
            yield _Line(f"{rail}⊕─╯ {joined}", shape=shape_words(part.after))
        case Group(layer=layer, members=members, result=result):
            yield _Line(f"{rail}╭ {type(layer).__name__}{f': {result}' if result else ''}")
            for member in members:
                yield from _row(member, f"{rail}┊ ")
            yield _Line(f"{rail}╰", shape=shape_words(part.after))
        case Repeat(body=body, times=times, addresses=(first, last), same=same):
            weights = "the same weights each time" if same else "each with its own weights"
            yield _Line(f"{rail}╭ × {times:,}, {first} to {last}, {weights}")
            yield from _row(body, f"{rail}┊ ")
            yield _Line(f"{rail}╰")


def _block(block: Block, rail: str, widest: int) -> Iterator[_Line]:
    mark = "■" if block.layer.trains else "○"
    address = f"{block.address.ljust(widest)}  " if widest else ""
    words = "".join(call(block.layer))
    yield _Line(
        f"{rail}{mark} {address}{words}", f"{block.parameters:,}" if block.parameters else "", shape_words(block.after)
    )
    for more in [*_inside(block), *ties(block)]:
        yield _Line(f"{rail}│ {' ' * len(address)}{more}")


def _inside(block: Block) -> Iterator[str]:
    """What happens in a layer of several maps, and what goes from step to step."""
    layer = block.layer
    if isinstance(layer, MultiheadAttention):
        D = layer.embed_dim
        yield f"Q, K, V: {D} → {D} each"
        yield f"{formula_of(layer)}, {layer.num_heads} heads{', causal' * layer.causal}"
        yield f"output projection: {D} → {D}"
    if isinstance(layer, Recurrent):
        yield f"↺ {carried(layer)} to the next step{', and to the step before' * layer.bidirectional}"
        if layer.num_layers > 1:
            yield f"{layer.num_layers} layers, one on the other"
