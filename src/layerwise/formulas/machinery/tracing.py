"""The line tracer: runs a formula and tells, line by line, what the code says and which numbers it made.

Only the traced call is watched, through Python's own tracing hook, and only in the thread that asks; formulas
themselves carry no trace code, so watching costs nothing when it is off.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import numpy as np

from layerwise.formulas.machinery.statements import Statement, inner_codes, statements


@dataclass(frozen=True)
class Line:
    """One executed statement of a formula; a statement in a loop is a line each time that it runs."""

    number: int
    """Line in the source file."""
    text: str
    """The statement as it is written."""
    phase: str
    """"forward" or "backward"."""
    values: dict[str, Any]
    """What the statement bound or changed, by name, as it was right after the statement ran.

    An array is the formula's own, not a copy of it, until a later statement changes it in place (`p[rows, y] -= 1`,
    `np.add.at(sums, ...)`): then what the earlier lines hold is copied first. What an entry of a list or a dictionary
    was given stands under "steps[t]"."""
    given: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What the function that the statement stands in knew when it was called: its arguments, and for a `backward` also
    what the forward call has saved for it."""


def traced(
    formula: Callable[..., Any], call: Callable[..., Any], *arguments: Any, **keywords: Any
) -> tuple[Any, list[Line]]:
    """Run `call(*arguments, **keywords)`, and return its result, and every line of the formula that ran in it.

    formula: the function whose source is shown; of the formulas that it calls in turn, only the call is.
    call: the formula itself, or the backward that it returned.
    arguments, keywords: what the call takes.
    Raises SettingError if the source of the formula can not be found, and what the call raises.

    >>> import numpy as np
    >>> from layerwise.formulas import tanh
    >>> (y, backward), lines = traced(tanh, tanh, np.array([0.0]))
    >>> dx, back = traced(tanh, backward, np.array([2.0]))
    >>> for line in lines + back:
    ...     print(line.phase, "|", line.text, "|", line.values)
    forward | y = np.tanh(x) | {'y': array([0.])}
    backward | dx = dy * (1 - y * y) | {'dx': array([2.])}
    >>> y, dx
    (array([0.]), array([2.]))
    """
    recorder = _Recorder(formula, "forward" if call is formula else "backward")
    previous = sys.gettrace()
    sys.settrace(recorder.start)
    try:
        result = call(*arguments, **keywords)
    finally:
        sys.settrace(previous)
    return result, recorder.lines


def trace(formula: Callable[..., Any], *arguments: Any, upstream: Any = None, **keywords: Any) -> list[Line]:
    """Run a formula on its arguments, and its backward on `upstream` if one is given, and return every line.

    >>> import numpy as np
    >>> from layerwise.formulas import linear
    >>> x, W, b = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([5.0])
    >>> [line.text for line in trace(linear, x, W, b)]
    ['z = x @ W.T + b']
    """
    (_, backward), lines = traced(formula, formula, *arguments, **keywords)
    if upstream is not None:
        lines += traced(formula, backward, upstream)[1]
    return lines


class _Recorder:
    """Follows the frames of one formula and of the functions defined inside it."""

    def __init__(self, formula: Callable[..., Any], phase: str) -> None:
        self.statements = statements(formula)
        self.codes: set[CodeType] = inner_codes(formula.__code__)
        self.phase = phase
        self.pending: dict[FrameType, Statement] = {}
        self.given: dict[FrameType, dict[str, Any]] = {}
        self.lines: list[Line] = []
        self.held: dict[int, list[tuple[dict[str, Any], str]]] = {}  # where an object stands, by its memory

    def start(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Called for every new frame: follow it only if it belongs to the formula."""
        if frame.f_code not in self.codes:
            return None
        self.given[frame] = dict(frame.f_locals)
        return self.follow

    def follow(self, frame: FrameType, event: str, argument: Any) -> Any:
        """A new line begins, or the frame returns: either way the statement before has run."""
        if event == "line":
            statement = self.statements.get(frame.f_lineno)
            if statement is None or statement is not self.pending.get(frame):
                self.finish(frame)
                if statement is not None:
                    self.keep(statement, frame)
                    self.pending[frame] = statement
        elif event == "return":
            self.finish(frame)
        elif event == "exception":  # the statement has not run to its end
            self.pending.pop(frame, None)
        return self.follow

    def finish(self, frame: FrameType) -> None:
        statement = self.pending.pop(frame, None)
        if statement is None or not statement.targets:
            return
        values = statement.values(frame.f_locals)
        self.lines.append(Line(statement.number, statement.text, self.phase, values, self.given[frame]))
        for name, value in values.items():
            if isinstance(value, np.ndarray | list | dict):
                self.held.setdefault(_memory(value), []).append((values, name))

    def keep(self, statement: Statement, frame: FrameType) -> None:
        """Before a statement changes something in place: copy it where an earlier line holds it, or a view of it."""
        if statement.changed:
            names = frame.f_locals
            for changing in (names[name] for name in statement.changed if name in names):
                for values, name in self.held.pop(_memory(changing), ()):
                    values[name] = copy.copy(values[name])


def _memory(value: Any) -> int:
    """The same number for an array and for every view of it; lists and dictionaries have no views."""
    while getattr(value, "base", None) is not None:
        value = value.base
    return id(value)
