"""What a drawing says of layers, shapes and numbers."""

from __future__ import annotations

from collections.abc import Iterator

from layerwise.layers import Layer, MultiheadAttention
from layerwise.layers.recurrent_base import Recurrent
from layerwise.network.container import Container
from layerwise.plots.drawing.structure import Block, Branches, Group, Part, Repeat, Row, Skip
from layerwise.types import Shape


def count(number: int, noun: str) -> str:
    """A number of things.

    >>> count(1, "unit"), count(1200, "unit")
    ('1 unit', '1,200 units')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shape_words(shape: Shape | None) -> str:
    """The shape for N samples; T is a length that is open, and ? another size that is not known.

    >>> shape_words((None, 64)), shape_words((1, None, None)), shape_words(None), shape_words(())
    ('(N, T, 64)', '(N, 1, ?, ?)', '', '(N,)')
    """
    if shape is None:
        return ""
    sizes = ["?" if size is None else str(size) for size in shape]
    if len(sizes) <= 2 and shape and shape[0] is None:
        sizes[0] = "T"
    return f"({', '.join(['N', *sizes])}{'' if sizes else ','})"


def call(layer: Layer) -> tuple[str, str]:
    """The name of a layer, and the settings behind it in brackets.

    >>> import layerwise as lw
    >>> call(lw.Linear(3, 4)), call(lw.ReLU())
    (('Linear', '(3, 4)'), ('ReLU', ''))
    """
    text = repr(layer)
    name = type(layer).__name__
    if not text.startswith(f"{name}("):
        return text, ""
    return name, text.removeprefix(name).removesuffix("()")


def owned(block: Block) -> str:
    """How many parameters a block has, and what else it keeps."""
    words = [count(block.parameters, "parameter")] if block.parameters else []
    kept = sum(int(buffer.size) for _, inner in block.layer.walk() for buffer in inner.buffers.values())
    return ", ".join(words + [f"{kept:,} in buffers"] * bool(kept))


def ties(block: Block) -> list[str]:
    """What of its parameters is that of an earlier block."""
    return [f"{name} is {other}" for name, other in block.shared]


def carried(layer: Recurrent) -> str:
    """What goes from step to step: h, or h and c."""
    return " and ".join(layer.states)


def remarks(part: Part) -> Iterator[str]:
    """What the picture leaves out, in sentences."""
    match part:
        case Row(parts=parts):
            for inner in parts:
                yield from remarks(inner)
        case Skip(body=body, shortcut=shortcut):
            yield from remarks(body)
            yield from () if shortcut is None else remarks(shortcut)
        case Branches(ways=ways):
            for way in ways:
                yield from remarks(way)
        case Group(layer=layer, members=members):
            yield f"how {type(layer).__name__} joins the layers inside it"
            for member in members:
                yield from remarks(member)
        case Repeat(body=body):
            yield from remarks(body)
        case Block(layer=layer):
            inside = len(list(layer.children()))
            if inside and not isinstance(layer, Container):
                yield f"{count(inside, 'layer')} inside {type(layer).__name__}"


def formula_of(layer: MultiheadAttention) -> str:
    """What attention computes between its maps."""
    return f"softmax(Q Kᵀ / √{layer.embed_dim // layer.num_heads}) V"
