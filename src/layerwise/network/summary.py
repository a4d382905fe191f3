"""What a network is made of, as a table for people."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from layerwise.checks import whole_number
from layerwise.errors import KindError, SettingError
from layerwise.network.container import Container, input_shape, leaves
from layerwise.types import Shape

_NARROWEST = 16  # of the column of layers: less would say nothing
_FEWEST = 2  # columns: the address and the layer


def summary(chain: Container, shape: Shape | None, itemsize: int, width: int = 80) -> str:
    """One row a layer: the shape of its output, its parameters, its multiplications for one sample."""
    shape = input_shape(chain) if shape is None else _checked(shape)
    if shape is None:
        raise SettingError("the network does not fix the shape of its input: write summary(input_shape=(1, 28, 28))")
    rows = [("", "Layer", "Output", "Parameters", "Multiplications")]
    rows.append(("", "input", _words(shape), "", ""))
    seen: set[int] = set()
    parameters = products = 0
    for address, layer, before, after in leaves(chain, shape):
        if isinstance(layer, Container):
            rows.append((address, layer.result, _words(after), "", ""))
            continue
        inside = {id(p): p.size for p in layer.all_parameters()}
        own = sum(size for key, size in inside.items() if key not in seen)
        seen.update(inside)
        work = layer.multiplications(before or ())
        count = "shared" if inside and own == 0 else f"{own:,}" if own else ""
        rows.append((address, repr(layer), _words(after), count, f"{work:,}" if work else ""))
        parameters, products = parameters + own, products + work
    rows.append(("", "total", "", f"{parameters:,}", f"{products:,}"))
    table = _table(rows, width)
    meaning = f"{_bytes(parameters * itemsize)} of parameters"
    if rows[0][-1] in table:
        meaning += "; multiplications are for one sample, forward"
    return f"{table}\n{textwrap.fill(f'{meaning}.', width)}"


def _checked(shape: Shape) -> Shape:
    if not isinstance(shape, tuple | list):
        raise KindError(f"input_shape is the shape of one sample, such as (1, 28, 28); got {shape!r}")
    return tuple(size if size is None else whole_number("input_shape", size, minimum=0) for size in shape)


def _words(shape: Shape | None) -> str:
    if shape is None:
        return "?"
    return f"({', '.join(['N', *('?' if size is None else str(size) for size in shape)])})"


def _bytes(size: int) -> str:
    """A size as people say it.

    >>> _bytes(437_544)
    '438 kB'
    """
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 999_500 else f"{size / 1e6:.1f} MB"


def _table(rows: Sequence[tuple[str, ...]], width: int) -> str:
    """Columns of text: names to the left, numbers to the right, one line above the total.

    Where a line would be too wide, the calls that make the layers are cut; where that is not enough, the last column
    is left out.
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    excess = sum(widths) + 2 * (len(widths) - 1) - width
    if excess > max(0, widths[1] - _NARROWEST) and len(widths) > _FEWEST:
        return _table([row[:-1] for row in rows], width)
    if excess > 0:
        widths[1] = max(widths[1] - excess, _NARROWEST)
        rows = [(row[0], _cut(row[1], widths[1]), *row[2:]) for row in rows]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(w) if column >= 3 else cell.ljust(w)
            for column, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    rule = "-" * max(len(line) for line in lines)
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def _cut(text: str, width: int) -> str:
    """The beginning of a text that is too long, with a mark where it was cut.

    >>> _cut("Linear(784, 128)", 12)
    'Linear(784,…'
    """
    return text if len(text) <= width else text[: width - 1] + "…"
