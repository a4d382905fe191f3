"""Text can not become markup, whatever it holds and wherever it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.support.html import Read

from layerwise.pages import NOTHING, Markup, element, joined

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NASTY = st.one_of(
    WORDS, st.sampled_from(["</p><script>x()</script>", '" onclick="x()', "&amp;", "<!--", "\x00\x1b[2J", "'"])
)


def seen(text: str) -> str:
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "?" for letter in text)


@given(text=NASTY, attribute=NASTY)
def test_what_goes_in_as_text_comes_out_as_text(text: str, attribute: str) -> None:
    read = Read(element("p", text, title=attribute, class_="small"))
    assert read.texts == {"p": [seen(text)]}
    assert read.attributes == {"p": [{"title": seen(attribute), "class": "small"}]}


@given(text=NASTY)
def test_markup_is_escaped_once(text: str) -> None:
    once = element("b", text)
    assert joined(once, NOTHING, None, once) == once + once
    assert element("p", once) == f"<p>{once}</p>"


def test_joining_plain_text_gives_markup() -> None:
    assert isinstance(joined("a"), Markup)
    assert joined("a < b", 3, 0.5) == "a &lt; b30.5"


def test_numbers_are_short_and_never_minus_zero() -> None:
    assert element("g", x=1.0, y=-0.001, z=1234.5678, n=-3) == '<g x="1" y="0" z="1234.57" n="-3"></g>'


def test_attributes_that_say_no_are_left_out() -> None:
    assert element("details", open=True, hidden=False, title=None) == "<details open></details>"
    assert element("img", alt="") == '<img alt="">'
