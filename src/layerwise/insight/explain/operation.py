"""The operation: one formula at work, forward or backward, with its source lines and the numbers of the run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import numpy as np

from layerwise.formulas import Formula, Line, registry
from layerwise.insight.explain.element import Element, element_of
from layerwise.insight.explain.notation import column_form, derivative, forward_sign
from layerwise.types import Array


@dataclass(frozen=True, eq=False)
class Inside:
    """A formula at work inside another: a step of a recurrent one, the attention of several heads.

    formula: its name. tex: in LaTeX. file: where it stands. lines: what ran in one call of it.
    """

    formula: str
    tex: str
    file: str
    lines: tuple[Line, ...]

    def place(self, line: Line) -> str:
        """File and line of a statement."""
        return f"{self.file}:{line.number}"

    def element(self, name: str, *index: int, line: Line | None = None) -> Element | None:
        """One number of a result with the numbers set in, as of an `Operation`."""
        return element_among(self.lines, self.lines[0].given, name, index, line)


@dataclass(frozen=True, eq=False)
class Operation:
    """One step of the explanation. Its arrays are copies: they stay what they were in the run.

    address: of the layer and of its use, "0", "3.1", "0#1"; "loss", "penalty", "clipping", "optimizer", "shrinking".
    formula: its name; of a formula, that in `lw.formulas.registry`. phase: "forward", "backward" or "update".
    tex: the formula in LaTeX; empty for what is none, such as an optimizer. rule: what its docstring says instead.
    lines: every source line that ran, with what it made; run again by the readable formula, on the arrays of the run.
    inside: the same for the formulas that it calls, a call each: every time step of a recurrent one.
    file: where it stands, "formulas/affine.py". source: with the first line that ran, "formulas/affine.py:39".
    arguments: what came in, by name: on the way back the gradients at the value. results: what came out, in the numbers
    of the run, whoever computed them. difference: the largest one between the run's numbers and those of the lines:
    0, or the last bits where a compiled twin has computed.
    parameters: which of the arguments are parameters, {"W": "0.weight"}. rows: which samples, where threads share them.
    """

    address: str
    formula: str
    phase: str
    tex: str = ""
    rule: str = ""
    lines: tuple[Line, ...] = ()
    inside: tuple[Inside, ...] = ()
    file: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Any] = field(default_factory=dict)
    difference: float = 0.0
    parameters: Mapping[str, str] = field(default_factory=dict)
    rows: slice | None = None
    scope: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the lines know when the first of them runs."""
    files: tuple[str, ...] = field(default=(), repr=False)
    """The file of each line, where they are not all in `file`: those of an optimizer that builds on another."""

    @property
    def source(self) -> str:
        """File and line of the first statement that ran."""
        return self.place(self.lines[0]) if self.lines else self.file

    def place(self, line: Line) -> str:
        """File and line of a statement: "formulas/affine.py:39"."""
        file = next((file for each, file in zip(self.lines, self.files, strict=False) if each is line), self.file)
        return f"{file}:{line.number}"

    def symbol(self, name: str) -> str:
        """What a name of the code is in the notation of textbooks, here: dz is δ⁽⁰⁾, dW is ∂C/∂W⁽⁰⁾."""
        if self.phase == "backward":
            return derivative(name, self.address)
        return forward_sign(name, self.file, self.address) if self.phase == "forward" else ""

    @property
    def textbook(self) -> str:
        """The same as books write it, for one sample in a column: "z⁽⁰⁾ = W⁽⁰⁾ a + b⁽⁰⁾"; empty where they do not."""
        return column_form(self.formula, self.file, self.phase, self.address)

    def element(self, name: str, *index: int, line: Line | None = None) -> Element | None:
        """One number of the result of a line, with the numbers set in that it is made of.

        name: which one the line assigns. index: the place in it. line: the last that assigns it unless given.
        None: the line makes it by something else than arithmetic, such as a call of another formula.

        >>> import numpy as np, layerwise as lw
        >>> net = lw.Network(lw.Linear(2, 1), dtype="float64")
        >>> net.theta = [2.0, 3.0, 0.5]
        >>> example = lw.explain(net, np.array([[1.0, -1.0]]), np.array([[0.0]]), loss=lw.MSELoss())
        >>> str(example.operations[0].element("z", 0, 0))
        'z[0, 0] = 1 · 2 + (-1) · 3 + 0.5 = -0.5'
        """
        return element_among(self.lines, self.scope, name, index, line)


def element_among(
    lines: Sequence[Line], scope: Mapping[str, Any], name: str, index: tuple[int, ...], wanted: Line | None
) -> Element | None:
    """One number of what a line among others assigns; scope: what they know when the first of them runs."""
    known, found = dict(scope), None
    for line in lines:
        if name in line.values and (wanted is None or line is wanted):
            found = element_of(line, name, index, known)
        known.update((other, value) for other, value in line.values.items() if other.isidentifier())
    return found


def file_of(function: Callable[..., Any]) -> str:
    """The file of a function, from the folder of its package: "formulas/affine.py"; of others, its name."""
    path = function.__module__.split(".")
    if path[0] == __name__.partition(".")[0]:
        return "/".join(path[1:]) + ".py"
    return PurePath(function.__code__.co_filename).name


def entry_of(function: Callable[..., Any]) -> Formula | None:
    """The entry of a formula in the registry; None for one that is not in it, such as the method of a loss."""
    entry = registry.get(getattr(function, "__name__", ""))
    return entry if entry is not None and entry.function is function else None


def value_names(function: Callable[..., Any], value: Any) -> tuple[str, ...]:
    """The names of the parts of what a formula returns."""
    if hasattr(value, "_fields"):
        return tuple(value._fields)
    entry = entry_of(function)
    names = [] if entry is None else [name for name in entry.shapes if name not in entry.arguments]
    count = len(value) if isinstance(value, Sequence) else 1
    return tuple(names[:count]) if len(names) >= count else tuple(f"y{k}" for k in range(count))


def parts(value: Any) -> tuple[Any, ...]:
    """What was returned, one by one: of a formula a tuple, of a twin any sequence."""
    return tuple(value) if isinstance(value, Sequence) else (value,)


def named_arguments(function: Callable[..., Any], arguments: Any, keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call by the names that the function has for them, defaults among them."""
    bound = inspect.signature(function).bind(*arguments, **keywords)
    bound.apply_defaults()
    return dict(bound.arguments)


def apart(run: tuple[Any, ...], lines: tuple[Any, ...]) -> float:
    """The largest difference between the numbers of the run and those of the readable formula.

    NaN and infinity differ from themselves in nothing.
    """
    largest = 0.0
    for ours, theirs in zip(run, lines, strict=True):
        if ours is not None and theirs is not None:
            a, b = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
            same = (a == b) | (np.isnan(a) & np.isnan(b))
            if not same.all():
                largest = max(largest, float(np.abs(a[~same] - b[~same]).max()))
    return largest


def copied(value: Any) -> Any:
    """A copy of an array; anything else as it is."""
    return value.copy() if isinstance(value, np.ndarray) else value


def numbers(value: Any) -> Array | None:
    """The value as an array, where it is one or a number; else None."""
    if isinstance(value, np.ndarray | np.generic | float | int) and not isinstance(value, bool):
        return np.asarray(value)
    return None
