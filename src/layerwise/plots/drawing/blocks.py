"""Where everything stands in a drawing of blocks: down the page, measured before it is placed."""

from __future__ import annotations

from layerwise.plots.drawing.card import card, draw
from layerwise.plots.drawing.items import Box, Disc, Drawn, Item, Line, Rect, Text
from layerwise.plots.drawing.letters import width
from layerwise.plots.drawing.structure import Again, Block, Branches, Group, Part, Repeat, Row, Skip, blocks_in
from layerwise.plots.drawing.words import call, shape_words
from layerwise.types import Shape

GAP = 28.0
"""From one block to the next: an arrow, with the shape beside it."""
_SPLIT, _SIGN, _LANE, _PAD = 18.0, 9.0, 18.0, 12.0
"""From where ways part to what stands on them; the radius of a sum; between a way around and what it goes around; and
between a frame and what it holds."""
_BRANCH = 24.0
"""Between branches."""
_SIGNS = {"add": "+", "multiply": "×"}


def draw_row(row: Row) -> Drawn:
    """One part below the other, all boxes of one width, with an arrow and a shape between two."""
    cards = [card(part) for part in row.parts if isinstance(part, Block)]
    address = max((each.address_width for each in cards), default=0.0)
    inner = max((each.lines_width for each in cards), default=0.0)
    items: list[Item] = []
    left = right = y = 0.0
    before: Part | None = None
    for part in row.parts:
        drawn = draw(card(part), address, inner) if isinstance(part, Block) else draw_part(part)
        if before is not None:
            below = _arrow(y, before.after, _is_box(part))
            items += below.items
            right = max(right, below.right)
            y += GAP
        items += drawn.at(0.0, y)
        left, right, y = max(left, drawn.left), max(right, drawn.right), y + drawn.height
        before = part
    return Drawn(tuple(items), left, right, y)


def _is_box(part: Part) -> bool:
    """Whether an arrow ends at it; where ways part, at a frame or at a mark, the line goes on."""
    return isinstance(part, Block | Group)


def draw_part(part: Part) -> Drawn:
    match part:
        case Row():
            return draw_row(part)
        case Skip():
            return _skip(part)
        case Branches():
            return _branches(part)
        case Group():
            return _group(part)
        case Repeat():
            return _repeat(part)
        case Again():
            return _again(part)
    return draw(card(part))


def _arrow(y: float, shape: Shape | None, head: bool, x: float = 0.0, length: float = GAP) -> Drawn:
    """The way down from one part to the next, with the shape of what goes there."""
    items: list[Item] = [Line(((x, y), (x, y + length)), head=head)]
    words = shape_words(shape)
    if words:
        items.append(Text(x + 9.0, y + length / 2 + 3.5, words, "ink-soft", 11.0))
    return Drawn(tuple(items), 0.0, x + 9.0 + width(words, 11.0) if words else 0.0, length)


def _skip(part: Skip) -> Drawn:
    """A row, and the way around it on its left: a line, or the layers of the shortcut."""
    body = draw_row(part.body)
    around = None if part.shortcut is None else draw_row(part.shortcut)
    high = max(body.height, 0.0 if around is None else around.height)
    meet = _SPLIT + high + GAP + _SIGN
    out = _arrow(_SPLIT + body.height, part.body.after, True, length=high + GAP - body.height)
    items: list[Item] = [Line(((0.0, 0.0), (0.0, _SPLIT))), *body.at(0.0, _SPLIT), *out.items]
    if around is None:
        x = -(body.left + _LANE)
        items.append(Line(((0.0, 5.0), (x, 5.0), (x, meet), (-_SIGN, meet)), "skip"))
        left = -x + 3.0
    else:
        down = _SPLIT + around.height
        words = shape_words(part.shortcut.after) if part.shortcut is not None else ""
        x = -(body.left + _BRANCH + max(around.right, 9.0 + width(words, 11.0)))
        items += [Line(((0.0, 5.0), (x, 5.0), (x, _SPLIT)), "skip"), *around.at(x, _SPLIT)]
        items.append(Line(((x, down), (x, meet), (-_SIGN, meet)), "skip"))
        items.append(Text(x + 9.0, down + 17.5, words, "ink-soft", 11.0))
        left = -x + around.left
    sum_ = _sign("+", meet, "x + f(x)" if around is None else "shortcut(x) + f(x)")
    return Drawn((*items, *sum_.items), left, max(body.right, out.right, sum_.right), meet + _SIGN)


def _sign(sign: str, y: float, words: str = "") -> Drawn:
    """Where numbers are added or multiplied."""
    items: list[Item] = [Disc(0.0, y, _SIGN, "sign"), Text(0.0, y + 4.5, sign, "ink", 13.0, True, "middle")]
    if words:
        items.append(Text(_SIGN + 6.0, y + 4.0, words, "ink-soft", 11.0))
    return Drawn(tuple(items), _SIGN, _SIGN + 6.0 + width(words, 11.0), 2 * _SIGN)


