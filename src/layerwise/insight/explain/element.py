"""One number of an array, with the numbers set in that it is made of: the arithmetic of a source line, written out.

A line such as `z = x @ W.T + b` makes many numbers at once. For one of them, its expression is walked through: a
product of matrices becomes a sum of products, a sum along an axis the sum of its terms, a function of an array the
function of one number. Every part carries its value, so that what is written out can be added up again.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.formulas import Line
from layerwise.insight.explain.notation import number, place
from layerwise.types import Array

_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_FUNCTIONS = {
    "exp",
    "log",
    "sqrt",
    "tanh",
    "abs",
    "sign",
    "maximum",
    "minimum",
    "log1p",
    "expm1",
    "heaviside",
    "square",
}
MOST_TERMS = 10_000
"""A sum of more is not written out: nobody adds it up again."""
_QUIET = {"sum", "mean", "max", "min", "reshape", "copy", "astype", "transpose", "swapaxes", "ravel"}
"""Methods that may be called again to know a number: they change nothing."""


@dataclass(frozen=True)
class Term:
    """A part of the arithmetic.

    value: what it comes to. sign: "" for a bare number, +, -, *, /, **, "sum", "mean", or the name of a function.
    parts: what the sign stands between or before.
    """

    value: float
    sign: str = ""
    parts: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Element:
    """One number of a result: `name[index]`, what it is made of, and its value.

    term: the arithmetic as a tree. before: for a line such as `theta -= step`, what was there before it.
    """

    name: str
    index: tuple[int, ...]
    term: Term
    value: float

    def text(self, digits: int = 4, most: int = 8) -> str:
        """The arithmetic in one line. digits: that count. most: terms of a sum before the middle ones are counted."""
        right = number(self.value, digits)
        middle = written(self.term, digits, most)
        return f"{self.name}{place(self.index)} = {middle}" + ("" if middle == right else f" = {right}")

    def __str__(self) -> str:
        return self.text()


def element_of(line: Line, name: str, index: Sequence[int], scope: Mapping[str, Any]) -> Element | None:
    """The number at an index of what a line assigns to a name. scope: what its names held before it ran."""
    statement = ast.parse(line.text.strip()).body[0]
    index = tuple(index)
    value = line.values[name]
    try:
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Subscript):
            return _changed(statement, name, index, float(np.asarray(value)[index]), scope)
        if isinstance(statement, ast.AugAssign):
            node: ast.expr = ast.BinOp(ast.Name(name, ast.Load()), statement.op, statement.value)
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            node = statement.value
        else:
            return None
        term = _Walk(scope).term(node, index)
    except _Unknown:
        return None
    found = float(np.asarray(value)[index])
    if term.value != found and not (math.isnan(term.value) and math.isnan(found)):
        return None  # a name holds something else by now: a call has changed it in place
    return Element(name, index, term, found)


def _changed(
    statement: ast.AugAssign, name: str, index: tuple[int, ...], value: float, scope: Mapping[str, Any]
) -> Element | None:
    """An element that a line such as `p[rows, y] -= 1` changes by one number; None for one that it leaves."""
    sign, by = _SIGNS.get(type(statement.op)), statement.value
    before = float(np.asarray(scope[name])[index])
    if sign is None or not isinstance(by, ast.Constant) or value == before:
        return None
    return Element(name, index, Term(value, sign, (Term(before), Term(float(by.value)))), value)  # type: ignore[arg-type]


class _Unknown(Exception):  # noqa: N818 - it says that there is nothing to write out, and is no error
    """The line does something else than arithmetic."""


class _Walk:
    """Walks through an expression for one element of what it makes."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self.scope = scope
        self.known: dict[ast.expr, Array] = {}

    def value(self, node: ast.expr) -> Array:
        """What a part of the expression makes, whole."""
        if node not in self.known:
            self.known[node] = self.computed(node)
        return self.known[node]

    def computed(self, node: ast.expr) -> Array:
        """The same, computed."""
        if not _harmless(node):
            raise _Unknown
        code = compile(ast.fix_missing_locations(ast.Expression(node)), "<part of a line>", "eval")
        try:
            found = np.asarray(eval(code, {"np": np, "math": math, "__builtins__": {}}, dict(self.scope)))
        except Exception:
            raise _Unknown from None
        if found.dtype.kind not in "biuf":
            raise _Unknown
        return found

    def term(self, node: ast.expr, index: tuple[int, ...]) -> Term:
        """The arithmetic of one element."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            return self.product(node, index)
        if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
            parts = tuple(self.term(side, self.within(side, index)) for side in (node.left, node.right))
            return Term(self.number(node, index), _SIGNS[type(node.op)], parts)
        if (
            isinstance(node, ast.UnaryOp)
            and isinstance(node.op, ast.USub)
            and not isinstance(node.operand, ast.Constant)
        ):
            return Term(self.number(node, index), "negative", (self.term(node.operand, index),))
        if isinstance(node, ast.IfExp):
            return self.term(node.body if self.value(node.test).all() else node.orelse, index)
        if isinstance(node, ast.Attribute) and node.attr == "T":
            return self.term(node.value, index[::-1])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self.call(node, node.func, index)
        return Term(self.number(node, index))

    def number(self, node: ast.expr, index: tuple[int, ...]) -> float:
        """The value of one element."""
        return float(self.value(node)[index])

    def within(self, node: ast.expr, index: tuple[int, ...]) -> tuple[int, ...]:
        """The index in an operand that is broadcast: without the axes that it lacks, and 0 where it has one element."""
        shape = self.value(node).shape
        own = index[len(index) - len(shape) :]
        return tuple(0 if size == 1 else i for size, i in zip(shape, own, strict=True))

    def product(self, node: ast.BinOp, index: tuple[int, ...]) -> Term:
        """A row of the one times a column of the other."""
        left, right = self.value(node.left), self.value(node.right)
        if left.ndim < 2 or right.ndim < 2:
            raise _Unknown
        if left.shape[-1] > MOST_TERMS:
            return Term(self.number(node, index))
        stack = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
        a = np.broadcast_to(left, (*stack, *left.shape[-2:]))[index[:-2]][index[-2]]
        b = np.broadcast_to(right, (*stack, *right.shape[-2:]))[index[:-2]][:, index[-1]]
        terms = tuple(Term(float(x * y), "*", (Term(float(x)), Term(float(y)))) for x, y in zip(a, b, strict=True))
        return terms[0] if len(terms) == 1 else Term(self.number(node, index), "sum", terms)

    def call(self, node: ast.Call, function: ast.Attribute, index: tuple[int, ...]) -> Term:
        """A function of NumPy element by element, or a sum or mean along axes."""
        if isinstance(function.value, ast.Name) and function.value.id == "np":
            if function.attr == "where" and len(node.args) == 3:
                chosen = self.value(node.args[0])[self.within(node.args[0], index)]
                way = node.args[1 if chosen else 2]
                return self.term(way, self.within(way, index))
            if function.attr in _FUNCTIONS:
                parts = tuple(self.term(each, self.within(each, index)) for each in node.args)
                return Term(self.number(node, index), function.attr, parts)
        if function.attr in ("sum", "mean") and not node.args:
            return self.along(node, function, index)
        return Term(self.number(node, index))

    def along(self, node: ast.Call, function: ast.Attribute, index: tuple[int, ...]) -> Term:
        """A sum or a mean, term by term."""
        whole = self.value(function.value)
        settings = {word.arg: self.value(word.value) for word in node.keywords}
        axis = settings.get("axis")
        axes = range(whole.ndim) if axis is None else {int(each) % whole.ndim for each in np.atleast_1d(axis)}
        kept = bool(settings.get("keepdims", False))
        rest = iter(index)
        places: list[int | None] = []
        for each in range(whole.ndim):
            summed = each in axes
            own = next(rest) if kept or not summed else 0
            places.append(None if summed else own)
        sizes = [size if own is None else 1 for size, own in zip(whole.shape, places, strict=True)]
        if math.prod(sizes) > MOST_TERMS:
            return Term(self.number(node, index))
        terms = []
        for offset in np.ndindex(*sizes):
            full = tuple(o if own is None else own for o, own in zip(offset, places, strict=True))
            terms.append(self.term(function.value, full))
        return terms[0] if len(terms) == 1 else Term(self.number(node, index), function.attr, tuple(terms))


def _harmless(node: ast.expr) -> bool:
    """Whether an expression can be computed once more: it changes nothing, and calls nothing but NumPy's functions."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            called = each.func
            if not isinstance(called, ast.Attribute):
                return False
            of_numpy = isinstance(called.value, ast.Name) and called.value.id in ("np", "math")
            if not of_numpy and called.attr not in _QUIET:
                return False
        if isinstance(each, ast.Lambda | ast.NamedExpr | ast.Await | ast.Yield | ast.GeneratorExp | ast.ListComp):
            return False
    return True


