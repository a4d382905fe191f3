"""The tap that explains: at every call of a formula it runs the readable one again, line by line, on its arrays."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from layerwise.errors import SettingError
from layerwise.formulas import Line, registry, traced
from layerwise.formulas.machinery.statements import inner_codes
from layerwise.insight.explain.operation import (
    Inside,
    Operation,
    apart,
    copied,
    entry_of,
    file_of,
    named_arguments,
    parts,
    value_names,
)
from layerwise.tap import Call, Tap
from layerwise.types import Array


@dataclass(frozen=True, eq=False)
class Step:
    """A call of the run, and the way back of the readable formula on the same arrays."""

    call: Call
    backward: Callable[..., Any]
    operation: Operation
    """What is shown of its way forward."""


class Watching(Tap):
    """Collects operations, forward and then backward, and the calls behind them, until `done`.

    x: what goes into the network. names: which parameter begins at which place of the memory. layers: what the layer
    at each address is called, for one that computes without a formula.
    """

    operations = True

    def __init__(self, x: Array, names: Mapping[int, str], layers: Mapping[str, str]) -> None:
        self.names, self.layers = names, layers
        self.steps: dict[Call, Step] = {}
        self.shown: list[Operation] = []
        self.upstream: dict[Call, tuple[Any, ...]] = {}
        self.activations: dict[str, Array] = {}
        self.deltas: dict[str, Array] = {}
        self.done = False
        self._seen: list[Array] = [x]
        self._silent: set[str] = set()

    def operation(self, call: Call) -> None:
        """Show a call on its way forward."""
        arguments = tuple(map(copied, call.arguments))
        keywords = {name: copied(value) for name, value in call.keywords.items()}
        (value, backward), lines = replayed(call.formula, call.formula, *arguments, **keywords)
        run, entry = parts(call.value), entry_of(call.formula)
        given = named_arguments(call.formula, arguments, keywords)
        shown = Operation(
            address=call.where,
            formula=call.formula.__name__,
            phase="forward",
            tex="" if entry is None else entry.tex,
            lines=tuple(lines),
            inside=inside(call.formula, call.formula, "forward", *arguments, **keywords),
            file=file_of(call.formula),
            arguments=given,
            results=dict(zip(value_names(call.formula, call.value), map(copied, run), strict=True)),
            difference=apart(run, parts(value)),
            parameters=self._parameters(call),
            rows=call.rows,
            scope=given,
        )
        self.steps[call] = Step(call, backward, shown)
        self.shown.append(shown)
        self._seen += [part for part in run if isinstance(part, np.ndarray)]

    def operation_backward(self, call: Call, upstream: tuple[Any, ...], gradients: Any) -> None:
        """Show a call on its way back."""
        if self.done:
            return
        step, found = self.steps[call], parts(gradients)
        self.upstream[call] = upstream = tuple(map(copied, upstream))
        accepted = inspect.signature(step.backward).parameters
        wishes = {"input_gradient": found[0] is not None} if "input_gradient" in accepted else {}
        answered, lines = replayed(call.formula, step.backward, *upstream, **wishes)
        given = named_arguments(step.backward, upstream, wishes)
        forward = step.operation
        shown = Operation(
            address=call.where,
            formula=forward.formula,
            phase="backward",
            tex=forward.tex,
            lines=tuple(lines),
            inside=inside(call.formula, step.backward, "backward", *upstream, **wishes),
            file=forward.file,
            arguments=given,
            results=dict(zip(_gradient_names(call, len(found)), map(copied, found), strict=True)),
            difference=apart(found, parts(answered)),
            parameters={f"d{name}": parameter for name, parameter in forward.parameters.items()},
            rows=call.rows,
            scope=known_after(forward.scope, forward.lines) | given,
        )
        self.shown.append(shown)

    def activation(self, where: str, value: Array) -> None:
        """Keep the output of a layer; where no formula has made it, the layer itself is shown as the step."""
        self.activations[where] = value.copy()
        if not any(np.may_share_memory(value, each) for each in self._seen):
            self._silent.add(where)
            self.shown.append(Operation(where, self._layer(where), "forward", results={"y": value.copy()}))
        self._seen.append(value)

    def gradient(self, where: str, gradient: Array) -> None:
        """Keep the gradient at the output of a layer."""
        if self.done:
            return
        self.deltas[where] = gradient.copy()
        if where in self._silent:
            self.shown.append(Operation(where, self._layer(where), "backward", arguments={"dy": gradient.copy()}))

    def _layer(self, where: str) -> str:
        return self.layers.get(where.partition("#")[0], "layer")

    def _parameters(self, call: Call) -> dict[str, str]:
        """Which arguments of a call are parameters."""
        named = named_arguments(call.formula, call.arguments, call.keywords).items()
        begins = {name: begin(value) for name, value in named if isinstance(value, np.ndarray) and value.size}
        return {name: self.names[place] for name, place in begins.items() if place in self.names}


def replayed(
    formula: Callable[..., Any], call: Callable[..., Any], *arguments: Any, **keywords: Any
) -> tuple[Any, list[Line]]:
    """What a call returns, and its lines; no lines where the source is not at hand."""
    try:
        return traced(formula, call, *arguments, **keywords)
    except SettingError:
        return call(*arguments, **keywords), []


def inside(
    formula: Callable[..., Any], call: Callable[..., Any], phase: str, *arguments: Any, **keywords: Any
) -> tuple[Inside, ...]:
    """What ran in the formulas that a formula calls: a call each, in their order, one formula after the other."""
    found: list[Inside] = []
    for called in _called(formula):
        lines: list[Line] = []
        with contextlib.suppress(SettingError):
            lines = traced(called, call, *arguments, **keywords)[1]
        first = {line.number for line in lines[:1]}
        run: list[Line] = []
        for line in [replace(each, phase=phase) for each in lines]:
            if line.number in first and run:
                found.append(Inside(called.__name__, registry[called.__name__].tex, file_of(called), tuple(run)))
                run = []
            run.append(line)
        if run:
            found.append(Inside(called.__name__, registry[called.__name__].tex, file_of(called), tuple(run)))
    return tuple(found)


def _called(formula: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The formulas of the registry that a formula names, but not those that stand for a single function."""
    names = {name for code in inner_codes(formula.__code__) for name in code.co_names}
    entries = [registry[name] for name in sorted(names) if name in registry and name != formula.__name__]
    return [each.function for each in entries if formula.__globals__.get(each.name) is each.function]


def known_after(scope: Mapping[str, Any], lines: tuple[Line, ...]) -> dict[str, Any]:
    """What the names hold when the lines have run."""
    known = dict(scope)
    for line in lines:
        known.update((name, value) for name, value in line.values.items() if name.isidentifier())
    return known


def begin(array: Array) -> int:
    """Where an array begins in memory."""
    return int(array.__array_interface__["data"][0])


def _gradient_names(call: Call, count: int) -> tuple[str, ...]:
    """What a way back returns, by name: "dx", "dW", "db"."""
    entry = entry_of(call.formula)
    names = [] if entry is None else [f"d{name}" for name in entry.differentiable]
    return tuple(names[:count]) if len(names) >= count else tuple(f"dx{k}" if k else "dx" for k in range(count))
