"""The statements of a function: which lines they cover, which names they bind, and which they change in place."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from layerwise.errors import SettingError


@dataclass(frozen=True)
class Statement:
    """An assignment, or an expression that stands alone: a call that may change what it is given."""

    number: int
    text: str
    targets: tuple[ast.expr, ...]
    """What an assignment assigns to; an expression has none, and is not shown."""
    changed: tuple[str, ...]
    """Names of what may be another afterwards, though it is the same object."""

    def values(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """What the targets hold, right after the statement ran, among the local names of its function."""
        return {label: value for target in self.targets for label, value in _held(target, names)}


@lru_cache(maxsize=256)
def statements(function: Callable[..., Any]) -> dict[int, Statement]:
    """Every statement of a function and of those defined inside it, under each of the source lines that it covers."""
    try:
        source, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        name = getattr(function, "__name__", repr(function))
        raise SettingError(
            f"the source of {name} can not be found, so that its lines can not be shown",
            "a formula stands in a file, or in a cell of a notebook",
        ) from None
    text = textwrap.dedent("".join(source))
    found: dict[int, Statement] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr):
            words = ast.get_source_segment(text, node) or ""
            statement = Statement(first + node.lineno - 1, words, _targets(node), _changed(node))
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found[first + line - 1] = statement
    return found


def inner_codes(code: CodeType) -> set[CodeType]:
    """The code of a function, and of all that are defined inside it.

    A comprehension or a lambda has code of its own, but is a part of the statement it stands in.
    """
    inner = (each for each in code.co_consts if isinstance(each, CodeType) and not each.co_name.startswith("<"))
    return {code}.union(*map(inner_codes, inner))


def _targets(node: ast.stmt) -> tuple[ast.expr, ...]:
    whole: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        whole = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        whole = [node.target]
    return tuple(each for target in whole for each in _flat(target))


def _flat(target: ast.expr) -> Iterator[ast.expr]:
    """Each target of `a, (b, *c) = ...` by itself."""
    if isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            yield from _flat(each)
    else:
        yield target.value if isinstance(target, ast.Starred) else target


def _changed(node: ast.stmt) -> tuple[str, ...]:
    if isinstance(node, ast.Expr):  # np.add.at(sums, ...), parts.append(...): what is named may be changed
        return tuple({each.id for each in ast.walk(node) if isinstance(each, ast.Name)})
    written = [_owner(each) for each in _targets(node) if isinstance(node, ast.AugAssign) or _owner(each) is not each]
    written += [each.value for each in ast.walk(node) if isinstance(each, ast.keyword) and each.arg == "out"]
    return tuple(each.id for each in written if isinstance(each, ast.Name))


def _owner(target: ast.expr) -> ast.expr:
    """p of p[rows, y], or of p.real[0]."""
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    return target


def _held(target: ast.expr, names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """An array that was written into is shown whole; of a list or a dictionary, the entry alone."""
    owner = _owner(target)
    if not isinstance(owner, ast.Name) or owner.id == "_" or owner.id not in names:
        return
    held = names[owner.id]
    if owner is target or isinstance(held, np.ndarray):
        yield owner.id, held
    elif isinstance(held, list | dict) and isinstance(target, ast.Subscript) and target.value is owner:
        place = target.slice
        if isinstance(place, ast.Name) and place.id in names:
            yield ast.unparse(target), held[names[place.id]]
