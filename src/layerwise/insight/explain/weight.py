"""One weight: by which paths the cost reaches it, what each sample adds to its gradient, and how an update moves it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.display import Displayed
from layerwise.insight.explain.element import Element
from layerwise.insight.explain.operation import Operation, entry_of, parts
from layerwise.insight.explain.watching import Step, Watching, begin
from layerwise.network import Network
from layerwise.types import Array

MOST_PATHS = 512
"""So many paths are told apart unit by unit; where there are more, those through one layer are taken together."""
_PASSES_ON = "fan_out"
"""The formula that marks where ways part, and changes no number."""


@dataclass(frozen=True)
class Stop:
    """A formula on a path. unit: which of the outputs of an affine map the path takes; None: all of them together."""

    address: str
    formula: str
    unit: int | None = None

    def __str__(self) -> str:
        if self.address == "loss":
            return "C"
        return f"{self.address} {self.formula}" + ("" if self.unit is None else f"[{self.unit}]")


@dataclass(frozen=True)
class Path:
    """A way from the weight to the cost. stops: in the order of the way forward. value: its share of ∂C/∂w."""

    stops: tuple[Stop, ...]
    value: float

    def __str__(self) -> str:
        return " → ".join(map(str, self.stops))


@dataclass(frozen=True)
class Weight(Displayed):
    """One number of a parameter.

    before, gradient, after: its value, ∂C/∂w, and its value after the update, None without one.
    samples: (N,), what each sample adds to the gradient, by its own row of the answer; their sum is the gradient.
    paths: all ways on which the cost reaches it, with their shares, the largest first; their sum is the gradient too.
    Empty where they are more than can be followed, or a layer on the way has no formula.
    update: the optimizer's lines for this one number.
    """

    name: str
    index: tuple[int, ...]
    before: float
    gradient: float
    after: float | None
    samples: Array
    paths: tuple[Path, ...]
    update: tuple[Element, ...]

    def text(self, digits: int = 6) -> str:
        """All of it in lines."""
        from layerwise.insight.explain.text import weight_text

        return weight_text(self, digits)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, eq=False)
class Source:
    """What a weight is explained from: the network that went the way, what was seen, its way back, and ∂C/∂y."""

    net: Network
    watching: Watching
    backward: Callable[[Array], Any]
    dy: Array


def weight_of(
    source: Source,
    name: str,
    index: tuple[int, ...],
    gradients: dict[str, Array],
    after: dict[str, Array],
    operations: Sequence[Operation],
) -> Weight:
    """Explain one number of a parameter."""
    array = source.net.parameters()[name]
    offset = (begin(array) - begin(source.net.theta)) // array.itemsize + int(np.ravel_multi_index(index, array.shape))
    return Weight(
        name=name,
        index=index,
        before=float(array[index]),
        gradient=float(gradients[name][index]),
        after=float(after[name][index]) if after else None,
        samples=_samples(source, name, index, gradients),
        paths=_paths(source.watching, array, index),
        update=tuple(_update(operations, offset)),
    )


def _samples(source: Source, name: str, index: tuple[int, ...], gradients: dict[str, Array]) -> Array:
    """The gradient by each row of the answer alone: the way back is linear in what it is given."""
    net, shares = source.net, []
    for n in range(len(source.dy)):
        alone = np.zeros_like(source.dy)
        alone[n] = source.dy[n]
        net.zero_grad()
        source.backward(alone)
        shares.append(float(net.gradients()[name][index]))
    net.zero_grad()
    for each, slot in net.gradients().items():
        np.copyto(slot, gradients[each])
    return np.array(shares)


def _update(operations: Sequence[Operation], offset: int) -> Iterator[Element]:
    """What the lines of the optimizer do to one number of theta."""
    for operation in operations:
        if operation.phase == "update" and operation.address in ("optimizer", "shrinking"):
            for line in operation.lines:
                for name, value in line.values.items():
                    if isinstance(value, np.ndarray) and value.ndim == 1 and name.isidentifier():
                        element = operation.element(name, offset, line=line)
                        if element is not None and element.term.parts:
                            yield element


# --- paths -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Link:
    """An argument of a step, and whose value it is."""

    step: Step
    argument: str
    producer: Step
    part: int


def _paths(watching: Watching, parameter: Array, index: tuple[int, ...]) -> tuple[Path, ...]:
    steps = [step for step in watching.steps.values() if step.call.formula.__name__ != _PASSES_ON]
    if not steps or steps[-1].call.where != "loss" or any(step.call.rows is not None for step in steps):
        return ()
    links = list(_links(steps))
    consumers: dict[Step, list[_Link]] = {}
    for link in links:
        consumers.setdefault(link.producer, []).append(link)
    found: list[Path] = []
    for step in steps:
        for argument, value in step.operation.arguments.items():
            given = _given(step, argument)
            if isinstance(value, np.ndarray) and isinstance(given, np.ndarray) and _is(given, parameter):
                routes = _routes(step, steps[-1], consumers)
                if routes is None:
                    return ()
                for route in routes:
                    found += _followed(route, step, argument, index)
    return tuple(sorted(found, key=lambda path: -abs(path.value)))


def _is(one: Array, other: Array) -> bool:
    """Whether both are the same numbers in memory, maybe in another shape."""
    return one.size == other.size > 0 and begin(one) == begin(other)


def _given(step: Step, argument: str) -> Any:
    """The run's own array at an argument, not its copy."""
    names = tuple(step.operation.arguments)
    call = step.call
    if argument in call.keywords:
        return call.keywords[argument]
    place = names.index(argument)
    return call.arguments[place] if place < len(call.arguments) else None


