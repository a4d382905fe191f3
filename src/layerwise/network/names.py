"""The names of a network's arrays: the way to a layer, then the layer's own name for it, as in torch ("2.weight")."""

from __future__ import annotations

from collections.abc import Iterator

from layerwise.display import Displayed
from layerwise.layers import Layer
from layerwise.layers.parameter import Parameter
from layerwise.types import Array


class Parameters(Displayed, dict[str, Array]):
    """Arrays of a network by name, each a view into its flat vector; a notebook shows them as a table with pictures."""


def named_parameters(layer: Layer) -> Iterator[tuple[str, Parameter]]:
    """Every parameter of a layer and of the layers inside it, under each of its names."""
    return ((prefix + name, each) for prefix, inner in layer.walk() for name, each in inner.parameters.items())


def named_buffers(layer: Layer) -> Iterator[tuple[str, Array]]:
    """Every buffer, in the same way."""
    return ((prefix + name, each) for prefix, inner in layer.walk() for name, each in inner.buffers.items())


def with_buffers(layer: Layer) -> Iterator[tuple[str, Layer]]:
    """The layers that have buffers, each with the prefix of their names."""
    return ((prefix, inner) for prefix, inner in layer.walk() if inner.buffers)


def give_addresses(layer: Layer) -> None:
    """Tell all layers inside this one where they stand; of several places of one layer, the first."""
    for prefix, inner in reversed(list(layer.walk())):
        inner.address = prefix.removesuffix(".")
