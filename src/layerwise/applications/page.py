"""The report of an application: one page with its pictures in it, which needs no other file and no network."""

from __future__ import annotations

import base64
import io
from html import escape
from pathlib import Path

from layerwise import files
from layerwise.applications.account import Account, Film, Picture, Table
from layerwise.plots import save_figure, style

_LOOK = f"""
body {{ background: {style.GROUND}; color: {style.INK}; font: 16px/1.55 "DejaVu Sans", Verdana, sans-serif;
  max-width: 46rem; margin: 2.5rem auto; padding: 0 1.2rem; }}
h1 {{ font-size: 1.5rem; font-weight: 600; margin-bottom: .2rem; }}
h2 {{ font-size: 1.1rem; font-weight: 600; margin-top: 2.2rem; }}
p.question {{ color: {style.INK_SOFT}; margin-top: 0; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-top: 1px solid {style.LINE}; }}
th {{ font-weight: 400; color: {style.INK_SOFT}; white-space: nowrap; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
tr.network td {{ font-weight: 600; }}
figure {{ margin: 1.6rem 0; }}
img {{ width: 100%; border: 1px solid {style.LINE}; }}
figcaption {{ color: {style.INK_SOFT}; font-size: .9rem; }}
pre {{ background: {style.SURFACE}; border: 1px solid {style.LINE}; padding: .8rem 1rem; white-space: pre-wrap; }}
"""


def write(account: Account, folder: Path) -> Path:
    """Write report.html, and beside it each picture as PNG and each film as GIF. Returns the path of the page.

    folder: it must be there. Raises FileError.
    """
    for picture in account.pictures:
        save_figure(picture.axes, folder / f"{picture.name}.png")
    for film in account.films:
        files.replace(folder / f"{film.name}.gif", [film.content])
    page = folder / "report.html"
    files.replace(page, [html(account).encode()])
    return page


def html(account: Account) -> str:
    """The page as text."""
    facts = "".join(f"<tr><th>{escape(title)}</th><td>{escape(text)}</td></tr>" for title, text in account.titled)
    tables = "".join(map(_table, account.tables))
    findings = "".join(f"<p>{escape(sentence)}</p>" for sentence in account.findings)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(account.name)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_LOOK}</style>'
        f'<h1>{escape(account.name.capitalize())}</h1><p class="question">{escape(account.question)}</p>'
        f"<h2>What was done</h2><table>{facts}</table>"
        f"<h2>What was found</h2>{tables}{findings}"
        f"{''.join(map(_figure, account.pictures))}{''.join(map(_moving, account.films))}"
        f"<h2>For you</h2><pre>{escape(chr(10).join(account.own))}</pre></html>"
    )


def _table(table: Table) -> str:
    rows = "".join(
        f'<tr{" class=network" if number == 0 else ""}><td>{escape(name)}</td><td class="number">{escape(value)}</td>'
        f"<td>{escape(beside)}</td></tr>"
        for number, (name, value, beside) in enumerate(table.rows)
    )
    return f"<p>{escape(table.metric)}</p><table>{rows}</table>"


def _figure(picture: Picture) -> str:
    content = io.BytesIO()
    figure = picture.axes.get_figure(root=True)
    figure.savefig(content, format="png", facecolor=figure.get_facecolor(), metadata={"Software": None})
    return _shown(content.getvalue(), "png", picture.caption)


def _moving(film: Film) -> str:
    return _shown(film.content, "gif", film.caption)


def _shown(content: bytes, kind: str, words: str) -> str:
    image, caption = base64.b64encode(content).decode(), escape(words)
    return (
        f'<figure><img alt="{caption}" src="data:image/{kind};base64,{image}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