def _branches(part: Branches) -> Drawn:
    """Ways side by side, and where they meet again."""
    ways = [draw_part(way) for way in part.ways]
    rights = [max(way.right, 9.0 + width(shape_words(p.after), 11.0)) for way, p in zip(ways, part.ways, strict=True)]
    xs, x = [], 0.0
    for way, right in zip(ways, rights, strict=True):
        xs.append(x + way.left)
        x += way.left + right + _BRANCH
    middle = (xs[0] + xs[-1]) / 2
    xs = [each - middle for each in xs]
    bottom = _SPLIT + max(way.height for way in ways)
    items: list[Item] = [Line(((0.0, 0.0), (0.0, 6.0)), head=False)]
    for way, inner, place in zip(ways, part.ways, xs, strict=True):
        first = inner.parts[0] if isinstance(inner, Row) else inner
        corner = ((0.0, 6.0), (place, 6.0), (place, _SPLIT)) if place else ((0.0, 6.0), (0.0, _SPLIT))
        items.append(Line(corner, head=_is_box(first)))
        items += way.at(place, _SPLIT)
        down = _SPLIT + way.height
        out = _arrow(down, inner.after, False, place, bottom + GAP - down)
        items += [each for each in out.items if isinstance(each, Text)]
        end = bottom + GAP
        items.append(
            Line(((place, down), (place, end), (0.0, end)) if place else ((0.0, down), (0.0, end)), head=False)
        )
    items.append(Line(((0.0, bottom + GAP), (0.0, bottom + GAP + 12.0))))
    join = _join(part.joined, bottom + GAP + 12.0)
    left, right = ways[0].left - xs[0], xs[-1] + rights[-1]
    return Drawn((*items, *join.items), max(left, join.left), max(right, join.right), bottom + GAP + 12.0 + join.height)


def _join(joined: str, top: float) -> Drawn:
    if joined in _SIGNS:
        return _sign(_SIGNS[joined], top + _SIGN)
    half = width(joined, 11.0) / 2 + 10.0
    box = Rect(Box(-half, top, half, top + 22.0), "join")
    return Drawn((box, Text(0.0, top + 15.0, joined, "ink", 11.0, anchor="middle")), half, half, 22.0)


def _group(part: Group) -> Drawn:
    """A frame around layers whose wiring is their container's own affair."""
    members = [draw_part(member) for member in part.members]
    name = call(part.layer)[0] if len(call(part.layer)[0]) < 40 else type(part.layer).__name__
    words = f"{name}: {part.result}" if part.result else name
    half = max(width(words, 12.0, True) / 2, *(max(each.left, each.right) for each in members)) + _PAD
    items: list[Item] = []
    y = 30.0
    for each in members:
        items += each.at(0.0, y)
        y += each.height + 10.0
    frame = Rect(Box(-half, 0.0, half, y + 2.0), "frame", part.address, words)
    title = Text(0.0, 19.0, words, "ink", 12.0, True, "middle")
    return Drawn((frame, title, *items), half, half, y + 2.0)


def _repeat(part: Repeat) -> Drawn:
    """A frame around a row that comes several times."""
    body = draw_row(part.body)
    weights = "the same weights each time" if part.same else "each with its own weights"
    learns = any(block.layer.trains for block in blocks_in(part.body))
    times = Text(11.0, 18.0, f"× {part.times:,}", "ink", 13.0, True)
    where = Text(11.0 + times.width + 8.0, 18.0, f"{part.addresses[0]} to {part.addresses[1]}", "ink-soft", 11.0)
    items: list[Item] = [times, where]
    if learns:
        items.append(Text(11.0, 33.0, weights, "ink-soft", 11.0))
    head = 24.0 + 15.0 * learns
    right = max(body.right, *(item.box.right for item in items)) + _PAD
    left = body.left + _PAD
    top = head + 14.0
    bottom = top + body.height + 14.0
    frame = Rect(Box(-left, 0.0, right, bottom), "frame", told=f"{part.times} times")
    ways = [Line(((0.0, 0.0), (0.0, top)), head=_is_box(part.body.parts[0]))]
    ways += [Line(((0.0, top + body.height), (0.0, bottom)), head=False)]
    return Drawn((frame, *ways, *items, *body.at(0.0, top)), left, right, bottom)


def _again(part: Again) -> Drawn:
    """A mark where the data go through a layer that is drawn elsewhere."""
    words = f"through {part.of} again"
    items = (Disc(0.0, 7.0, 7.0, "port", part.of, words), Text(14.0, 11.0, words, "ink", 11.0))
    return Drawn(items, 7.0, 14.0 + width(words, 11.0), 14.0)
