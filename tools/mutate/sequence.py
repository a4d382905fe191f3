"""Mistakes in whole statements: one is forgotten, two stand in the wrong order, a condition is upside down."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.mutate.units import Pair, Unit, bound

FORGOTTEN = "forgotten statement"
ORDER = "order of statements"
CONDITION = "condition"
SEQUENCE = {
    FORGOTTEN: "Leave out a statement that changes something which exists already (`root += eps`).",
    ORDER: "Swap two statements, one of which reads what the other changes: theta is updated before m.",
    CONDITION: "Turn the condition of an `if` upside down, or take its branch always, or never.",
}


def forgotten(unit: Unit) -> Iterator[ast.stmt]:
    """`pass` for a statement whose absence is no NameError."""
    node = unit.node
    calls = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    stores = isinstance(node, ast.Assign) and all(name in unit.names for name in bound(node))
    if isinstance(node, ast.AugAssign) or calls or stores:
        yield ast.Pass()


def conditions(unit: Unit) -> Iterator[ast.expr]:
    """Other conditions for an `if`."""
    if unit.condition:
        assert isinstance(unit.node, ast.expr)
        if not isinstance(unit.node, ast.Compare):  # the comparison operator turns those round
            yield ast.UnaryOp(ast.Not(), unit.node)
        yield ast.Constant(True)
        yield ast.Constant(False)


def swappable(pair: Pair) -> bool:
    """Does the order of two statements matter, and do both orders run?"""
    first_changes, second_changes = _changes(pair.first), _changes(pair.second)
    new = {name for name in bound(pair.first) if name not in pair.names}
    runs = not new & _reads(pair.second)
    touches = first_changes & (_reads(pair.second) | second_changes) or second_changes & _reads(pair.first)
    return runs and bool(touches)


def _reads(statement: ast.stmt) -> set[str]:
    read = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return read | (_changes(statement) if isinstance(statement, ast.AugAssign) else set())


def _changes(statement: ast.stmt) -> set[str]:
    """The names that a statement binds or changes in place: `p[rows, y] -= 1` changes p, `self.t += 1` changes self."""
    match statement:
        case ast.Assign():
            targets: list[ast.expr] = list(statement.targets)
        case ast.AugAssign() | ast.AnnAssign():
            targets = [statement.target]
        case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
            targets = [method.value]
        case _:
            targets = []
    return {name for target in targets for name in _roots(target)}


def _roots(target: ast.expr) -> Iterator[str]:
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    if isinstance(target, ast.Tuple):
        for each in target.elts:
            yield from _roots(each)
    elif isinstance(target, ast.Name):
        yield target.id
