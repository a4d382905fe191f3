"""The report of an application: one page with its pictures in it, which needs no other file and no network."""

from __future__ import annotations

import io
from pathlib import Path

from layerwise import files, pages
from layerwise.applications.account import Account, Film, Picture, Table
from layerwise.pages import Markup, element, joined
from layerwise.pages.image import address_of
from layerwise.plots import save_figure


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
    facts = [(element("span", title, class_="soft"), text) for title, text in account.titled]
    return pages.page(
        account.name,
        element("h1", account.name.capitalize()),
        element("p", account.question, class_="lead"),
        element("h2", "What was done"),
        pages.table(facts, class_="facts"),
        element("h2", "What was found"),
        *map(_table, account.tables),
        *(element("p", sentence) for sentence in account.findings),
        *map(_figure, account.pictures),
        *map(_moving, account.films),
        element("h2", "For you"),
        element("pre", "\n".join(account.own), class_="folds"),
    )


def _table(table: Table) -> Markup:
    """The network is the first row, and strong."""
    own, *others = table.rows
    rows = [[element("b", cell) for cell in own], *others]
    return joined(element("p", table.metric), pages.table(rows, figures=[1]))


def _figure(picture: Picture) -> Markup:
    content = io.BytesIO()
    figure = picture.axes.get_figure(root=True)
    figure.savefig(content, format="png", facecolor=figure.get_facecolor(), metadata={"Software": None})
    return _shown(address_of(content.getvalue()), picture.caption)


def _moving(film: Film) -> Markup:
    return _shown(address_of(film.content, "gif"), film.caption)


def _shown(address: Markup, caption: str) -> Markup:
    return element("figure", element("img", alt=caption, src=address), element("figcaption", caption))
