"""The mirror of both modes as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from layerwise.insight.explain.operation import Operation
from layerwise.insight.explain.text import name_and_value, wrapped
from layerwise.types import Array

if TYPE_CHECKING:
    from layerwise.insight.explain.modes import Mirror, Reflection


def mirror_text(mirror: Mirror, digits: int, width: int) -> str:
    """Every layer in both modes: what differs, with its numbers."""
    lines = wrapped(f"{mirror.net}: one batch in training and in evaluation", width)
    for layer in mirror.layers:
        lines += ["", *_layer(layer, digits, width)]
    return "\n".join(lines)


def _layer(layer: Reflection, digits: int, width: int) -> Iterator[str]:
    yield f"layer {layer.address} {layer.layer}: {said(layer)}"
    if layer.same:
        yield from name_and_value("both", layer.training, digits, width)
        return
    half = max((width - 2) // 2, 36)
    training, evaluation = layer.operations
    left = ["    in training:", *_side(layer, layer.training, training, digits, half)]
    right = ["    in evaluation:", *_side(layer, layer.evaluation, evaluation, digits, half)]
    yield from beside(left, right, width)


def _side(layer: Reflection, value: Array, operations: tuple[Operation, ...], digits: int, width: int) -> Iterator[str]:
    """One mode: by which formula, on which settings, with which output."""
    for operation in operations:
        yield from wrapped(operation.formula, width, "    ")
        yield from wrapped(operation.source, width, "    ")
        for argument in ("mask", "p", "mean", "var") if layer.acts_differently else ():
            found = operation.arguments.get(argument, operation.results.get(argument))
            if found is not None:
                yield from name_and_value(argument, found, digits, width)
    if not operations:
        yield "    passes its input on"
    yield from name_and_value("output", value, digits, width)


def beside(left: list[str], right: list[str], width: int) -> Iterator[str]:
    """Two blocks of lines next to each other; below each other where they are too wide together."""
    column = max(map(len, left)) + 2
    if column + max(map(len, right)) > width:
        yield from (*left, *right)
        return
    for one, other in zip_longest(left, right, fillvalue=""):
        yield f"{one:<{column}}{other}".rstrip()


def said(layer: Reflection) -> str:
    """What to make of it."""
    if layer.same:
        return "the same in both modes"
    if layer.acts_differently:
        return "computes in another way in training"
    return "computes in the same way, on another input"
