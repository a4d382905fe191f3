"""The few things that a drawing is made of, each at its place: rectangles, words, lines, discs, pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from layerwise.plots.drawing.letters import width

ASCENT, DESCENT = 0.76, 0.24
"""Of letters, as shares of their size; together they are a line without space around it."""


class Box(NamedTuple):
    """Left, top, right and bottom; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the insides of two boxes have a place in common.

        >>> Box(0, 0, 2, 2).meets(Box(1, 1, 3, 3)), Box(0, 0, 2, 2).meets(Box(2, 0, 4, 2))
        (True, False)
        """
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Box) -> bool:
        """Whether the other lies within this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


@dataclass(frozen=True)
class Text:
    """Words in one line. y: of the line that letters stand on. anchor: what of the words is at x."""

    x: float
    y: float
    words: str
    ink: str = "ink"
    size: float = 12.0
    bold: bool = False
    anchor: str = "start"

    @property
    def width(self) -> float:
        return width(self.words, self.size, self.bold)

    @property
    def box(self) -> Box:
        left = self.x - self.width * {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor]
        return Box(left, self.y - ASCENT * self.size, left + self.width, self.y + DESCENT * self.size)

    def moved(self, dx: float, dy: float) -> Text:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True)
class Rect:
    """kind: "block" of a layer that learns, "light" of one that learns nothing, "inner" of a part of a layer, "frame"
    around what belongs together, "join" where ways meet. address: of its layer. told: for who points at it."""

    box: Box
    kind: str
    address: str = ""
    told: str = ""

    def moved(self, dx: float, dy: float) -> Rect:
        left, top, right, bottom = self.box
        return replace(self, box=Box(left + dx, top + dy, right + dx, bottom + dy))


@dataclass(frozen=True)
class Line:
    """From point to point, with round corners. kind: "flow" of data, "skip" around layers, "loop" from step to step,
    "link" between two places of one layer, "axis" of an array. head: whether it ends in an arrow."""

    points: tuple[tuple[float, float], ...]
    kind: str = "flow"
    head: bool = True

    @property
    def box(self) -> Box:
        xs, ys = zip(*self.points, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))

    def moved(self, dx: float, dy: float) -> Line:
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))


@dataclass(frozen=True)
class Disc:
    """A circle. kind: "unit", "sign" where numbers are added, "port" of a layer that stands elsewhere (`address`), or
    "dot" of what is left out. told: for who points at it."""

    x: float
    y: float
    radius: float
    kind: str
    address: str = ""
    told: str = ""

    @property
    def box(self) -> Box:
        return Box(self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)

    def moved(self, dx: float, dy: float) -> Disc:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True)
class Edge:
    """One weight, from unit to unit. strength: from -1 to 1, how large it is; NaN for a weight that is no number.

    kind: "edge", or "key" of the scale below.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    strength: float
    told: str
    kind: str = "edge"

    @property
    def box(self) -> Box:
        return Box(min(self.x1, self.x2), min(self.y1, self.y2), max(self.x1, self.x2), max(self.y1, self.y2))

    def moved(self, dx: float, dy: float) -> Edge:
        return replace(self, x1=self.x1 + dx, y1=self.y1 + dy, x2=self.x2 + dx, y2=self.y2 + dy)


@dataclass(frozen=True)
class Cells:
    """A picture of pixels, as the bytes of a PNG file."""

    box: Box
    png: bytes

    def moved(self, dx: float, dy: float) -> Cells:
        left, top, right, bottom = self.box
        return replace(self, box=Box(left + dx, top + dy, right + dx, bottom + dy))


Item: TypeAlias = Text | Rect | Line | Disc | Edge | Cells


@dataclass(frozen=True)
class Drawn:
    """Items about an axis, x = 0, on which the data come in at the top, y = 0, and go out at the bottom.

    left, right: how far the items go from the axis to each side. height: down to where the data go out.
    """

    items: tuple[Item, ...]
    left: float
    right: float
    height: float

    def at(self, dx: float, dy: float) -> list[Item]:
        """The items, moved."""
        return [item.moved(dx, dy) for item in self.items]


@dataclass(frozen=True)
class Sheet:
    """A whole drawing. title: what stands above it. spoken: the drawing in words, for who does not see it."""

    items: tuple[Item, ...]
    width: float
    height: float
    title: str
    spoken: str


def extent(items: Iterable[Item]) -> Box:
    """The box around all of them."""
    boxes = [item.box for item in items]
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def words_along(x: float, y: float, runs: Sequence[tuple[str, str, float, bool]]) -> tuple[list[Text], float]:
    """Words of different looks, (words, ink, size, bold), one after the other; and where the next would begin."""
    texts = []
    for words, ink, size, bold in runs:
        texts.append(Text(x, y, words, ink, size, bold))
        x += texts[-1].width
    return texts, x
