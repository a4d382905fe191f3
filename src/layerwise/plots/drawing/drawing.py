"""The drawing of a network: what it is called by, and the forms it comes in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from layerwise import files
from layerwise.checks import one_of, positive, require_kind, require_path
from layerwise.errors import FileError, SettingError
from layerwise.layers import Layer, Linear
from layerwise.network import Network
from layerwise.plots.drawing.columns import Column, columns_of
from layerwise.plots.drawing.folding import folded
from layerwise.plots.drawing.items import Sheet
from layerwise.plots.drawing.sheet import block_sheet
from layerwise.plots.drawing.structure import Again, Block, Row, Skip, structure
from layerwise.plots.drawing.svg import svg
from layerwise.plots.drawing.text import text_of
from layerwise.plots.drawing.unit_text import unit_text
from layerwise.plots.drawing.units import MOST_COLUMNS, MOST_UNITS, unit_sheet
from layerwise.plots.drawing.words import count
from layerwise.types import Shape
from layerwise.wording import printable

_MOST_EDGES = 400
_LONGEST_NAME = 24
_BREAK = "\n\n"


@dataclass(frozen=True)
class Drawing:
    """A network as a picture. A notebook shows it; printed, it is a drawing in letters.

    svg: the picture as the text of an SVG file. text: the drawing in letters. sheet: every item of the picture with
    its place and size.
    """

    sheet: Sheet
    text: str

    @property
    def svg(self) -> str:
        return svg(self.sheet)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to an .svg file. Raises FileError for another ending, or where nothing can be written."""
        require_path("path", path)
        if os.path.splitext(os.fspath(path))[1].lower() != ".svg":
            raise FileError(f"{path}: a drawing is written as SVG: give a name that ends in .svg")
        files.replace(path, [self.svg.encode()])

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.svg


def architecture(
    net: Network | Layer,
    *,
    input_shape: Shape | None = None,
    kind: str = "auto",
    unfold: bool = False,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    limit: float | None = None,
) -> Drawing:
    """Draw a network, or a layer, from what it is made of.

    kind: "units" draws columns of units, with a line for every weight, its colour and width by sign and size; "blocks"
    draws a box for every layer, with its shape and parameters; "auto", unless given, takes units for dense networks
    with up to 16 units a layer and 400 weights, or where units have names, and blocks for all others.
    input_shape: of one sample, where the layers do not fix it. unfold: draw equal blocks that follow each other one by
    one; they are one, with the number of times, unless given. inputs, outputs: names of the features and of the
    answers, one for each unit; beside blocks as many as fit. limit: the size of a weight at which its line is thickest,
    so that drawings can be compared; the largest weight unless given.

    Blocks stand below each other. A residual block is a way around on the left; branches stand side by side; a layer
    that is used twice is drawn once, with a mark where the data go through it again; a recurrent layer has a loop, and
    looks the same for sequences of any length; attention shows its maps. Units are joined only where weights join
    them: each unit of a `Linear` with every one of the column before, and none within a column. Columns of more than
    16 units show the first and last three, networks of more than 10 columns the first five and the last four. What is
    left out is named below the drawing.
    Returns a `Drawing`: `.svg`, `.save("net.svg")`, `print(...)`. Raises SettingError for units where the network has
    none, or for another number of names; ShapeError where input_shape does not fit.

    >>> import layerwise as lw
    >>> drawing = architecture(lw.Network(lw.Linear(3, 3), lw.ReLU(), lw.Linear(3, 1)))
    >>> drawing.svg.count('class="edge"')     # 3 x 3 and 3 x 1
    12
    >>> print(architecture(lw.Network(lw.Conv2d(1, 4, 3), lw.ReLU()), input_shape=(1, 8, 8)))
    Network                       40 parameters
    <BLANKLINE>
      │ input                     (N, 1, 8, 8)
      ■ 0  Conv2d(1, 4, 3)    40  (N, 4, 6, 6)
      ○ 1  ReLU                   (N, 4, 6, 6)
      ▼ output                    (N, 4, 6, 6)
    """
    if not isinstance(net, Layer):
        require_kind("net", net, Network, "lw.Network(...)")
    kind = one_of("kind", kind, ("auto", "units", "blocks"))
    full = None if limit is None else positive("limit", limit)
    row, shape = structure(net, input_shape)
    columns = _columns(net, row, inputs, outputs) if isinstance(net, Network) else None
    total = _total(net)
    named = inputs is not None or outputs is not None
    if kind == "units" and columns is None:
        raise SettingError(
            "kind='units' draws dense networks, of Linear and of layers without parameters: use 'blocks'"
        )
    if columns is not None and (kind == "units" or (kind == "auto" and (named or _small(columns, row)))):
        sheet = unit_sheet(columns, total, full)
        letters = unit_text(columns)
        return Drawing(sheet, f"{letters}{_BREAK if letters else ''}{text_of(row, shape, 'Network', total)}")
    shown = row if unfold else folded(row)
    title = "Network" if isinstance(net, Network) else type(net).__name__
    names = [[printable(name, _LONGEST_NAME) for name in given or ()] for given in (inputs, outputs)]
    return Drawing(block_sheet(shown, shape, title, total, *names), text_of(shown, shape, title, total))


def network_svg(net: Network, inputs: Sequence[str] | None = None, outputs: Sequence[str] | None = None) -> str:
    """The drawing of a network as SVG, with the names of its features and answers; see `architecture`.

    >>> import layerwise as lw
    >>> network_svg(lw.Network(lw.Linear(3, 3), lw.ReLU(), lw.Linear(3, 1))).count('class="edge"')
    12
    """
    require_kind("net", net, Network, "lw.Network(...)")
    return architecture(net, inputs=inputs, outputs=outputs).svg


def _total(net: Network | Layer) -> str:
    if isinstance(net, Network):
        return count(net.theta.size, "parameter")
    return count(sum({id(each): each.size for each in net.all_parameters()}.values()), "parameter")


def _columns(
    net: Network, row: Row, inputs: Sequence[str] | None, outputs: Sequence[str] | None
) -> list[Column] | None:
    """The columns of a dense network, with their names; None where the network is none."""
    if not _dense(row):
        return None
    columns = columns_of(net)
    if len(columns) < 2 or any(column.units is None for column in columns):
        return None
    _give_names(columns[0], "inputs", inputs)
    _give_names(columns[-1], "outputs", outputs)
    return columns


def _dense(row: Row) -> bool:
    """Whether all that learns is Linear layers, one after the other."""
    for part in row.parts:
        if isinstance(part, Skip):
            if not _dense(part.body):
                return False
        elif not isinstance(part, Block | Again) or not (isinstance(part.layer, Linear) or not part.layer.trains):
            return False
    return True


def _give_names(column: Column, argument: str, names: Sequence[str] | None) -> None:
    if names is None:
        return
    if len(names) != column.units:
        raise SettingError(f"{argument} must have a name for each of the {column.units} units, got {len(names)} names")
    column.names = tuple(printable(name, _LONGEST_NAME) for name in names)


def _small(columns: Sequence[Column], row: Row) -> bool:
    """Whether every unit and weight finds its place; a layer that is used twice would stand there twice."""
    sizes = [column.units or 0 for column in columns]
    edges = sum(a * b for a, b in pairwise(sizes))
    twice = any(isinstance(part, Again) for part in row.parts)
    return len(columns) <= MOST_COLUMNS and max(sizes) <= MOST_UNITS and edges <= _MOST_EDGES and not twice
