"""A whole page from its parts: one style sheet for all of them, both schemes, print, and nothing fetched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from layerwise.pages.markup import Content, Markup, element, joined
from layerwise.palette import DARK, LIGHT

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a browser may load for a page: pictures and styles that stand in it, and nothing else, whatever a name holds."""

_ICONS = {
    "note": '<circle cx="8" cy="8" r="6"/><path d="M8 7.4v3.4M8 5.1v.1"/>',
    "warning": '<path d="M8 2.2 14.4 13.4H1.6ZM8 6.4v3.2M8 11.4v.1"/>',
    "sick": '<path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4"/>',
    "check": '<path d="M3.5 8.5l3 3 6-7"/>',
}
_LOGO = (
    '<svg viewBox="0 0 20 20" aria-hidden="true"><rect class="paper" x=".5" y=".5" width="19" height="19" rx="4"/>'
    '<path class="wave" d="M.5 14.5C7 14.5 7 5 13 5s6.5-1 6.5-4.5v11a4 4 0 0 1-4 4h-11a4 4 0 0 1-4-4z"/></svg>'
)


class Chapter(NamedTuple):
    """A part of a page that its contents lead to. key: its address in the page. title: its heading."""

    key: str
    title: str
    content: Markup
    short: str = ""
    """What the contents call it, if not by its title."""


def page(
    title: str,
    *content: Content,
    styles: Iterable[str] = (),
    chapters: Sequence[Chapter] = (),
    opening: tuple[str, str] | None = None,
) -> str:
    """The page as text: complete, in UTF-8, without scripts, with nothing that a browser would fetch.

    title: of the window. content: what stands above the chapters. styles: style sheets beside the common one, as text.
    chapters: sections with a heading; if there are any, the contents stand beside them. opening: the address of what
    stands above them, and what the contents call it.

    >>> text = page("Few & small", element("h1", "Few & small"), chapters=[Chapter("one", "One", element("p", "It."))])
    >>> "<title>Few &amp; small</title>" in text, '<a href="#one">One</a>' in text, "script" in text
    (True, True, False)
    """
    sheet = "\n".join([colours(), style_sheet("tokens.css"), style_sheet("page.css"), *styles])
    head = [
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", title),
        element("style", Markup(sheet)),
    ]
    sections = [
        element("section", element("h2", each.title, id=f"{each.key}-title"), each.content, id=each.key,
                aria_labelledby=f"{each.key}-title")
        for each in chapters
    ]  # fmt: skip
    main = element("main", *content, *sections)
    body = element("div", _contents(chapters, opening), main, class_="book") if chapters else main
    return f'<!doctype html>\n<html lang="en">\n<head>\n{joined(*head)}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def _contents(chapters: Sequence[Chapter], opening: tuple[str, str] | None) -> Markup:
    places = [*([opening] if opening else []), *((each.key, each.short or each.title) for each in chapters)]
    links = [element("li", element("a", words, href=f"#{key}")) for key, words in places]
    brand = element("p", Markup(_LOGO), "Layerwise", class_="brand")
    return element("nav", brand, element("ol", *links), class_="contents", aria_label="Contents")


def colours() -> str:
    """The palette as custom properties of CSS, for both schemes; paper is printed on in the light one.

    >>> ":root { --ground: #fbf8f2;" in colours()
    True
    """
    light, dark = (" ".join(f"{name}: {value};" for name, value in each.tokens().items()) for each in (LIGHT, DARK))
    return f":root {{ {light} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"


@cache
def style_sheet(name: str, package: str = __package__) -> str:
    """A style sheet that lies in a package, as text."""
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


def icon(name: str) -> Markup:
    """A small drawing: "note", "warning", "sick" or "check". A word beside it says the same."""
    return element("svg", Markup(_ICONS[name]), class_=f"icon {name}", viewBox="0 0 16 16", aria_hidden="true")


def table(
    rows: Sequence[Sequence[Content]], head: Sequence[str] = (), figures: Collection[int] = (), class_: str = ""
) -> Markup:
    """Rows of cells as a table that scrolls by itself where it is too wide.

    head: of the columns. figures: the columns of figures, to the right.

    >>> table([["tree", 0.9]], head=["model", "score"], figures=[1])
    '<div class="wide"><table><tr><th scope="col">model</th><th scope="col" class="figure">score</th></tr>...
    """
    marks = dict.fromkeys(figures, "figure")
    lines = [element("tr", *(element("th", cell, scope="col", class_=marks.get(k)) for k, cell in enumerate(head)))]
    lines = lines if head else []
    lines += [element("tr", *(element("td", cell, class_=marks.get(k)) for k, cell in enumerate(row))) for row in rows]
    return element("div", element("table", *lines, class_=class_ or None), class_="wide")
