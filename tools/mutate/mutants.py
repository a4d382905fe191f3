"""All mutants of a source file's functions: where each stands, what it says, and the source with it in."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tools.mutate import sequence
from tools.mutate.operators import OPERATORS
from tools.mutate.units import Pair, Unit, function, pieces, places


@dataclass(frozen=True)
class Mutant:
    """One mistake. line: its number; before, after: the code there; source: the whole file with it."""

    operator: str
    line: int
    before: str
    after: str
    source: str


def mutants(source: str, functions: Iterable[str]) -> list[Mutant]:
    """Every mutant of these functions, each wrong text once, in the order of the lines.

    >>> for each in mutants("def double(x):\\n    return 2 * x\\n", ["double"]):
    ...     print(f"{each.operator}: {each.after}")
    product: return 2 / x
    forgotten operand: return 2
    forgotten operand: return x
    constant: return 1 * x
    """
    tree = ast.parse(source)
    found: dict[str, Mutant] = {}
    for path in functions:
        for piece in pieces(function(tree, path)):
            for each in _of_pair(source, piece) if isinstance(piece, Pair) else _of_unit(source, piece):
                found.setdefault(each.source, each)
    return sorted(found.values(), key=lambda each: each.line)


def _of_unit(source: str, unit: Unit) -> Iterator[Mutant]:
    for name, changed in _changed(unit):
        if ast.unparse(changed) != ast.unparse(unit.node):
            yield _mutant(source, name, [unit.node], [changed])


def _changed(unit: Unit) -> Iterator[tuple[str, ast.AST]]:
    for place, node in places(unit):
        for name, operator in OPERATORS.items():
            for wrong in operator(node, unit.names):
                yield name, ast.fix_missing_locations(_replaced(unit.node, place, wrong))
    yield from ((sequence.CONDITION, wrong) for wrong in sequence.conditions(unit))
    yield from ((sequence.FORGOTTEN, wrong) for wrong in sequence.forgotten(unit))


def _of_pair(source: str, pair: Pair) -> Iterator[Mutant]:
    if sequence.swappable(pair):
        yield _mutant(source, sequence.ORDER, [pair.first, pair.second], [pair.second, pair.first])


def _replaced(tree: ast.AST, place: int, new: ast.AST) -> ast.AST:
    """A copy of the tree with another node at this place of the walk."""
    if place == 0:
        return new
    twin = copy.deepcopy(tree)
    old = list(ast.walk(twin))[place]
    for parent in ast.walk(twin):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list) and any(each is old for each in value):
                setattr(parent, field, [new if each is old else each for each in value])
    return twin


def _mutant(source: str, operator: str, old: Sequence[ast.AST], new: Sequence[ast.AST]) -> Mutant:
    """The file with the code of `old` replaced; columns of the syntax tree count bytes."""
    text = source.encode()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spans = [_span(node) for node in old]
    begin = starts[spans[0].line - 1] + spans[0].column
    end = starts[spans[-1].end_line - 1] + spans[-1].end_column
    codes = [ast.unparse(node) for node in new]
    changed = text[:begin] + ("\n" + " " * spans[0].column).join(codes).encode() + text[end:]
    before = "; ".join(" ".join((ast.get_source_segment(source, node) or "").split()) for node in old)
    return Mutant(operator, spans[0].line, before, "; ".join(codes), changed.decode())


class _Span(NamedTuple):
    line: int
    column: int
    end_line: int
    end_column: int


def _span(node: ast.AST) -> _Span:
    assert isinstance(node, ast.stmt | ast.expr)
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return _Span(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