def written(term: Term, digits: int = 4, most: int = 8) -> str:
    """A term as text: in brackets what needs them, and of a long sum the middle terms counted and added up.

    >>> written(Term(-5.0, "+", (Term(1.0), Term(-6.0, "*", (Term(-2.0), Term(3.0))))))
    '1 + (-2) · 3'
    """
    if term.sign == "":
        return number(term.value, digits)
    if term.sign in ("sum", "mean"):
        return _sum(term, digits, most)
    if term.sign == "negative":
        return f"-{_part(term.parts[0], digits, most, LOOSE)}"
    if term.sign in BRACKETS:
        sign, loose_left, loose_right = BRACKETS[term.sign]
        left = _part(term.parts[0], digits, most, loose_left)
        return f"{left} {sign} {_part(term.parts[1], digits, most, loose_right)}"
    return f"{term.sign}({', '.join(written(each, digits, most) for each in term.parts)})"


LOOSE = frozenset({"+", "-", "sum", "negative"})
_ALL = LOOSE | {"*", "/", "**", "mean"}
BRACKETS: dict[str, tuple[str, frozenset[str], frozenset[str]]] = {
    "+": ("+", frozenset(), frozenset()),
    "-": ("-", frozenset(), LOOSE),
    "*": ("·", LOOSE, LOOSE | {"/", "mean"}),
    "/": ("/", LOOSE, _ALL),
    "**": ("^", _ALL, _ALL),
}
"""How each operation is written, and what stands in brackets to its left and to its right."""


def _part(term: Term, digits: int, most: int, loose: frozenset[str]) -> str:
    """A part beside a sign: in brackets if it is a negative number, or of an operation that binds less."""
    text = written(term, digits, most)
    negative = term.sign == "" and text.startswith("-")
    return f"({text})" if negative or (term.sign in loose and len(term.parts) > 1) or term.sign == "negative" else text


def middle_of(term: Term, most: int) -> tuple[tuple[Term, ...], tuple[Term, ...], tuple[Term, ...]]:
    """The terms of a sum in three: those before the middle, the middle of a long one, and those behind it."""
    parts = term.parts
    return (parts, (), ()) if len(parts) <= most else (parts[: most - 2], parts[most - 2 : -1], parts[-1:])


def _sum(term: Term, digits: int, most: int) -> str:
    first, middle, last = middle_of(term, most)
    terms = [_part(each, digits, most, frozenset()) for each in first]
    if middle:
        terms.append(f"[{len(middle)} more terms: {number(sum(each.value for each in middle), digits)}]")
    terms += [_part(each, digits, most, frozenset()) for each in last]
    total = " + ".join(terms) or "0"
    return f"({total}) / {len(term.parts)}" if term.sign == "mean" else total
