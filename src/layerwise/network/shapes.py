"""The ledger of shapes: what goes into every layer, what comes out, and what comes back, each axis by its name."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from layerwise import formulas
from layerwise.axes import Sized
from layerwise.layers import Layer
from layerwise.network.uses import Use, watched
from layerwise.tap import Call
from layerwise.types import Array, Shape

USUAL = {1: ("N",), 2: ("N", "D"), 3: ("N", "T", "D"), 4: ("N", "C", "H", "W")}
"""The names of axes that no formula has named, by their number."""


@dataclass(frozen=True)
class Passage:
    """One line of the ledger: a layer in one direction."""

    phase: str
    """"forward" or "backward"."""
    address: str
    layer: str
    before: Sized
    """What the layer is given: x, or dy on the way back."""
    after: Sized | None
    """What it makes of it: y, or dx; None where no gradient is handed on."""
    parameters: Mapping[str, Sized]
    """What it multiplies and adds, or the gradients at these."""


@dataclass(frozen=True)
class ShapeLedger:
    """All shapes of one pass, forward and back; printed, it is a table."""

    passages: tuple[Passage, ...]

    def __str__(self) -> str:
        rows = [_cells(each) for each in self.passages]
        widths = [max(len(str(row[column])) for row in rows) for column in range(4)]
        lines: list[str] = []
        phase = ""
        for passage, row in zip(self.passages, rows, strict=True):
            if passage.phase != phase:
                phase = passage.phase
                lines += [""] * bool(lines) + [TITLES[phase]]
            cells = [cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)]
            first, *others = row[4] or ("",)
            start = "  ".join([*cells[:3], "->", cells[3], ""])
            lines += [f"{start}{first}".rstrip(), *(" " * len(start) + other for other in others)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The same table for a notebook; it takes the colours of the page."""
        parts = ["<table style='font-family:monospace;text-align:left'>"]
        phase = ""
        for passage in self.passages:
            if passage.phase != phase:
                phase = passage.phase
                parts.append(f"<tr><th colspan='5' style='text-align:left'>{html.escape(TITLES[phase])}</th></tr>")
            cells = _cells(passage)
            texts = (*cells[:3], f"→ {cells[3]}", ", ".join(cells[4]))
            row = "".join(f"<td style='text-align:left'>{html.escape(text)}</td>" for text in texts)
            parts.append(f"<tr>{row}</tr>")
        return "".join([*parts, "</table>"])


TITLES = {"forward": "forward: x -> y", "backward": "backward: dy -> dx"}


def ledger(chain: Layer, x: Array) -> ShapeLedger:
    """Take x through a chain of layers and a gradient of ones back, and write down every shape."""
    uses, backward = watched(chain, x)
    backward(np.ones_like(uses[-1].y))
    forward: list[Passage] = []
    for number, use in enumerate(uses):
        forward.append(_forward(use, _names_before(use, uses[:number], forward)))
    pairs = list(zip(uses, forward, strict=True))
    return ShapeLedger((*forward, *(_backward(use, passage) for use, passage in reversed(pairs) if use.dy is not None)))


def _names_before(use: Use, earlier: Sequence[Use], passages: Sequence[Passage]) -> tuple[str, ...]:
    """The axes of what a use is given: those of the array where it came from, or was used before."""
    for other, passage in zip(reversed(earlier), reversed(passages), strict=True):
        if other.y is use.x and passage.after is not None:
            return passage.after.names
        if other.x is use.x:
            return passage.before.names
    if passages and passages[-1].after is not None and len(passages[-1].after.shape) == use.x.ndim:
        return passages[-1].after.names
    return _first_names(use)


def _forward(use: Use, before: tuple[str, ...]) -> Passage:
    """A use on the way forward."""
    after = _value_names(use.calls[-1] if use.calls else None, use.y.shape, before)
    parameters = {
        name: Sized(parameter.shape, _parameter_names(parameter.value, use.calls))
        for name, parameter in use.layer.parameters.items()
    }
    inside = any(use.layer.children())
    words = type(use.layer).__name__ if inside else repr(use.layer)  # what is inside has lines of its own
    return Passage("forward", use.where, words, Sized(use.x.shape, before), Sized(use.y.shape, after), parameters)


