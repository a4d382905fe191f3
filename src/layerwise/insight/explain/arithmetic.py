"""The arithmetic of one number as MathML: fractions and roots as such, of long sums the middle counted."""

from __future__ import annotations

from collections.abc import Iterable

from layerwise.insight.explain.element import BRACKETS, LOOSE, Element, Term, middle_of
from layerwise.insight.explain.notation import number

_NAMES = {"maximum": "max", "minimum": "min", "log1p": "log1p"}


def element_mathml(element: Element, digits: int = 4, most: int = 8) -> str:
    """The number at an index, with the numbers set in, as a MathML element.

    >>> element_mathml(Element("z", (0,), Term(3.0, "+", (Term(1.0), Term(2.0))), 3.0))
    '<math><msub><mi>z</mi><mn>0</mn></msub><mo>=</mo><mn>1</mn><mo>+</mo><mn>2</mn><mo>=</mo><mn>3</mn></math>'
    """
    name = f"<mi>{element.name}</mi>"
    if element.index:
        name = f"<msub>{name}{_row(f'<mn>{i}</mn>' for i in element.index)}</msub>"
    result = f"<mo>=</mo>{_number(element.value, digits)}"
    middle = _term(element.term, digits, most)
    return f"<math>{name}<mo>=</mo>{middle}{result if element.term.parts else ''}</math>"


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


def _sum(term: Term, digits: int, most: int) -> str:
    first, middle, last = middle_of(term, most)
    shown = [_bracketed(each, _term(each, digits, most), frozenset()) for each in first]
    if middle:
        rest = _number(sum(each.value for each in middle), digits)
        shown.append(f"<mrow><mo>[</mo><mtext>{len(middle)} more:&#160;</mtext>{rest}<mo>]</mo></mrow>")
    shown += [_bracketed(each, _term(each, digits, most), frozenset()) for each in last]
    total = "<mo>+</mo>".join(shown) or "<mn>0</mn>"
    if term.sign == "mean":
        return f"<mfrac><mrow>{total}</mrow><mn>{len(term.parts)}</mn></mfrac>"
    return total
