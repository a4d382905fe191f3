"""The first number that is not finite: which operation made it, of what, and how to compute it otherwise."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np

from layerwise.arrays import any_array
from layerwise.checks import require_kind
from layerwise.errors import KindError, LayerwiseError, SettingError
from layerwise.formulas import Line, registry, traced
from layerwise.layers import Pass
from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.tap import Call, Tap
from layerwise.types import Array

ADVICE = (
    (r"\blog\(", "log 0 is -inf: take log-probabilities from log_softmax, or a loss on logits"),
    (r"\bexp(m1)?\(", "subtract the maximum first: e^(x - max) is at most 1, and in softmax the factor cancels"),
    (r"\*\* ?2\b|\b(\w+) \* \1\b|error \* error", "a square doubles the exponent: bring the values to about -1 to 1"),
    (
        r"@|_sum\(|einsum",
        "products grow with both factors: bring x to about -1 to 1, take a lower rate, or clip_norm=1",
    ),
    (r"sqrt\(", "take the root of 0 or more, with a small ε under it"),
    (r" / ", "keep the denominator away from 0, by a small ε"),
)
"""What to do, by the text of the line."""
LARGE = 1e3
"""Numbers of this size are told."""
ELSE = "bring the values to about -1 to 1"


@dataclass(frozen=True)
class NonFinite:
    """Where a pass left the range of the numbers; printed, it is a paragraph."""

    what: str
    """The array: the name in the line, or that of an input or a parameter."""
    value: str
    """"nan", "inf" or "-inf"."""
    place: tuple[int, ...]
    """Its first place in the array."""
    where: str = ""
    """The address of the layer, or "loss"; "" for an input or a parameter."""
    layer: str = ""
    phase: str = ""
    """"forward" or "backward"."""
    source: str = ""
    """File and line of the formula: formulas/affine.py:47."""
    text: str = ""
    """The line itself."""
    inputs: str = ""
    """How large the numbers are that went in."""
    room: str = ""
    """How far it lies beyond what the type of number holds."""
    advice: str = ""

    @property
    def short(self) -> str:
        """In one sentence without its end: what happened, and where."""
        if not self.where:
            return f"{self.what} holds {self.value} at {list(self.place)}"
        made = f"`{self.text}`" if self.text else f"the {self.what} of the layer"
        size = f", where {self.inputs}" if self.inputs else ""
        return f"{made} ({self.phase}, {self.layer}) made the first {self.value}{size}"

    def __str__(self) -> str:
        source = f" It stands in {self.source}." if self.source else ""
        room = f" {self.room}." if self.room else ""
        return f"{self.short}.{source}{room} What to do: {self.advice}."


def first_non_finite(
    net: Network, x: Any, target: Any = None, loss: Loss | None = None, *, seed: int = 0, step: int = 0
) -> NonFinite | None:
    """Go forward and back, in training, and tell the first operation whose result is not finite; None if all are.

    net, x, target, loss: as for training; without target and loss a gradient of ones is sent back. The network is left
    as it is. seed, step: the address of the random masks.
    A layer or loss of your own is told by its line, too, where its source can be read.

    >>> import layerwise as lw
    >>> net = lw.Network(lw.Linear(1, 1), lw.Tanh(), seed=0)
    >>> net[0].weight = [[3e20]]
    >>> found = first_non_finite(net, np.array([[1e20]]))
    >>> print(found.short)
    `z = x @ W.T + b` (forward, 0 (Linear(1, 1))) made the first inf, where x is 1e+20, W is 3e+20
    >>> print(found.room)
    In float64 it is 3e+40, 88 times the largest float32, 3.4e+38
    """
    require_kind("net", net, Network, "lw.Network(...)")
    require_kind("loss", loss, Loss, "lw.MSELoss()", optional=True)
    if (target is None) != (loss is None):
        raise KindError("target and loss belong together: pass both, or none")
    for name, array in {"x": x, "target": target, **net.parameters(), **net.buffers()}.items():
        found = None if array is None else _in_what_is_given(name, any_array(name, array))
        if found is not None:
            return found
    twin = deepcopy(net)
    tap = _First({layer.address: layer for _, layer in twin.chain.walk()}, np.asarray(x, net.dtype))
    with np.errstate(all="ignore"):
        y, backward = twin.forward(x, training=True, tap=tap, seed=seed, step=step)
        if loss is None:
            dy = np.ones_like(y)
        else:
            dy = loss(y, target, tap=tap)[1]() if tap.found is None else np.ones_like(y)
        if tap.found is None:
            backward(dy)
    return tap.found


def _in_what_is_given(name: str, array: Array) -> NonFinite | None:
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return None
    place, value = _first(array)
    given = name in ("x", "target")
    advice = "drop or fill the rows that hold it" if given else "go back to the weights of a step before"
    return NonFinite(name, value, place, advice=advice)


class _First(Tap):
    """Keeps the first result that is not finite, and looks at none after it."""

    operations = True

    def __init__(self, layers: dict[str, Any], x: Array) -> None:
        self.layers = layers
        self.last = x
        self.found: NonFinite | None = None

    def operation(self, call: Call) -> None:
        if self.found is None and _bad(call.value):
            self.found = _explained(call, self.words(call.where), "forward", call.value, None)

    def operation_backward(self, call: Call, upstream: tuple[Any, ...], gradients: Any) -> None:
        if self.found is None and _bad(gradients):
            self.found = _explained(call, self.words(call.where), "backward", gradients, upstream)

    def activation(self, where: str, value: Array) -> None:
        if self.found is None and _bad(value):
            self.found = self.own(where, value) or self.plain(where, "output", "forward", value)
        self.last = value

    def gradient(self, where: str, gradient: Array) -> None:
        if self.found is None and _bad(gradient):
            self.found = self.plain(where, "gradient that comes back to the output", "backward", gradient)

    def words(self, where: str) -> str:
        """The layer at an address, as people call it."""
        layer = self.layers.get(where.partition("#")[0])
        return where if layer is None else f"{where} ({layer!r})"

    def own(self, where: str, value: Array) -> NonFinite | None:
        """What a layer computes in lines of its own, if it does so from the output before it, and again the same."""
        layer = self.layers.get(where.partition("#")[0])
        if layer is None or any(layer.children()):
            return None
        arguments = self.last, Pass(training=True)
        try:
            again, backward = layer.forward(*arguments)
        except LayerwiseError:  # that output was not what it was given
            return None
        if not np.array_equal(again, value, equal_nan=True):
            return None
        call = Call(where, layer.forward, arguments, {}, value, backward)
        return _explained(call, self.words(where), "forward", value, None)

    def plain(self, where: str, what: str, phase: str, value: Array) -> NonFinite:
        """What is known of a layer that computes without formulas."""
        place, word = _first(value)
        return NonFinite(what, word, place, where, self.words(where), phase, advice=ELSE)


def _explained(call: Call, layer: str, phase: str, result: Any, upstream: tuple[Any, ...] | None) -> NonFinite:
    """Run the readable formula again, line by line, and once more in float64."""
    arguments = {**dict(zip(signature(call.formula).parameters, call.arguments, strict=False)), **call.keywords}
    line = _line(call, upstream)
    name, values = next(iter(line.values.items())) if line is not None else ("the result", result)
    if line is not None:
        name, values = next(each for each in line.values.items() if _bad(each[1]))
    array = next(each for each in _arrays(values) if not np.isfinite(each).all())
    place, word = _first(array)
    return NonFinite(
        name,
        word,
        place,
        call.where,
        layer,
        phase,
        "" if line is None else f"{_file(call)}:{line.number}",
        "" if line is None else line.text,
        _sizes(arguments, upstream, "" if line is None else line.text),
        _room(call, upstream, line, name, place, array.dtype),
        next((words for pattern, words in ADVICE if line is not None and re.search(pattern, line.text)), ELSE),
    )


def _line(call: Call, upstream: tuple[Any, ...] | None) -> Line | None:
    """The first line of the formula that holds NaN or infinity without having written it there."""
    lines = _lines(call, upstream, None)
    on_purpose = "np.inf"  # a mask
    return next((line for line in lines if on_purpose not in line.text and _bad([*line.values.values()])), None)


def _lines(call: Call, upstream: tuple[Any, ...] | None, dtype: Any) -> list[Line]:
    """Every line that the formula runs, with numbers of another type if one is given."""
    formula: Any = call.formula

    def cast(value: Any) -> Any:
        real = isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f"
        return value.astype(dtype) if real and dtype is not None else value

    keywords = {name: cast(value) for name, value in call.keywords.items()}
    try:
        (_, backward), lines = traced(formula, formula, *map(cast, call.arguments), **keywords)
        return lines if upstream is None else traced(formula, backward, *map(cast, upstream))[1]
    except SettingError:  # a function without a source
        return []


def _room(
    call: Call, upstream: tuple[Any, ...] | None, line: Line | None, name: str, place: tuple[int, ...], dtype: Any
) -> str:
    """How far the number lies beyond what its type holds, seen in float64."""
    largest = float(np.finfo(dtype).max)
    if dtype == np.float64:
        return f"The largest float64 is {largest:.1e}"
    lines = [] if line is None else _lines(call, upstream, np.float64)
    same = (each.values for each in lines if line and each.number == line.number)
    wide = next((values[name] for values in same if name in values), None)
    if not isinstance(wide, np.ndarray | np.floating) or np.ndim(wide) != len(place):  # no such line in float64
        return f"The largest {dtype} is {largest:.1e}"
    value = float(np.asarray(wide)[place])
    if not np.isfinite(value):
        return f"Not even float64, which ends at 1.8e+308, holds it; {dtype} ends at {largest:.1e}"
    return f"In float64 it is {value:.2g}, {abs(value) / largest:.2g} times the largest {dtype}, {largest:.1e}"


def _sizes(arguments: dict[str, Any], upstream: tuple[Any, ...] | None, text: str) -> str:
    """From where to where the numbers go that went in: those that the line names, and all that are large."""
    given = {**arguments, **({} if upstream is None else {"the upstream gradient": upstream[0]})}
    told = []
    for name, array in ((name, array) for name, each in given.items() for array in _arrays(each) if array.size):
        named = array.size > 1 and re.search(rf"\b{name}\b", text)
        if named or np.abs(array).max() >= LARGE:
            low, high = f"{array.min():.2g}", f"{array.max():.2g}"
            told.append(f"{name} is {low}" if low == high else f"{name} goes from {low} to {high}")
    return ", ".join(told)


def _file(call: Call) -> str:
    """The file of the formula; of a function of the learner's own, its module."""
    entry = registry.get(call.formula.__name__)
    return entry.file if entry is not None and entry.function is call.formula else call.formula.__module__


def _bad(value: Any) -> bool:
    return any(not np.isfinite(each).all() for each in _arrays(value))


def _arrays(value: Any) -> list[Array]:
    """The arrays of real numbers in a value, however it is put together."""
    if isinstance(value, tuple | list):
        return [array for each in value for array in _arrays(each)]
    array = np.asarray(value) if isinstance(value, np.ndarray | float | np.floating) else None
    return [] if array is None or array.dtype.kind != "f" else [array]


def _first(array: Array) -> tuple[tuple[int, ...], str]:
    """The first place that is not finite, and what stands there."""
    place = tuple(int(index) for index in np.argwhere(~np.isfinite(array))[0])
    return place, str(array[place])
