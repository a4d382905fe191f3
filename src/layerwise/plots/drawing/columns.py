"""A network as columns: what the drawing of an architecture shows, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from layerwise.layers import Layer, Linear
from layerwise.network import Network, Residual
from layerwise.network.container import input_shape, leaves
from layerwise.types import Shape


@dataclass
class Column:
    """One state of the data on its way: the input, or what a layer with parameters or another shape makes of it.

    shape: of one sample, None where it is not known. layer: what computes it; None for the input. after: layers that
    work on it then and change no shape and own no parameters, such as activations. parameters: how many all of these
    own. added: those of `after` that are the shortcut of a residual block, added to what the block makes. starts: the
    columns where the blocks that end here begin, each of which goes straight to here as well. shared:
    whether some parameters were counted at an earlier place. hidden: how many columns this one stands for, if they are
    left out of the drawing. names: of its units, if they have any.
    """

    shape: Shape | None
    layer: Layer | None = None
    after: list[Layer] = field(default_factory=list)
    added: list[Layer] = field(default_factory=list)
    starts: list[Column] = field(default_factory=list)
    parameters: int = 0
    shared: bool = False
    role: str = ""
    names: tuple[str, ...] = ()
    hidden: int = 0

    @property
    def units(self) -> int | None:
        """How many units stand in the column, if it is one of units and their number is known."""
        return self.shape[0] if self.shape is not None and len(self.shape) == 1 else None

    @property
    def joins_all(self) -> bool:
        """Whether each unit is joined to every unit of the column before."""
        return isinstance(self.layer, Linear)


def columns_of(net: Network) -> list[Column]:
    """The columns of a network, from input to output."""
    shape = input_shape(net.chain)
    columns = [Column(shape)]
    seen: set[int] = set()
    inside: dict[str, Column] = {}
    for address, layer, before, made in leaves(net.chain, shape):
        for block in _blocks(address):
            inside.setdefault(block, columns[-1])
        if isinstance(layer, Residual):
            columns[-1].starts += [start for start in [inside[address]] if start is not columns[-1]]
            if layer.shortcut in columns[-1].added:
                continue  # their sum is told with the shortcut
        if address.split(".")[-1] == "shortcut":
            columns[-1].after.append(layer)
            columns[-1].added.append(layer)
        elif layer.parameters or made != before:
            columns.append(Column(made, layer))
        else:
            columns[-1].after.append(layer)
        own = {id(parameter): parameter.size for parameter in layer.parameters.values()}
        columns[-1].parameters += sum(size for key, size in own.items() if key not in seen)
        columns[-1].shared = columns[-1].shared or bool(own.keys() & seen)
        seen |= own.keys()
    _name(columns)
    return columns


def abridged(columns: list[Column], most: int) -> list[Column]:
    """At most so many columns: of a deeper network the first and the last, and one that stands for those between."""
    if len(columns) <= most:
        return columns
    first, last = most // 2, most - 1 - most // 2
    middle = columns[first:-last]
    gap = Column(None, role=f"hidden {first} to {first + len(middle) - 1}", hidden=len(middle))
    gap.parameters = sum(each.parameters for each in middle)
    return [*columns[:first], gap, *columns[-last:]]


def _blocks(address: str) -> list[str]:
    """The addresses of the containers around a layer, and its own."""
    parts = address.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _name(columns: list[Column]) -> None:
    for index, column in enumerate(columns):
        column.role = f"hidden {index}" if len(columns) > 3 else "hidden"
    columns[-1].role = "output"
    columns[0].role = "input" if len(columns) > 1 else "input and output"
