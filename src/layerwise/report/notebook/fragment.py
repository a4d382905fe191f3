"""Pieces of HTML for a notebook: one card that brings its own style, and takes nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from layerwise.pages import Markup, element, joined
from layerwise.plots import style

_TOKENS = ("--ground", "--surface", "--line", "--ink", "--ink-soft", "--accent", "--warning", "--serious", "--sunken")
# A notebook has styles of its own for tables, stronger than a class: hence the few marks of importance.
_RULES = """
.layerwise-card{background:var(--ground);color:var(--ink);padding:16px 24px;border-radius:10px;max-width:100%;
width:fit-content;box-sizing:border-box;overflow-x:auto;font:13px/20px system-ui,-apple-system,'Segoe UI',Roboto,
'Helvetica Neue','Noto Sans','DejaVu Sans',sans-serif}
.layerwise-card .title{font-size:17px;font-weight:600;line-height:24px}
.layerwise-card .soft{color:var(--ink-soft)}
.layerwise-card .wrong{color:var(--serious)}
.layerwise-card p{margin:4px 0;max-width:640px}
.layerwise-card table{border-collapse:collapse;margin:8px 0!important;font-size:12px;line-height:16px;
font-variant-numeric:tabular-nums;border:0}
.layerwise-card tr{background:none!important;border:0}
.layerwise-card th,.layerwise-card td{text-align:left!important;padding:4px 16px 4px 0!important;color:var(--ink);
border:0!important;border-bottom:1px solid var(--line)!important;vertical-align:top;white-space:normal}
.layerwise-card th{color:var(--ink-soft);font-weight:400}
.layerwise-card .right{text-align:right!important}
.layerwise-card summary{cursor:pointer;color:var(--accent);margin:4px 0}
.layerwise-card pre{color:var(--ink);background:none!important;margin:8px 0;
font:12px/16px ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre;overflow-x:auto}
.layerwise-card code{color:var(--ink);background:none!important;padding:0!important;
font:12px ui-monospace,Menlo,'DejaVu Sans Mono',monospace}
.layerwise-card .layerwise-drawing{margin:-12px 0 -12px -24px}
.layerwise-card img{image-rendering:pixelated;display:block}
"""
_CSS = style.theme(".layerwise-card", _TOKENS) + "".join(_RULES.splitlines())


def card(*parts: str) -> str:
    """The pieces in one card that is readable on light and on dark pages. parts: markup."""
    return element("div", element("style", Markup(_CSS)), *map(Markup, parts), class_="layerwise-card")


def escaped(text: object) -> Markup:
    """Any text as markup."""
    return joined(str(text))


def title(words: str, more: str = "") -> Markup:
    """The name of what is shown, and a line below it."""
    return joined(element("div", words, class_="title"), element("div", more, class_="soft") if more else None)


def paragraph(text: str, kind: str = "") -> Markup:
    """A sentence. kind: "soft" or "wrong"."""
    return element("p", text, class_=kind or None)


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int] = (), raw: Collection[int] = ()
) -> Markup:
    """Rows of cells. head: names of the columns. right: columns of figures. raw: columns that are HTML already."""

    def row(cells: Sequence[str], tag: str) -> Markup:
        made = [Markup(cell) if place in raw and tag == "td" else str(cell) for place, cell in enumerate(cells)]
        sides = ["right" if place in right else None for place in range(len(made))]
        return element("tr", *(element(tag, cell, class_=side) for cell, side in zip(made, sides, strict=True)))

    top = element("thead", row(head, "th")) if head else None
    return element("table", top, element("tbody", *(row(cells, "td") for cells in rows)))


def folded(words: str, inside: str) -> Markup:
    """What is opened with one action. inside: markup."""
    return element("details", element("summary", words), Markup(inside))


def letters(text: str) -> Markup:
    """Lines of a terminal, as they are."""
    return element("pre", text)
