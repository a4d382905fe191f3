"""The arithmetic of one number as MathML: fractions and roots as such, of long sums the middle counted."""

from __future__ import annotations

from collections.abc import Iterable

from layerwise.insight.explain.element import BRACKETS, LOOSE, Element, Term, middle_of
from layerwise.insight.explain.notation import number

_NAMES = {"maximum": "max", "minimum": "min", "log1p": "log1p"}


_PLUS = '<mo form="infix">+</mo>'
"""At the head of an element it would be taken for the sign of a number."""


def element_mathml(element: Element, digits: int = 4, most: int = 8) -> str:
    """The number at an index, with the numbers set in: a MathML element for each addend, so that lines may break.

    >>> element_mathml(Element("z", (0,), Term(3.0, "+", (Term(1.0), Term(2.0))), 3.0))
    '<math><msub><mi>z</mi><mn>0</mn></msub><mo>=</mo><mn>1</mn></math> <math><mo form="infix">+</mo><mn>2</mn></math> \
<math><mo>=</mo><mn>3</mn></math>'
    """
    name = f"<mi>{element.name}</mi>"
    if element.index:
        name = f"<msub>{name}{_row(f'<mn>{i}</mn>' for i in element.index)}</msub>"
    first, *others = _addends(element.term, digits, most)
    pieces = [f"{name}<mo>=</mo>{first}", *others]
    if element.term.parts:
        pieces.append(f"<mo>=</mo>{_number(element.value, digits)}")
    return " ".join(f"<math>{piece}</math>" for piece in pieces)


def _addends(term: Term, digits: int, most: int) -> list[str]:
    """What is added up, one by one, each behind the first with its sign."""
    if term.sign == "sum":
        first, *others = _terms(term, digits, most) or ["<mn>0</mn>"]
        return [first, *(f"{_PLUS}{each}" for each in others)]
    if term.sign in ("+", "-"):
        left, right = term.parts
        added = _addends(right, digits, most) if term.sign == "+" else []
        if len(added) < 2:
            sign, _, loose = BRACKETS[term.sign]
            last = _bracketed(right, _term(right, digits, most), loose)
            return [*_addends(left, digits, most), f'<mo form="infix">{"−" if sign == "-" else sign}</mo>{last}']
        return [*_addends(left, digits, most), f"{_PLUS}{added[0]}", *added[1:]]
    return [_term(term, digits, most)]


def _row(parts: Iterable[str]) -> str:
    """Parts with commas between them, as one."""
    listed = list(parts)
    return listed[0] if len(listed) == 1 else f"<mrow>{'<mo>,</mo>'.join(listed)}</mrow>"


def _number(value: float, digits: int) -> str:
    text = number(value, digits)
    mantissa, exponential, exponent = text.lstrip("-").partition("e")
    shown = f"<mn>{mantissa}</mn>"
    if exponential:
        power = f"<mn>{int(exponent)}</mn>".replace("<mn>-", "<mo>−</mo><mn>")
        shown = f"<mrow>{shown}<mo>·</mo><msup><mn>10</mn><mrow>{power}</mrow></msup></mrow>"
    return f"<mo>−</mo>{shown}" if text.startswith("-") else shown


def _term(term: Term, digits: int, most: int) -> str:
    parts = [_term(each, digits, most) for each in term.parts]
    match term.sign:
        case "":
            return _number(term.value, digits)
        case "sum" | "mean":
            return _sum(term, digits, most)
        case "negative":
            return f"<mo>−</mo>{_bracketed(term.parts[0], parts[0], LOOSE)}"
        case "/":
            return f"<mfrac><mrow>{parts[0]}</mrow><mrow>{parts[1]}</mrow></mfrac>"
        case "**":
            base = _bracketed(term.parts[0], parts[0], BRACKETS["**"][1])
            return f"<msup><mrow>{base}</mrow><mrow>{parts[1]}</mrow></msup>"
        case "+" | "-" | "*":
            sign, left, right = BRACKETS[term.sign]
            first = _bracketed(term.parts[0], parts[0], left) if term.sign == "*" else parts[0]
            second = _bracketed(term.parts[1], parts[1], right)
            return f"{first}<mo>{'−' if sign == '-' else sign}</mo>{second}"
        case "sqrt":
            return f"<msqrt><mrow>{parts[0]}</mrow></msqrt>"
        case "exp":
            return f"<msup><mi>e</mi><mrow>{parts[0]}</mrow></msup>"
        case name:
            return f"<mi>{_NAMES.get(name, name)}</mi>{_in_brackets('<mo>,</mo>'.join(parts))}"


def _in_brackets(inside: str) -> str:
    """Brackets as high as what stands in them; beside plain numbers as high as these."""
    fixed = "" if "<mfrac>" in inside or "<msup>" in inside else ' stretchy="false"'
    return f"<mrow><mo{fixed}>(</mo>{inside}<mo{fixed}>)</mo></mrow>"


def _bracketed(term: Term, text: str, loose: frozenset[str]) -> str:
    negative = term.sign == "" and text.startswith("<mo>−")
    loose_one = (term.sign in loose and len(term.parts) > 1) or term.sign == "negative"
    return _in_brackets(text) if negative or loose_one else text


def _terms(term: Term, digits: int, most: int) -> list[str]:
    """The terms of a sum, of a long one the middle counted and added up."""
    first, middle, last = middle_of(term, most)
    shown = [_bracketed(each, _term(each, digits, most), frozenset()) for each in first]
    if middle:
        rest = _number(sum(each.value for each in middle), digits)
        shown.append(f"<mrow><mo>[</mo><mtext>{len(middle)} more:&#160;</mtext>{rest}<mo>]</mo></mrow>")
    return [*shown, *(_bracketed(each, _term(each, digits, most), frozenset()) for each in last)]


def _sum(term: Term, digits: int, most: int) -> str:
    total = "<mo>+</mo>".join(_terms(term, digits, most)) or "<mn>0</mn>"
    if term.sign == "mean":
        return f"<mfrac><mrow>{total}</mrow><mn>{len(term.parts)}</mn></mfrac>"
    return total
