"""Networks, layers and their parameters in a notebook: a drawing, and the numbers below it."""

from __future__ import annotations

from collections.abc import Mapping

from layerwise.layers import Layer
from layerwise.layers.parameter import Parameter
from layerwise.network import Network
from layerwise.network.container import input_shape
from layerwise.network.names import Parameters, named_parameters
from layerwise.plots import architecture, array_picture
from layerwise.plots.arrays.scale import statistics
from layerwise.plots.drawing import Drawing
from layerwise.plots.drawing.folding import folded as fold
from layerwise.plots.drawing.structure import blocks_in, structure
from layerwise.plots.drawing.text import text_of
from layerwise.report.notebook.form import html
from layerwise.report.notebook.fragment import card, escaped, folded, letters, paragraph, table, title
from layerwise.types import Array
from layerwise.wording import quantity

_BYTES = 90_000
"""Of a drawing in a notebook, and of all pictures of parameters together."""
_UNFOLDED = 60
"""Blocks that are drawn when a network is unfolded; more are told in letters."""
_ROWS = 200
_SHOWN = 1200
"""Elements of an array that one of several pictures shows."""
_LINES = 100


@html.register
def network(net: Network) -> str:
    """The drawing, unfolded with one action where something is folded, and the table of layers."""
    parts = [_drawing(architecture(net))]
    row, shape = structure(net)
    count = sum(1 for _ in blocks_in(row))
    if count > sum(1 for _ in blocks_in(fold(row))):
        if count <= _UNFOLDED:
            whole = _drawing(architecture(net, kind="blocks", unfold=True))
        else:
            whole = letters(_shortened(text_of(row, shape, "Network", f"{net.theta.size:,} parameters")))
        parts.append(folded("Unfold", whole))
    if input_shape(net.chain) is not None:
        parts.append(folded("Table of layers", letters(_shortened(net.summary(width=100)))))
    return card(*parts)


@html.register
def layer(layer: Layer) -> str:
    """The drawing of the layer by itself, and its parameters, if they have values yet.

    A layer that no network has adopted gets its first values from its place in one: a look must not give it others.
    """
    found = dict(named_parameters(layer))
    drawn = _drawing(architecture(layer))
    if not found:
        return card(drawn)
    if any(each.vector is None for each in found.values()):
        rows = [(name, _shape(each.shape), f"{each.size:,}") for name, each in found.items()]
        words = "The first values come when a network adopts the layer, or when one looks at them."
        return card(drawn, table(("parameter", "shape", "numbers"), rows[:_ROWS], right={2}), paragraph(words, "soft"))
    return card(drawn, _listed({name: each.value for name, each in found.items()}, ""))


@html.register
def parameter(parameter: Parameter) -> str:
    """One parameter as a picture."""
    if parameter.vector is None:
        words = "It has no values yet: they come when a network adopts its layer, or when one looks at them."
        return card(title("Parameter", _shape(parameter.shape)), paragraph(words, "soft"))
    return card(array_picture(parameter.value, title="parameter").svg)


@html.register
def parameters(views: Parameters) -> str:
    """All arrays of a network by name: address, shape and size, and a picture of each that is opened."""
    total = sum(array.size for array in {id(array): array for array in views.values()}.values())
    return card(title(f"{len(views)} arrays", f"{total:,} numbers"), _listed(views, "net.parameters()"))


def _listed(arrays: Mapping[str, Array], call: str) -> str:
    """A row an array, and pictures as far as they are small together. call: what stands before the name of one."""
    shown = dict(list(arrays.items())[:_ROWS])
    first: dict[tuple[int, int], str] = {}
    for name, array in shown.items():
        first.setdefault(_place(array), name)
    rows = [_row(name, array, first[_place(array)], call) for name, array in shown.items()]
    pictures = _pictures({name: shown[name] for name in first.values()})
    words = []
    if len(arrays) > len(rows):
        words.append(f"{len(arrays) - len(rows):,} more arrays are not shown.")
    if len(pictures) < len(first):
        words.append(f"Pictures of the first {len(pictures)}; lw.plots.array_picture(array) draws any.")
    head = ("array", "shape", "numbers", "from, to", "RMS", "")
    return "".join([table(head, rows, right={2, 4}, raw={0}), *pictures, *(paragraph(text, "soft") for text in words)])


def _place(array: Array) -> tuple[int, int]:
    """Where an array lies: two of one place are one array with two names."""
    return array.__array_interface__["data"][0], array.size


def _row(name: str, array: Array, first: str, call: str) -> tuple[str, ...]:
    found = statistics(array)
    address = escaped(f'{call}["{name}"]' if call else name)
    spread = f"is {first}" if first != name else f"{quantity(found.low)} to {quantity(found.high)}"
    odd = found.nans + found.infinite
    cells = (f"<code>{address}</code>", _shape(array.shape), f"{array.size:,}")
    return (*cells, spread, quantity(found.rms), f"{odd:,} not finite" if odd else "")


def _pictures(arrays: Mapping[str, Array]) -> list[str]:
    """Each to be opened, from the first on, while there is room."""
    pictures: list[str] = []
    room = _BYTES
    for name, array in arrays.items():
        svg = array_picture(array, title=name, most=_SHOWN).svg
        room -= len(svg)
        if room < 0:
            break
        pictures.append(folded(f"Picture of {name}", svg))
    return pictures


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{size:,}" for size in shape) or "one number"


def _drawing(drawing: Drawing) -> str:
    """The picture; the drawing in letters where that would be too large for a notebook."""
    svg = drawing.svg
    return svg if len(svg.encode()) <= _BYTES else letters(_shortened(drawing.text))


def _shortened(text: str) -> str:
    lines = text.splitlines()
    if len(lines) <= _LINES:
        return text
    return "\n".join([*lines[:_LINES], f"... and {len(lines) - _LINES:,} more lines"])
