"""The line tracer: runs a formula and tells, line by line, what the code says and which numbers it made.

Only the traced call is watched, through Python's own tracing hook; formulas themselves carry no trace code, so
watching costs nothing when it is off.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Line:
    """One executed statement of a formula."""

    number: int
    """Line in the source file."""
    text: str
    """The statement as it is written."""
    phase: str
    """"forward" or "backward"."""
    values: dict[str, Any]
    """What the statement bound or changed, by name; a copy, taken right after it ran."""


def trace(formula: Callable[..., Any], *arguments: Any, upstream: Any = None) -> list[Line]:
    """Run a formula on its arguments, and its backward on `upstream` if one is given, and return every line.

    >>> import numpy as np
    >>> from layerwise.formulas import tanh
    >>> for line in trace(tanh, np.array([0.0]), upstream=np.array([2.0])):
    ...     print(line.phase, "|", line.text, "|", line.values)
    forward | y = np.tanh(x) | {'y': array([0.])}
    backward | dx = dy * (1 - y * y) | {'dx': array([2.])}
    """
    statements = _statements(formula)
    recorder = _Recorder(formula.__code__, statements)
    previous = sys.gettrace()
    sys.settrace(recorder.start)
    try:
        _, backward = formula(*arguments)
        if upstream is not None:
            backward(upstream)
    finally:
        sys.settrace(previous)
    return recorder.lines


@dataclass(frozen=True)
class _Statement:
    number: int
    text: str
    targets: tuple[str, ...]


class _Recorder:
    """Follows the frames of one formula and of the functions defined inside it."""

    def __init__(self, code: CodeType, statements: dict[int, _Statement]) -> None:
        self.forward_code = code
        inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
        # A comprehension or a lambda has code of its own, but is a part of the statement it stands in.
        self.inner_codes = {constant for constant in inner if not constant.co_name.startswith("<")}
        self.statements = statements
        self.pending: dict[FrameType, _Statement] = {}
        self.lines: list[Line] = []

    def start(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Called for every new frame: follow it only if it belongs to the formula."""
        inside = frame.f_code is self.forward_code or frame.f_code in self.inner_codes
        return self.follow if inside else None

    def follow(self, frame: FrameType, event: str, argument: Any) -> Any:
        """A new line begins, or the frame returns: either way the statement before has run."""
        if event == "line":
            statement = self.statements.get(frame.f_lineno)
            if statement is not self.pending.get(frame):
                self.finish(frame)
                if statement is not None:
                    self.pending[frame] = statement
        elif event in ("return", "exception"):
            self.finish(frame)
        return self.follow

    def finish(self, frame: FrameType) -> None:
        statement = self.pending.pop(frame, None)
        if statement is None:
            return
        phase = "forward" if frame.f_code is self.forward_code else "backward"
        values = {name: _copy(frame.f_locals[name]) for name in statement.targets if name in frame.f_locals}
        self.lines.append(Line(statement.number, statement.text, phase, values))


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _statements(formula: Callable[..., Any]) -> dict[int, _Statement]:
    """Every assignment of a formula, under each of the source lines that it covers."""
    source, first = inspect.getsourcelines(formula)
    text = textwrap.dedent("".join(source))
    found: dict[int, _Statement] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            number = first + node.lineno - 1
            statement = _Statement(number, ast.get_source_segment(text, node) or "", tuple(_names(node)))
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found[first + line - 1] = statement
    return found


def _names(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> Iterator[str]:
    """The names that an assignment binds, or changes in place (`p[rows, y] -= 1` changes p)."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        while isinstance(target, ast.Subscript):
            target = target.value
        if isinstance(target, ast.Tuple):
            yield from (each.id for each in target.elts if isinstance(each, ast.Name) and each.id != "_")
        elif isinstance(target, ast.Name):
            yield target.id
