"""Pieces of HTML for a notebook: one card that brings its own style, and takes nothing from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Sequence

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
    """The pieces in one card that is readable on light and on dark pages."""
    return f'<div class="layerwise-card"><style>{_CSS}</style>{"".join(parts)}</div>'


def escaped(text: object) -> str:
    return html.escape(str(text))


def title(words: str, more: str = "") -> str:
    """The name of what is shown, and a line below it."""
    below = f'<div class="soft">{escaped(more)}</div>' if more else ""
    return f'<div class="title">{escaped(words)}</div>{below}'


def paragraph(text: str, kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{escaped(text)}</p>"


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int] = (), raw: Collection[int] = ()
) -> str:
    """Rows of cells. head: names of the columns. right: columns of figures. raw: columns that are HTML already."""

    def row(cells: Sequence[str], tag: str) -> str:
        made = []
        for place, cell in enumerate(cells):
            side = ' class="right"' if place in right else ""
            made.append(f"<{tag}{side}>{cell if place in raw and tag == 'td' else escaped(cell)}</{tag}>")
        return f"<tr>{''.join(made)}</tr>"

    top = f"<thead>{row(head, 'th')}</thead>" if head else ""
    return f"<table>{top}<tbody>{''.join(row(cells, 'td') for cells in rows)}</tbody></table>"


def folded(words: str, inside: str) -> str:
    """What is opened with one action."""
    return f"<details><summary>{escaped(words)}</summary>{inside}</details>"


def letters(text: str) -> str:
    """Lines of a terminal, as they are."""
    return f"<pre>{escaped(text)}</pre>"