def _backward(use: Use, forward: Passage) -> Passage:
    assert use.dy is not None
    assert forward.after is not None
    after = None if use.dx is None else Sized(use.dx.shape, forward.before.names)
    gradients = {f"d{name}": sized for name, sized in forward.parameters.items()}
    return Passage("backward", use.where, forward.layer, Sized(use.dy.shape, forward.after.names), after, gradients)


def _first_names(use: Use) -> tuple[str, ...]:
    """The axes of the first x, as the first formula that sees it has them."""
    if use.x.dtype.kind != "f":
        return ("N", "T", *(f"axis {axis}" for axis in range(2, use.x.ndim)))[: use.x.ndim]
    if use.calls:
        entry = formulas.registry.get(use.calls[0].formula.__name__)
        if entry is not None:
            return _expand(_axes(entry.shapes[entry.arguments[0]]), use.x.shape, _usual(use.x.ndim))
    return _usual(use.x.ndim)


def _value_names(call: Call | None, shape: Shape, before: tuple[str, ...]) -> tuple[str, ...]:
    """The axes of an output: those of the value of the formula, which may leave some to what came in."""
    entry = None if call is None else formulas.registry.get(call.formula.__name__)
    if entry is None:
        return before if len(before) == len(shape) else _usual(len(shape))
    value = next((axes for name, axes in entry.shapes.items() if name not in entry.arguments), "(...)")
    return _expand(_axes(value), shape, before)


def _parameter_names(value: Array, calls: Sequence[Call]) -> tuple[str, ...]:
    """The axes of a parameter, as the formula that was given it has them."""
    for call in calls:
        entry = formulas.registry.get(call.formula.__name__)
        for name, argument in zip(entry.arguments if entry else (), call.arguments, strict=False):
            if isinstance(argument, np.ndarray) and argument.shape == value.shape and np.shares_memory(argument, value):
                axes = _axes(entry.shapes[name]) if entry else ()
                if len(axes) == value.ndim:
                    return axes
    return tuple(f"axis {axis}" for axis in range(value.ndim))


def _axes(text: str) -> tuple[str, ...]:
    """The names in "(N, K, H', W')", without the marks of what came out of a window and without spaces.

    >>> _axes("(N, K, H', W')"), _axes("(at least T, 3 D)")
    (('N', 'K', 'H', 'W'), ('T', '3D'))
    """
    names = (name.replace("at least", "").replace(" ", "").rstrip("'") for name in text.strip("()").split(","))
    return tuple(name for name in names if name)


def _expand(axes: tuple[str, ...], shape: Shape, before: tuple[str, ...]) -> tuple[str, ...]:
    """Names for a whole shape: what a formula leaves open, "...", keeps the names that it had."""
    count = len(shape)
    kept = before if len(before) == count else _usual(count)
    named = tuple(axis for axis in axes if axis != "...")
    if len(axes) - len(named) > 1 or not all(axis.isalnum() for axis in named):  # two sides are open, or sizes add up
        return kept
    if len(named) == len(axes) == count:
        return axes
    if len(named) < len(axes) and len(named) <= count:
        place = axes.index("...")
        return (*axes[:place], *kept[place : count - len(named) + place], *axes[place + 1 :])
    return (*kept[:-1], named[-1]) if named and count > 1 else kept


def _usual(count: int) -> tuple[str, ...]:
    return USUAL.get(count) or ("N", *(f"axis {axis}" for axis in range(1, count)))


def _cells(passage: Passage) -> tuple[str, str, str, str, list[str]]:
    """The columns of a line; the parameters stand in one line, or below each other where there are many."""
    after = "none" if passage.after is None else str(passage.after)
    parameters = [f"{name} {sized}" for name, sized in passage.parameters.items()]
    parameters = [", ".join(parameters)] if len(parameters) in (1, 2) else parameters
    return passage.address, passage.layer, str(passage.before), after, parameters
