"""A drawing as SVG: text, made of what is there and nothing from elsewhere; readable on light and on dark pages."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from layerwise.plots import style
from layerwise.plots.drawing.items import Cells, Disc, Edge, Item, Line, Rect, Sheet, Text
from layerwise.plots.drawing.letters import FONTS

_LIGHT = style.LIGHT.tokens()
_ROUND = 7.0
_PALEST = 0.38
"""How strong the colour of a weight of 0 is: its line is there to be seen."""
_INKS = {
    "ink": "--ink",
    "ink-soft": "--ink-soft",
    "ink-faint": "--ink-faint",
    "accent": "--accent",
}
_FILLS = {
    "block": ("--surface", "--line-strong"),
    "light": ("--sunken", "--line"),
    "inner": ("--ground", "--line"),
    "frame": ("none", "--line-strong"),
    "join": ("--sunken", "--line-strong"),
    "unit": ("--surface", "--ink-soft"),
    "sign": ("--surface", "--line-strong"),
    "port": ("--accent-tint", "--accent"),
    "dot": ("--ink-soft", "none"),
}
"""Fill and outline of each kind, by the names of their tokens."""
_STROKES = {"flow": "--ink-soft", "skip": "--accent", "loop": "--accent", "link": "--accent", "axis": "--line-strong"}
_DASHED = {"link": ' stroke-dasharray="4 3"', "frame": ' stroke-dasharray="5 4"'}


def svg(sheet: Sheet) -> str:
    """The drawing as the text of an SVG file.

    Colours are those of light paper, and of dark paper where the page or the system asks for it. Every text says how
    wide it is, so that another font moves nothing. Title and description are there for screen readers.
    """
    name = f"net-{zlib.crc32((sheet.title + sheet.spoken).encode()):08x}"  # two in one page need different names
    width, height = f"{sheet.width:g}", f"{sheet.height:g}"
    fluid = f"width:100%;min-width:{round(0.75 * sheet.width)}px;max-width:{width}px;height:auto"
    spoken = sheet.title.replace("→", "to").replace("…", "and so on")
    # Words lie on top of lines, and lines below boxes, so that none runs through another.
    order = sorted(sheet.items, key=lambda item: _depth(item))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="layerwise-drawing" role="img" '
            f'aria-labelledby="{name}-title {name}-text" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" style="{fluid}" font-family={quoteattr(FONTS)}>',
            f'<title id="{name}-title">{escape(spoken)}</title>',
            f'<desc id="{name}-text">{escape(sheet.spoken)}</desc>',
            f"<style>{style.theme('.layerwise-drawing', _used(order))}</style>",
            f'<rect width="{width}" height="{height}" rx="10" {_paint("fill", "--ground")}/>',
            *map(_written, order),
            "</svg>\n",
        ]
    )


def _depth(item: Item) -> int:
    if isinstance(item, Rect):
        return {"frame": 0, "inner": 4}.get(item.kind, 2)
    if isinstance(item, Edge | Line):
        return 1 if isinstance(item, Edge) or item.kind == "link" else 3 if item.kind != "flow" else 5
    return 6 if isinstance(item, Disc | Cells) else 7


def _used(items: Sequence[Item]) -> list[str]:
    """The tokens that the drawing needs."""
    found = {"--ground"}
    for item in items:
        match item:
            case Text(ink=ink):
                found.add(_INKS[ink])
            case Line(kind=kind):
                found.add(_STROKES[kind])
            case Edge():
                found |= {"--negative", "--positive", "--zero", "--serious"}
            case Rect(kind=kind) | Disc(kind=kind):
                found |= set(_FILLS[kind]) - {"none"}
    return sorted(found)


def _paint(what: str, token: str) -> str:
    """A colour that follows the page; where the page takes style sheets away, the colour of light paper."""
    if token == "none":
        return f'{what}="none"'
    return f'{what}="{_LIGHT[token]}" style="{what}:var({token})"'


def _both(fill: str, stroke: str) -> str:
    styles = [f"{what}:var({token})" for what, token in (("fill", fill), ("stroke", stroke)) if token != "none"]
    light = [f'{what}="{_LIGHT.get(token, "none")}"' for what, token in (("fill", fill), ("stroke", stroke))]
    return f'{" ".join(light)} style="{";".join(styles)}"'


def _written(item: Item) -> str:
    match item:
        case Text():
            return _text(item)
        case Rect():
            return _rect(item)
        case Line():
            return _line(item)
        case Disc():
            return _disc(item)
        case Cells():
            return _cells(item)
    return _edge(item)


def _text(item: Text) -> str:
    more = ' font-weight="700"' if item.bold else ""
    more += f' text-anchor="{item.anchor}"' if item.anchor != "start" else ""
    return (
        f'<text x="{item.x:.6g}" y="{item.y:.6g}" font-size="{item.size:g}"{more} textLength="{item.width:.5g}" '
        f'lengthAdjust="spacingAndGlyphs" {_paint("fill", _INKS[item.ink])}>{escape(item.words)}</text>'
    )


def _told(words: str) -> str:
    return f"><title>{escape(words)}</title>" if words else ""


def _rect(item: Rect) -> str:
    left, top, right, bottom = item.box
    corner = {"light": 11, "frame": 10, "join": 11, "inner": 4}.get(item.kind, 6)
    fill, stroke = _FILLS[item.kind]
    told = f"{_told(item.told)}</rect>" if item.told else "/>"
    mark = f' data-address="{escape(item.address)}"' if item.address else ""
    return (
        f'<rect class="{item.kind}"{mark} x="{left:.6g}" y="{top:.6g}" width="{right - left:.6g}" '
        f'height="{bottom - top:.6g}" rx="{corner}"{_DASHED.get(item.kind, "")} {_both(fill, stroke)}{told}'
    )


def _disc(item: Disc) -> str:
    fill, stroke = _FILLS[item.kind]
    told = f"{_told(item.told)}</circle>" if item.told else "/>"
    thick = ' stroke-width="1.4"' if item.kind == "unit" else ""
    return (
        f'<circle class="{item.kind}" cx="{item.x:.6g}" cy="{item.y:.6g}" r="{item.radius:g}"{thick} '
        f"{_both(fill, stroke)}{told}"
    )


def _cells(item: Cells) -> str:
    left, top, right, bottom = item.box
    data = base64.b64encode(item.png).decode()
    return (
        f'<image x="{left:.6g}" y="{top:.6g}" width="{right - left:.6g}" height="{bottom - top:.6g}" '
        f'preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
    )


def _edge(item: Edge) -> str:
    """Colour and width say the sign and the size of the weight; one that is no number is dashed."""
    size = min(1.0, abs(item.strength)) if item.strength == item.strength else 1.0
    token = "--positive" if item.strength >= 0 else "--negative"
    share = round(100 * (_PALEST + (1 - _PALEST) * size))
    light = style.mix(_LIGHT[token], _LIGHT["--zero"], share / 100)
    paint = f'stroke="{light}" style="stroke:color-mix(in oklab,var({token}) {share}%,var(--zero))"'
    if item.strength != item.strength:
        paint = f'stroke-dasharray="3 3" {_paint("stroke", "--serious")}'
    return (
        f'<path class="{item.kind}" d="M{item.x1:.6g} {item.y1:.6g}L{item.x2:.6g} {item.y2:.6g}" {paint} '
        f'stroke-width="{0.7 + 3.3 * size:.3g}"><title>{escape(item.told)}</title></path>'
    )


def _line(item: Line) -> str:
    path = _path(item.points)
    if item.head:
        path += _head(item.points)
    thick = ' stroke-width="1.4"' if item.kind != "flow" else ""
    stroke = _STROKES[item.kind]
    return (
        f'<path class="{item.kind}" d="{path}" fill="none"{thick}{_DASHED.get(item.kind, "")} '
        f"{_paint('stroke', stroke)}/>"
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Straight ways with round corners."""
    parts = [f"M{points[0][0]:.6g} {points[0][1]:.6g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        start, end = _towards(corner, before), _towards(corner, after)
        parts.append(f"L{start[0]:.6g} {start[1]:.6g}Q{corner[0]:.6g} {corner[1]:.6g} {end[0]:.6g} {end[1]:.6g}")
    return "".join([*parts, f"L{points[-1][0]:.6g} {points[-1][1]:.6g}"])


def _towards(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """A point a little on the way."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = abs(dx) + abs(dy)
    share = min(_ROUND, length / 2) / length if length else 0.0
    return start[0] + share * dx, start[1] + share * dy


def _head(points: Sequence[tuple[float, float]]) -> str:
    """The tip of an arrow, in the direction of the last way."""
    (x0, y0), (x, y) = points[-2:]
    if x == x0:
        back = -5.0 if y > y0 else 5.0
        return f"M{x - 3.5:.6g} {y + back:.6g}L{x:.6g} {y:.6g}L{x + 3.5:.6g} {y + back:.6g}"
    back = -5.0 if x > x0 else 5.0
    return f"M{x + back:.6g} {y - 3.5:.6g}L{x:.6g} {y:.6g}L{x + back:.6g} {y + 3.5:.6g}"
