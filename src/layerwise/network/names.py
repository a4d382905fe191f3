"""The names of a network's arrays: the way to a layer, then the layer's own name for it, as in torch ("2.weight")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from layerwise.layers import Layer
from layerwise.layers.parameter import Parameter
from layerwise.types import Array


def named_parameters(layer: Layer) -> Iterator[tuple[str, Parameter]]:
    """Every parameter of a layer and of the layers inside it, under each of its names."""
    return ((prefix + name, each) for prefix, inner in walk(layer, "") for name, each in inner.parameters.items())


def named_buffers(layer: Layer) -> Iterator[tuple[str, Array]]:
    """Every buffer, in the same way."""
    return ((prefix + name, each) for prefix, inner in walk(layer, "") for name, each in inner.buffers.items())


def with_buffers(layer: Layer) -> Iterator[tuple[str, Layer]]:
    """The layers that have buffers, each with the prefix of their names."""
    return ((prefix, inner) for prefix, inner in walk(layer, "") if inner.buffers)


def cast_buffers(layer: Layer, dtype: Any) -> None:
    """Give the buffers that hold quantities the network's type; counts stay whole numbers."""
    for _, inner in walk(layer, ""):
        inner.buffers = {name: b.astype(dtype) if b.dtype.kind == "f" else b for name, b in inner.buffers.items()}


def walk(layer: Layer, prefix: str) -> Iterator[tuple[str, Layer]]:
    """The layer and all inside it, each with the prefix of its arrays' names."""
    yield prefix, layer
    for name, child in layer.children():
        yield from walk(child, f"{prefix}{name}.")
