"""The pieces of code that are mutated: the simple statements of a function, and the conditions of its branches.

Left out: docstrings, decorators, annotations, `raise`, and branches that do nothing but raise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr)
ARRAY_WORDS = ("T", "shape", "ndim", "size", "sum", "mean", "max", "min", "reshape")


@dataclass(frozen=True)
class Unit:
    """One statement, or one condition, with the variables that are bound where it stands (the oldest first)."""

    node: ast.stmt | ast.expr
    names: tuple[str, ...]
    condition: bool = False


@dataclass(frozen=True)
class Pair:
    """Two statements, one right after the other, with the variables that are bound before both."""

    first: ast.stmt
    second: ast.stmt
    names: tuple[str, ...]


def function(tree: ast.Module, path: str) -> ast.FunctionDef:
    """The function of this dotted name, such as `relu` or `Adam.update`."""
    node: ast.AST = tree
    for name in path.split("."):
        inside = [each for each in ast.iter_child_nodes(node) if getattr(each, "name", None) == name]
        if not inside:
            raise LookupError(f"there is no {path} any more: mend tools/mutate/targets.py")
        node = inside[0]
    if not isinstance(node, ast.FunctionDef):
        raise LookupError(f"{path} is not a function")
    return node


def pieces(node: ast.FunctionDef, outer: tuple[str, ...] = ()) -> Iterator[Unit | Pair]:
    """Everything in a function that can be mutated, the functions inside it included."""
    yield from _block(node.body, (*outer, *_parameters(node)))


def _block(body: list[ast.stmt], names: tuple[str, ...]) -> Iterator[Unit | Pair]:
    before: tuple[ast.stmt, tuple[str, ...]] | None = None
    for statement in body:
        simple = isinstance(statement, SIMPLE) and not _docstring(statement)
        if simple and before is not None:
            yield Pair(before[0], statement, before[1])
        before = (statement, names) if simple else None
        yield from _statement(statement, names)
        names = (*names, *(name for name in bound(statement) if name not in names))


def _statement(statement: ast.stmt, names: tuple[str, ...]) -> Iterator[Unit | Pair]:
    match statement:
        case ast.FunctionDef():
            yield from pieces(statement, names)
        case ast.If() if all(isinstance(each, ast.Raise) for each in statement.body):
            yield from _block(statement.orelse, names)
        case ast.If() | ast.While():
            yield Unit(statement.test, names, condition=True)
            yield from _block(statement.body, names)
            yield from _block(statement.orelse, names)
        case ast.For():
            yield Unit(statement.iter, names)
            yield from _block(statement.body, (*names, *bound(statement)))
        case ast.With():
            yield from _block(statement.body, names)
        case ast.Try():
            for part in (statement.body, statement.orelse, statement.finalbody):
                yield from _block(part, names)
        case ast.Return(value=ast.expr()):
            yield Unit(statement, names)
        case ast.Assign() | ast.AugAssign() | ast.AnnAssign(value=ast.expr()):
            yield Unit(statement, names)
        case ast.Expr() if not _docstring(statement):
            yield Unit(statement, names)


def places(unit: Unit) -> Iterator[tuple[int, ast.AST]]:
    """The nodes of a unit that may be wrong, numbered as `ast.walk` meets them.

    Not annotations, and not the owner of an attribute, apart from arrays: `x.layers` for `self.layers` is no slip.
    """
    left_out: set[int] = set()
    for node in ast.walk(unit.node):
        if isinstance(node, ast.AnnAssign):
            left_out |= {id(each) for each in ast.walk(node.annotation)}
        if isinstance(node, ast.Attribute) and node.attr not in ARRAY_WORDS:
            left_out.add(id(node.value))
    return ((place, node) for place, node in enumerate(ast.walk(unit.node)) if id(node) not in left_out)


def bound(statement: ast.stmt) -> list[str]:
    """The plain names that a statement binds. `_` is a name for nothing, and functions are not variables."""
    match statement:
        case ast.Assign():
            targets: list[ast.expr] = statement.targets
        case ast.AnnAssign() | ast.AugAssign() | ast.For():
            targets = [statement.target]
        case _:
            return []
    nodes = [node for each in targets for node in ast.walk(each) if isinstance(node, ast.Name)]
    found = [node.id for node in nodes if isinstance(node.ctx, ast.Store)]
    return [name for name in found if name != "_" and not name.startswith("backward")]


def _parameters(node: ast.FunctionDef) -> list[str]:
    arguments = node.args
    return [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
