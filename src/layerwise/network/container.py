"""What layers made of layers have in common: children with names, a place in tables, and the way shapes go."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple, SupportsIndex

import numpy as np

from layerwise import formulas
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.layers import LAYERS, Layer, Pass
from layerwise.types import Array, Backward, Shape


class Container(Layer):
    """Layers inside a layer. The children are named as torch names them: "0", "1", ..., then `layer_settings`.

    A subclass says in `forward` what flows where, and in `inputs` which child is given what. It takes x through a child
    by `pass_.take(child, x)`, so that taps and states know the child by its address and use; by a `Fork`, where several
    children are given the same x. Registered among the layers, it then has its place in tables, summaries, drawings and
    files: its constructor takes `*layers` and settings by name.
    """

    layer_settings: ClassVar[tuple[str, ...]] = ()
    """Which settings are layers themselves, such as the shortcut of a Residual."""

    def __init__(self, *layers: Layer) -> None:
        super().__init__()
        if not layers:
            raise SettingError(f"{type(self).__name__} needs at least one layer, such as Linear(2, 1)")
        self.layers = tuple(_layer(each) for each in layers)

    @abstractmethod
    def inputs(self, shape: Shape | None) -> Iterator[tuple[str, Layer, Shape | None]]:
        """Every child by name, with the shape of one sample that it is given, where the container is given `shape`."""

    @property
    def result(self) -> str:
        """What the container itself computes from its children's outputs, in words; "" for a plain row."""
        return ""

    def children(self) -> Iterator[tuple[str, Layer]]:
        yield from ((str(index), layer) for index, layer in enumerate(self.layers))
        yield from ((name, getattr(self, name)) for name in self.layer_settings if getattr(self, name) is not None)

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, index: int) -> Layer:
        if not isinstance(index, SupportsIndex | slice):
            raise KindError(f"a layer is picked by its number, 0 to {len(self) - 1}, got {index!r}")
        return self.layers[index]

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __repr__(self) -> str:
        words = [repr(layer) for layer in self.layers]
        words += [f"{name}={value!r}" for name, value in LAYERS.settings(self).items()]
        return f"{type(self).__name__}({', '.join(words)})"


class Leaf(NamedTuple):
    """A layer that computes, its address, and the shapes of one sample before and after it."""

    address: str
    layer: Layer
    before: Shape | None
    after: Shape | None


def leaves(container: Container, shape: Shape | None, prefix: str = "") -> Iterator[Leaf]:
    """The layers that compute, in order; a container with a result of its own comes after the layers inside it."""
    for name, layer, given in container.inputs(shape):
        address = prefix + name
        if isinstance(layer, Container):
            yield from leaves(layer, given, f"{address}.")
        if not isinstance(layer, Container) or layer.result:
            yield Leaf(address, layer, given, layer.output_shape(given))


def input_shape(layer: Layer) -> Shape | None:
    """The shape of one input sample, as far as the first layer that cares knows it."""
    own = getattr(layer, "input_shape", None)
    if own is not None:
        return tuple(own)
    for _, child in layer.children():
        shape = input_shape(child)
        if shape is not None or not _keeps_shape(child):
            return shape
    return None


def _keeps_shape(layer: Layer) -> bool:
    try:
        return layer.output_shape((1,)) == (1,)
    except ShapeError:  # pooling asks for images, but not for how many channels
        return False


class Fork:
    """Several ways of the same x through one pass: each begins with what the pass knew before all of them.

    That is the wish for the gradient at x, and which steps of sequences are real: padding that an `Embedding` finds on
    one way says nothing about the next.
    """

    def __init__(self, container: Layer, x: Array, ways: int, pass_: Pass) -> None:
        self.x, self.pass_ = x, pass_
        self.input_gradient, self.mask = pass_.input_gradient, pass_.mask
        self.told = pass_.lengths is not None or pass_.mask is not None
        self.found: list[Array | None] = []
        self.backwards = [pass_.call(container, formulas.fan_out, x)[1] for _ in range(ways - 1)]

    def branch(self, layer: Layer) -> tuple[Array, Backward]:
        """The next of the ways; a tap sees what comes out of it."""
        return self._way(layer, self.pass_.take)

    def row(self, row: Layer) -> tuple[Array, Backward]:
        """The next of the ways, a row whose layers are those of the container itself and show themselves."""
        return self._way(row, lambda row, x: row.forward(x, self.pass_))

    def _way(self, layer: Layer, go: Callable[[Layer, Array], tuple[Array, Backward]]) -> tuple[Array, Backward]:
        self.pass_.input_gradient, self.pass_.mask = self.input_gradient, self.mask
        y, backward = go(layer, self.x)
        self.found.append(self.pass_.mask)
        return y, backward

    def join(self) -> None:
        """Tell the layers behind: what was known before, else that a step is padding where it is on every way."""
        self.pass_.mask = self.mask if self.told else _real_on_any(self.found)

    def backward(self, gradients: Sequence[Array | None]) -> Array | None:
        """The gradient at x from those that come back on its ways, in order; None where nobody wanted one."""
        dx, *others = gradients
        for backward, other in zip(reversed(self.backwards), others, strict=True):
            dx = None if dx is None or other is None else backward(dx, other)
        return dx


def _real_on_any(masks: Sequence[Array | None]) -> Array | None:
    """The steps that are real by any of the masks; None, all of them, if one is missing or of other sequences."""
    known = [mask for mask in masks if mask is not None]
    if len(known) < len(masks) or len({mask.shape for mask in known}) > 1:
        return None
    return np.logical_or.reduce(known)


def _layer(thing: Any) -> Layer:
    if not isinstance(thing, Layer):
        raise KindError(f"expected layers, such as ReLU(); got {thing!r} ({_kind(thing)})")
    return thing


def optional_layer(name: str, thing: Any) -> Layer | None:
    """A setting that is a layer, or None."""
    if thing is not None and not isinstance(thing, Layer):
        raise KindError(f"{name} must be a layer, such as Linear(2, 1), or None; got {thing!r} ({_kind(thing)})")
    return thing


def _kind(thing: Any) -> str:
    if isinstance(thing, list | tuple):
        return "a list: write Network(*layers)"
    return "a class: write it with brackets" if isinstance(thing, type) else type(thing).__name__
