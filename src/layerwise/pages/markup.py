"""HTML and SVG as nested calls. Text is escaped wherever it is not marked as markup, so nobody has to think of it."""

from __future__ import annotations

import math
from html import escape
from typing import TypeAlias

_VOID = frozenset({"meta", "br", "img", "hr", "col"})


class Markup(str):
    """Text that is HTML already: made by `element` and `joined`, or by who vouches for it."""

    __slots__ = ()


NOTHING = Markup("")

Content: TypeAlias = "str | float | None"
"""What stands in an element: markup as it is, other text escaped, numbers as they are written; None: nothing."""


def element(tag: str, *content: Content, **attributes: object) -> Markup:
    """An element of HTML or SVG. The attribute `class_` is class, and `stroke_width` stroke-width.

    Attributes that are None or False are left out, one that is True has no value, and numbers get two decimals.

    >>> element("p", "1 < 2 & ", element("b", "so"), class_="small")
    '<p class="small">1 &lt; 2 &amp; <b>so</b></p>'
    >>> element("img", alt='a "word"', src="data:,"), element("line", x1=0.1 + 0.2, y1=4.0, hidden=True)
    ('<img alt="a &quot;word&quot;" src="data:,">', '<line x1="0.3" y1="4" hidden></line>')
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{joined(*content)}</{tag}>")


def joined(*content: Content) -> Markup:
    """Text and markup one after the other.

    >>> joined("a < b", element("br"), None, 3)
    'a &lt; b<br>3'
    """
    return Markup("".join(map(_written, content)))


def _written(content: Content) -> str:
    if content is None:
        return ""
    if isinstance(content, Markup):
        return content
    return escape(_seen(content)) if isinstance(content, str) else _number(content)


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    return f' {name}="{escape(_number(value) if isinstance(value, int | float) else _seen(str(value)))}"'


def _seen(text: str) -> str:
    """The text without control characters, which names from files may hold."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "?" for letter in text)


def _number(value: float) -> str:
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # + 0.0: no -0
