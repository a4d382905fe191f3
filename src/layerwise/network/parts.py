"""A batch in parts: each of our threads takes some of the samples through all layers, and later back.

Threads that share each layer by itself wait for each other at every layer, and hand every value from core to core.
Where no layer mixes samples, they need to meet twice only: when all outputs are there, and when all gradients are
(measured: a step of a small GPT took 7.3 ms so, and 8.7 with shared layers; one of a convolutional network 3.5 and
4.3). Gradients are added in the order of the parts, so that bits depend on how many there are and on nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from layerwise.compiled.blas import one_thread_each
from layerwise.compiled.workers import share
from layerwise.errors import LayerwiseError
from layerwise.layers import Pass
from layerwise.layers.parameter import Parameter
from layerwise.layers.pass_ import Unit
from layerwise.network.row import in_turn
from layerwise.random import skip
from layerwise.tap import Call, Tap
from layerwise.types import Array, Backward


class Part(Pass):
    """The pass of some samples in a row of a batch: it keeps gradients, and what a tap shall see, for later."""

    __slots__ = ("gradients", "notes", "rows")

    shared = True
    rows: slice

    def __init__(self, whole: Pass, rows: slice) -> None:
        self.notes = None if whole.tap is None else Notes(whole.tap.operations)
        super().__init__(
            training=whole.training,
            input_gradient=whole.input_gradient,
            seed=whole.seed,
            step=whole.step,
            tap=self.notes,
            saves=whole.saves,
            lengths=None if whole.lengths is None else whole.lengths[rows],
            mask=None if whole.mask is None else whole.mask[rows],
        )
        self.uses, self.draws = dict(whole.uses), dict(whole.draws)
        self.rows = rows
        self.gradients: list[tuple[Parameter, Array]] = []

    def uniform(self, purpose: str, address: str, shape: tuple[int, ...]) -> Array:
        """The numbers that these samples get in the whole batch."""
        rng = self.generator(purpose, address)
        skip(rng, self.rows.start * math.prod(shape[1:]))
        return rng.random(shape, dtype=np.float32)

    def add_gradient(self, parameter: Parameter, gradient: Array) -> None:
        self.gradients.append((parameter, gradient))

    def add_product(self, parameter: Parameter, a: Array, b: Array) -> None:
        self.gradients.append((parameter, a @ b))


class Notes(Tap):
    """A tap that notes what one part shows: which method was called, and with what."""

    def __init__(self, operations: bool) -> None:
        self.operations = operations
        self.seen: list[tuple[str, tuple[Any, ...]]] = []

    def activation(self, where: str, value: Array) -> None:
        self.seen.append(("activation", (where, value)))

    def gradient(self, where: str, gradient: Array) -> None:
        self.seen.append(("gradient", (where, gradient)))

    def value(self, where: str, name: str, value: Array) -> None:
        self.seen.append(("value", (where, name, value)))

    def operation(self, call: Call) -> None:
        self.seen.append(("operation", (call,)))

    def operation_backward(self, call: Call, upstream: tuple[Any, ...], gradients: Any) -> None:
        self.seen.append(("operation_backward", (call, upstream, gradients)))


def in_parts(units: Sequence[Unit], x: Array, pass_: Pass, number: int) -> tuple[Array, Backward]:
    """As `in_turn`, with the batch cut into a number of parts."""
    ends = [len(x) * part // number for part in range(number + 1)]
    parts = [Part(pass_, slice(*ends[part : part + 2])) for part in range(number)]
    try:
        ways = _all(number, lambda k: in_turn(units, x[parts[k].rows], parts[k]))
    except LayerwiseError:  # which tells a row of its part: the whole knows the row of the batch
        return in_turn(units, x, pass_)
    _tell(pass_, parts)
    _show(parts, pass_)
    y = np.concatenate([value for value, _ in ways])

    def backward(dy: Array) -> Array | None:
        _forget(parts)  # what has been shown, and what a way back that was broken off may have left
        gradients = _all(number, lambda k: ways[k][1](dy[parts[k].rows]))
        for shares in zip(*(part.gradients for part in parts), strict=True):
            parameter, first = shares[0]
            pass_.add_gradient(parameter, sum((gradient for _, gradient in shares[1:]), start=first))
        _show(parts, pass_)
        return None if any(dx is None for dx in gradients) else np.concatenate(gradients)

    return y, backward


def _tell(whole: Pass, parts: Sequence[Part]) -> None:
    """Leave in the pass of the whole batch what layers have left in those of the parts, for the layers behind."""
    whole.uses.update(parts[0].uses)
    whole.draws.update(parts[0].draws)
    masks = [part.mask for part in parts if part.mask is not None]
    if masks:
        whole.mask = np.concatenate(masks)


def _all(number: int, call: Callable[[int], Any]) -> list[Any]:
    """call(0), call(1), ..., shared among our threads, while matrix products use none of their own."""
    results = [None] * number

    def some(first: int, last: int) -> None:
        for part in range(first, last):
            results[part] = call(part)

    with one_thread_each():
        share(some, number)
    return results


def _show(parts: Sequence[Part], whole: Pass) -> None:
    """Show the tap of the whole batch what the parts have noted: arrays joined, calls one by one."""
    notes = [part.notes.seen for part in parts if part.notes is not None]
    for events in zip(*notes, strict=True):
        method, (*names, _) = events[0]
        show = getattr(whole.tap, method)
        if method.startswith("operation"):
            for _, shown in events:
                show(*shown)
        else:
            show(*names, np.concatenate([shown[-1] for _, shown in events]))


def _forget(parts: Sequence[Part]) -> None:
    """Let go what the parts have kept."""
    for part in parts:
        part.gradients = []
        if part.notes is not None:
            part.notes.seen = []
