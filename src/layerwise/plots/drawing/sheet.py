"""A whole drawing: a title above, the network, and below it what the picture leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from layerwise.plots.drawing.blocks import GAP, draw_row
from layerwise.plots.drawing.items import Box, Disc, Item, Line, Rect, Sheet, Text, extent
from layerwise.plots.drawing.letters import broken, width
from layerwise.plots.drawing.structure import Again, Block, Branches, Group, Part, Repeat, Row, Skip
from layerwise.plots.drawing.words import call, owned, remarks, shape_words, ties
from layerwise.types import Shape

MARGIN = 24.0
_LANE = 14.0
_NARROWEST = 260.0
_LONGEST = 300.0
"""Of the names of all features or answers."""


def composed(items: Sequence[Item], title: str, below: str, notes: Iterable[str], spoken: str) -> Sheet:
    """The items with their words above and sentences below, moved so that all of it begins at 0."""
    area = extent(items)
    across = max(area.right - area.left, width(title, 17.0, True), width(below, 13.0), _NARROWEST)
    lines = [line for note in notes for line in broken(note, across, 11.0, most=6)]
    top = MARGIN + 58.0
    slack = (across - (area.right - area.left)) / 2
    placed: list[Item] = [
        Text(MARGIN, MARGIN + 14.0, title, "ink", 17.0, True),
        Text(MARGIN, MARGIN + 34.0, below, "ink-soft", 13.0),
        *(item.moved(MARGIN + slack - area.left, top - area.top) for item in items),
    ]
    y = top + area.bottom - area.top + 22.0
    placed += [Text(MARGIN, y + 16.0 * number, line, "ink-faint", 11.0) for number, line in enumerate(lines)]
    height = (y + 16.0 * (len(lines) - 1) + 4.0 if lines else y - 22.0) + MARGIN
    return Sheet(tuple(placed), round(across + 2 * MARGIN), round(height), title, spoken)


def block_sheet(
    row: Row, shape: Shape | None, title: str, below: str, inputs: Sequence[str] = (), outputs: Sequence[str] = ()
) -> Sheet:
    """The drawing of blocks, from the input at the top to the output at the bottom, with names, if these have any."""
    drawn = draw_row(row)
    bottom = drawn.height + GAP
    ends: list[Item] = [*_names(inputs, -GAP - 25.0), *_end("input", shape, -GAP - 8.0)]
    ends += [Line(((0.0, -GAP), (0.0, 0.0))), Line(((0.0, drawn.height), (0.0, bottom)))]
    ends += [*_end("output", row.after, bottom + 14.0), *_names(outputs, bottom + 31.0)]
    items = [*drawn.items, *ends]
    items += _links(items, -drawn.left)
    return composed(items, title, below, not_drawn(remarks(row)), _spoken(row, shape, below))


def not_drawn(left_out: Iterable[str]) -> list[str]:
    """What a picture leaves out, in one sentence; none where it leaves out nothing."""
    out = list(dict.fromkeys(left_out))
    return [f"Not drawn: {', '.join(out)}."] if out else []


def _end(role: str, shape: Shape | None, y: float) -> list[Item]:
    words = shape_words(shape) or "of any shape"
    whole = width(role, 12.0, True) + 6.0 + width(words, 11.0)
    start = -whole / 2
    name = Text(start, y, role, "ink", 12.0, True)
    return [name, Text(start + name.width + 6.0, y, words, "ink-soft", 11.0)]


def _names(names: Sequence[str], y: float) -> list[Item]:
    """The names of features or answers in a line, as many as fit, and how many there are beside these."""
    shown = list(names)
    while shown and width(_listed(shown, len(names)), 11.0) > _LONGEST:
        shown.pop()
    words = _listed(shown, len(names)) if shown else ""
    return [Text(0.0, y, words, "ink-soft", 11.0, anchor="middle")] if words else []


def _listed(shown: Sequence[str], count: int) -> str:
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def _links(items: Sequence[Item], left: float) -> list[Item]:
    """A line at the left from where data go through a layer again to its box, where nothing is in the way."""
    boxes = {item.address: item.box for item in items if isinstance(item, Rect) and item.address}
    found: list[Item] = []
    lane = left - _LANE
    for port in [item for item in items if isinstance(item, Disc) and item.kind == "port"]:
        home = boxes.get(port.address)
        if home is None:
            continue
        y = (home.top + home.bottom) / 2
        line = Line(((port.x - port.radius, port.y), (lane, port.y), (lane, y), (home.left, y)), "link")
        ways = [Box(lane, port.y - 1, port.x - port.radius, port.y + 1), Box(lane, y - 1, home.left, y + 1)]
        if not any(box.meets(way) for box in [*boxes.values(), *_ways_of(items)] for way in ways):
            found.append(line)
            lane -= _LANE
    return found


def _ways_of(items: Sequence[Item]) -> Iterator[Box]:
    """Every straight way of every line, as thin as it is."""
    for item in items:
        for (a, b), (c, d) in pairwise(item.points) if isinstance(item, Line) else ():
            yield Box(min(a, c) - 0.5, min(b, d) - 0.5, max(a, c) + 0.5, max(b, d) + 0.5)


def _spoken(row: Row, shape: Shape | None, below: str) -> str:
    """The drawing in words, for those who do not see it."""
    start, end = (shape_words(each) or "any shape" for each in (shape, row.after))
    return f"Input: {start}. {_told(row)} Output: {end}. {below} in all."


def _told(part: Part) -> str:
    match part:
        case Block():
            return _sentence(part)
        case Again(of=of):
            return f"Through {of} again."
        case Row(parts=parts):
            return " ".join(map(_told, parts))
        case Skip(body=body, shortcut=None):
            return f"To what comes in is added: [{_told(body)}]"
        case Skip(body=body, shortcut=Row() as shortcut):
            return f"Added up are: [{_told(body)}] and the shortcut [{_told(shortcut)}]"
        case Branches(ways=ways, joined=joined):
            return f"Side by side, then {joined}: {', '.join(f'[{_told(way)}]' for way in ways)}."
        case Group(layer=layer, members=members):
            return f"In {type(layer).__name__}: {', '.join(f'[{_told(member)}]' for member in members)}."
        case Repeat(body=body, times=times):
            return f"{times:,} times: [{_told(body)}]"
    raise AssertionError(part)


def _sentence(block: Block) -> str:
    parts = [f"{block.address} {''.join(call(block.layer))}".strip()]
    made = shape_words(block.after)
    parts += [f"makes {made}"] if made else []
    parts += [f"with {owned(block)}"] if owned(block) else []
    return f"{', '.join([*parts, *ties(block)])}."
