"""The formula sheet: what the registry knows of each formula, with the lines that compute it and its derivative."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from layerwise.errors import SettingError, nearest
from layerwise.formulas import Formula, registry


@dataclass(frozen=True)
class Entry:
    """A formula as a sheet shows it."""

    name: str
    family: str
    what: str
    """The first sentence of its docstring."""
    tex: str
    shapes: dict[str, str]
    """Of every argument and of the value, by name."""
    differentiable: tuple[str, ...]
    """The arguments that backward answers with a gradient, in its order."""
    forward: str
    """The source, from below the docstring to the derivative."""
    backward: str
    """The source of the derivative; empty where another formula gives it."""
    source: str
    """The file and the line that it begins on, from the folder of the package: formulas/affine.py:12."""
    reference: str
    """The paper or book that it comes from."""


def entries(names: Iterable[str] = ()) -> list[Entry]:
    """The entries of the sheet, read from the registry and from the source files as they are now.

    names: of the formulas wanted; none means all, in the order of the registry.
    Raises SettingError for a name that no formula has.

    >>> [linear] = entries(["linear"])
    >>> linear.tex
    'z = x W^\\\\top + b'
    >>> print(linear.forward)
    z = x @ W.T + b
    >>> print(linear.backward)
    dx = dz @ W if input_gradient else None
    dW = dz.T @ x
    db = dz.sum(axis=0)
    return dx, dW, db
    """
    return [_entry(_found(name)) for name in names or registry]


def _found(name: str) -> Formula:
    if name in registry:
        return registry[name]
    raise SettingError(f"there is no formula {name!r}.{nearest(name, registry)}")


def _entry(formula: Formula) -> Entry:
    lines, first = inspect.getsourcelines(formula.function)
    text = textwrap.dedent("".join(lines))
    [definition] = [each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)]
    forward, backward = _parts(text, definition)
    return Entry(
        formula.name,
        formula.family,
        _first_sentence(formula),
        formula.tex,
        formula.shapes,
        formula.differentiable,
        forward,
        backward,
        f"{formula.file}:{first + definition.lineno - 1}",
        formula.source,
    )


def _first_sentence(formula: Formula) -> str:
    written = inspect.getdoc(formula.function) or ""
    return " ".join(written.partition("\n\n")[0].split())


def _parts(text: str, definition: ast.FunctionDef) -> tuple[str, str]:
    """The lines of a formula without its docstring and its last return, and those of the derivative inside it."""
    body = definition.body[1:] if ast.get_docstring(definition) is not None else definition.body
    inside = [each for each in body if isinstance(each, ast.FunctionDef) and each.name == "backward"]
    if not inside:
        return _block(text, body), ""
    [derivative] = inside
    computing = [each for each in body if each is not derivative and not isinstance(each, ast.Return)]
    return _block(text, computing), _block(text, derivative.body)


def _block(text: str, statements: list[ast.stmt]) -> str:
    """The source of some statements, comments between them included, at the margin."""
    if not statements:
        return ""
    lines = text.splitlines()
    covered = [line for each in statements for line in lines[_start(each, lines) : each.end_lineno or each.lineno]]
    return textwrap.dedent("\n".join(covered))


def _start(statement: ast.stmt, lines: list[str]) -> int:
    """The line that a statement begins on, with the comments right above it."""
    first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", []))]) - 1
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first