def _links(steps: Sequence[Step]) -> Iterator[_Link]:
    """Which argument of which step is the value of which step before it."""
    for number, step in enumerate(steps):
        for argument in _differentiable(step):
            given = _given(step, argument)
            if isinstance(given, np.ndarray) and (maker := _maker(given, steps[:number])) is not None:
                yield _Link(step, argument, *maker)


def _maker(given: Array, before: Sequence[Step]) -> tuple[Step, int] | None:
    """The last step before that has made this array, itself or seen in another shape."""
    seen: tuple[Step, int] | None = None
    for step in reversed(before):
        for place, part in enumerate(parts(step.call.value)):
            if part is given:
                return step, place
            if seen is None and isinstance(part, np.ndarray) and _is(part, given):
                seen = step, place
    return seen


def _differentiable(step: Step) -> tuple[str, ...]:
    entry = entry_of(step.call.formula)
    return tuple(step.operation.arguments)[:1] if entry is None else entry.differentiable


def _routes(start: Step, end: Step, consumers: dict[Step, list[_Link]]) -> list[tuple[_Link, ...]] | None:
    """All ways from a step to the loss, as the links that they go over; None if they are too many."""
    found: list[tuple[_Link, ...]] = []
    waiting: list[tuple[Step, tuple[_Link, ...]]] = [(start, ())]
    while waiting:
        step, way = waiting.pop()
        if step is end:
            found.append(way)
        waiting += [(link.step, (*way, link)) for link in consumers.get(step, ())]
        if len(found) + len(waiting) > MOST_PATHS:
            return None
    return found


def _followed(route: tuple[_Link, ...], start: Step, argument: str, index: tuple[int, ...]) -> list[Path]:
    """The gradient that comes back on one way alone, told apart by the units of the affine maps on it."""
    makers = [link.producer for link in route]
    widths = [_width(step) for step in makers[1:]]
    split = math.prod(width or 1 for width in widths) <= MOST_PATHS
    ends = [Stop(route[-1].step.call.where, route[-1].step.operation.formula)] if route else []
    waiting: list[tuple[int, Any, list[Stop]]] = [(len(route) - 1, None, ends)]
    found = []
    while waiting:
        place, upstream, stops = waiting.pop()
        if place < 0:
            gradient = _pulled(start, 0 if not route else route[0].part, upstream)[argument]
            found.append(Path(tuple(stops), float(np.asarray(gradient)[index])))
            continue
        link = route[place]
        part = 0 if place == len(route) - 1 else route[place + 1].part
        gradient = _pulled(link.step, part, upstream)[link.argument]
        arrived = np.asarray(gradient).reshape(np.shape(parts(link.producer.call.value)[link.part]))
        maker = Stop(link.producer.call.where, link.producer.operation.formula)
        width = _width(link.producer) if split and place > 0 else None
        if width is None:
            waiting.append((place - 1, arrived, [maker, *stops]))
        else:
            for unit in range(width):
                alone = np.zeros_like(arrived)
                alone[..., unit] = arrived[..., unit]
                waiting.append((place - 1, alone, [Stop(maker.address, maker.formula, unit), *stops]))
    return found


def _width(step: Step) -> int | None:
    """How many units an affine map has; None for any other formula."""
    return int(step.call.value.shape[-1]) if step.operation.formula == "linear" else None


def _pulled(step: Step, part: int, upstream: Any) -> dict[str, Any]:
    """The gradients at the arguments of a step, from that at one part of its value; from 1 at the cost."""
    if upstream is None:
        answer = step.backward(1.0)
    elif part == 0:
        answer = step.backward(upstream)
    else:  # a later state of a recurrent formula
        first = np.zeros_like(parts(step.call.value)[0])
        answer = step.backward(first, *[None] * (part - 1), upstream)
    return dict(zip(_differentiable(step), parts(answer), strict=False))
