"""What a network is made of, as a tree: blocks in rows, ways around them, ways side by side. Nothing is drawn yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from layerwise.errors import ShapeError
from layerwise.layers import Embedding, Layer, Select
from layerwise.layers.convolution import Convolution
from layerwise.layers.recurrent_base import Recurrent
from layerwise.network import Network, Parallel, Residual, Sequential
from layerwise.network.container import Container, input_shape
from layerwise.types import Shape


@dataclass(frozen=True)
class Block:
    """A layer that computes. before, after: the shape of one sample, None where it is not known.

    parameters: how many it owns, those aside that were counted at an earlier block. shared: these, each by its own name
    and by the name under which it was counted: (("weight", "9.weight"),).
    """

    layer: Layer
    address: str
    before: Shape | None
    after: Shape | None
    parameters: int
    shared: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Again:
    """The data go once more through a layer that stands at an earlier place, `of`."""

    layer: Layer
    address: str
    of: str
    after: Shape | None


@dataclass(frozen=True)
class Row:
    """One after the other."""

    parts: tuple[Part, ...]
    after: Shape | None


@dataclass(frozen=True)
class Skip:
    """What a row makes of x is added to x, or to what the shortcut makes of it."""

    layer: Layer
    address: str
    body: Row
    shortcut: Row | None
    after: Shape | None


@dataclass(frozen=True)
class Branches:
    """Rows side by side that see the same x. joined: how their outputs become one, "concatenate"."""

    layer: Layer
    address: str
    ways: tuple[Part, ...]
    joined: str
    after: Shape | None


@dataclass(frozen=True)
class Group:
    """Layers inside a container that says what it computes in `result`, or not at all: its wiring is not known."""

    layer: Layer
    address: str
    members: tuple[Row, ...]
    result: str
    after: Shape | None


@dataclass(frozen=True)
class Repeat:
    """The same row several times. addresses: where the first and the last begin. same: whether it is one row of
    weights, gone through so many times; else they are rows of equal make, each with its own."""

    body: Row
    times: int
    addresses: tuple[str, str]
    same: bool
    after: Shape | None


Part: TypeAlias = Block | Again | Row | Skip | Branches | Group | Repeat


@dataclass
class Reader:
    """Reads containers, and remembers which layers and parameters it has met."""

    met: dict[int, str] = field(default_factory=dict)
    counted: dict[int, str] = field(default_factory=dict)

    def row(self, container: Container, shape: Shape | None, prefix: str) -> Row:
        """The children of a container, one after the other, without the shortcut of a Residual."""
        numbered = {str(number) for number in range(len(container))}
        children = [child for child in container.inputs(shape) if child[0] in numbered]
        parts = [self.part(layer, given, prefix + name) for name, layer, given in children]
        flat = [inner for part in parts for inner in (part.parts if isinstance(part, Row) else (part,))]
        return Row(tuple(flat), flat[-1].after)

    def part(self, layer: Layer, shape: Shape | None, address: str) -> Part:
        after = layer.output_shape(shape)
        if id(layer) in self.met:
            return Again(layer, address, self.met[id(layer)], after)
        if layer.trains:
            self.met[id(layer)] = address
        if isinstance(layer, Sequential):
            return self.row(layer, shape, f"{address}.")
        if isinstance(layer, Residual):
            return self._skip(layer, shape, address, after)
        if isinstance(layer, Container):
            ways = [self._way(child, given, f"{address}.{name}") for name, child, given in layer.inputs(shape)]
            if isinstance(layer, Parallel):
                return Branches(layer, address, tuple(ways), layer.combine, after)
            return Group(layer, address, tuple(ways), layer.result, after)
        return self._block(layer, shape, address, after)

    def _way(self, layer: Layer, shape: Shape | None, address: str) -> Row:
        part = self.part(layer, shape, address)
        return part if isinstance(part, Row) else Row((part,), part.after)

    def _skip(self, layer: Residual, shape: Shape | None, address: str, after: Shape | None) -> Skip:
        body = self.row(layer, shape, f"{address}.")
        given = input_shape(layer) if shape is None else shape
        way = None if layer.shortcut is None else self._way(layer.shortcut, given, f"{address}.shortcut")
        return Skip(layer, address, body, way, after)

    def _block(self, layer: Layer, shape: Shape | None, address: str, after: Shape | None) -> Block:
        own, shared = 0, []
        for prefix, inner in layer.walk():
            for name, parameter in inner.parameters.items():
                if id(parameter) in self.counted:
                    shared.append((prefix + name, self.counted[id(parameter)]))
                else:
                    self.counted[id(parameter)] = f"{address}.{prefix}{name}"
                    own += parameter.size
        return Block(layer, address, shape, after, own, tuple(shared))


def structure(thing: Network | Layer, shape: Shape | None = None) -> tuple[Row, Shape | None]:
    """The tree of a network, or of a layer by itself, and the shape of one sample that goes in.

    Where a layer reads sequences step by step, their length is left open, even if the shape that was given holds one:
    it changes nothing of the network.

    >>> import layerwise as lw
    >>> row, shape = structure(lw.Network(lw.Linear(3, 3), lw.ReLU(), lw.Linear(3, 1)))
    >>> [(part.address, part.parameters, part.after) for part in row.parts], shape
    ([('0', 12, (3,)), ('1', 0, (3,)), ('2', 4, (1,))], (3,))
    """
    chain = thing.chain if isinstance(thing, Network) else thing
    given = _given(chain, shape)
    reader = Reader()
    if isinstance(chain, Sequential):
        return reader.row(chain, given, ""), given
    part = reader.part(chain, given, thing.address if isinstance(thing, Layer) else "")
    return (part if isinstance(part, Row) else Row((part,), part.after)), given


def _given(chain: Layer, shape: Shape | None) -> Shape | None:
    own = input_shape(chain) or _of_first(chain)
    if not shape:
        return own if shape is None else shape
    stepwise = any(isinstance(layer, Recurrent) for _, layer in chain.walk())
    if stepwise and len(shape) <= 2 and (own is None or own[0] is None):
        return (None, *shape[1:])
    return shape


def _of_first(chain: Layer) -> Shape | None:
    """What a layer that fixes no shape tells of it: images of so many channels, numbers of words, so many columns."""
    first = chain
    while child := next(first.children(), None):
        first = child[1]
    shape: Shape | None = None
    if isinstance(first, Convolution):
        shape = (first.in_channels, *[None] * first.axes)
    elif isinstance(first, Embedding):
        shape = (None,)
    elif isinstance(first, Select) and first.size is not None and first.dim == -1:
        shape = (first.size,)
    try:
        chain.output_shape(shape)
    except ShapeError:  # another branch asks for something else
        return None
    return shape


def blocks_in(part: Part) -> Iterator[Block]:
    """The blocks of a tree, in order; those of a repeated row once."""
    if isinstance(part, Block):
        yield part
    for inner in _inside(part):
        yield from blocks_in(inner)


def _inside(part: Part) -> tuple[Part, ...]:
    match part:
        case Row(parts=parts):
            return parts
        case Skip(body=body, shortcut=shortcut):
            return (body,) if shortcut is None else (body, shortcut)
        case Branches(ways=ways):
            return ways
        case Group(members=members):
            return members
        case Repeat(body=body):
            return (body,)
    return ()
