"""Rows in which the same comes again and again, folded: it is drawn once, and the number of times is said."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from layerwise.plots.drawing.structure import Again, Block, Branches, Group, Part, Repeat, Row, Skip, blocks_in

_LONGEST = 64
"""Blocks of a period that is looked for: longer ones are hardly seen as one."""
_WORTH = 4
"""Two times are folded where that spares so many blocks; three times always."""


def folded(row: Row) -> Row:
    """The row with every stretch of equal parts as one `Repeat`, and so in the rows inside it.

    Equal is what has the same make, settings and shapes, whatever the weights.

    >>> import layerwise as lw
    >>> from layerwise.plots.drawing.structure import structure
    >>> row, _ = structure(lw.Network(*[lw.Linear(4, 4) for _ in range(12)]))
    >>> [(part.times, part.addresses) for part in folded(row).parts]
    [(12, ('0', '11'))]
    """
    parts = _together([_within(part) for part in row.parts])
    return replace(row, parts=tuple(parts))


def _within(part: Part) -> Part:
    match part:
        case Skip(body=body, shortcut=shortcut):
            return replace(part, body=folded(body), shortcut=None if shortcut is None else folded(shortcut))
        case Branches(ways=ways):
            return replace(part, ways=tuple(_together([folded(way) if isinstance(way, Row) else way for way in ways])))
        case Group(members=members):
            return replace(part, members=tuple(folded(member) for member in members))
    return part


def _together(parts: Sequence[Part]) -> list[Part]:
    """Equal neighbours as one. A row of weights that is gone through again comes before rows of equal make."""
    return _stretches(_stretches(parts, [_identity(part) for part in parts], same=True), None, same=False)


def _stretches(parts: Sequence[Part], keys: Sequence[Hashable] | None, same: bool) -> list[Part]:
    keys = [_make(part) for part in parts] if keys is None else keys
    found: list[Part] = []
    start = 0
    while start < len(parts):
        period, times = _period(keys, start)
        body = parts[start : start + period]
        blocks = sum(1 for part in body for _ in blocks_in(part))
        learns = any(block.layer.trains for part in body for block in blocks_in(part))
        few, enough = (2, learns) if same else (3, True)
        if enough and (times >= few or (times == 2 and blocks >= _WORTH)):
            last = parts[start + period * times - 1]
            row = Row(tuple(body), body[-1].after)
            found.append(Repeat(row, times, (_first(body[0]), _last(last)), same, row.after))
            start += period * times
        else:
            found.append(parts[start])
            start += 1
    return found


def _period(keys: Sequence[Hashable], start: int) -> tuple[int, int]:
    """How long the row is that comes again from here, and how many times: what covers most, the shortest of them."""
    best = (1, 1)
    for period in range(1, min(_LONGEST, (len(keys) - start) // 2) + 1):
        times = 1
        first = keys[start : start + period]
        while keys[start + period * times : start + period * (times + 1)] == first:
            times += 1
        if times > 1 and period * times > best[0] * best[1]:
            best = (period, times)
    return best


def _identity(part: Part) -> Hashable:
    """Which weights it has; what learns nothing is as good as any other of its make."""
    layer = getattr(part, "layer", None)
    return ("weights", id(layer)) if layer is not None and layer.trains else _make(part)


def _make(part: Part) -> Hashable:
    """What two parts have in common if they are drawn alike."""
    match part:
        case Block(layer=layer, before=before, after=after, parameters=parameters, shared=shared):
            return ("block", repr(layer), before, after, parameters, shared)
        case Again(of=of):
            return ("again", of)
        case Row(parts=parts):
            return ("row", *map(_make, parts))
        case Skip(body=body, shortcut=shortcut):
            return ("skip", _make(body), None if shortcut is None else _make(shortcut))
        case Branches(ways=ways, joined=joined):
            return ("branches", joined, *map(_make, ways))
        case Group(layer=layer, members=members):
            return ("group", type(layer), *map(_make, members))
        case Repeat(body=body, times=times, same=same):
            return ("repeat", _make(body), times, same)


def _first(part: Part) -> str:
    if isinstance(part, Row):
        return _first(part.parts[0])
    return part.addresses[0] if isinstance(part, Repeat) else part.address


def _last(part: Part) -> str:
    if isinstance(part, Row):
        return _last(part.parts[-1])
    return part.addresses[1] if isinstance(part, Repeat) else part.address
