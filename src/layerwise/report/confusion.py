"""The confusion matrix as text: rows are the true classes, columns the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from layerwise.types import Array
from layerwise.wording import printable

WIDTH = 80

_LONGEST = 20
_PAIRS = 10


def confusion_lines(
    counts: Array,
    classes: Sequence[str],
    bold: Callable[[str], str] = str,
    dim: Callable[[str], str] = str,
) -> list[str]:
    """The matrix, zeros as points; where it is too wide for 80 columns, the most frequent confusions instead.

    counts: (K, K), row the true class. Names too long for a column are numbered.

    >>> print("\\n".join(confusion_lines(np.array([[9, 1], [0, 12]]), ["cat", "dog"])))
    confusion: rows are the true class, columns the answer
           cat  dog
      cat    9    1
      dog    .   12
    """
    numbers = len(str(int(counts.max(initial=0))))
    names = [printable(each, _LONGEST) for each in classes]
    columns = names
    widest = max(map(len, names))
    if max(widest, numbers) > 5 and len(names) > 2:
        columns = [str(place + 1) for place in range(len(names))]
        names = [f"{place:>{len(columns[-1])}} {name}" for place, name in zip(columns, names, strict=True)]
    head, cell = max(map(len, names)), max(numbers, *map(len, columns))
    if 2 + head + len(columns) * (cell + 2) > WIDTH:
        return _frequent(counts, [printable(each, _LONGEST) for each in classes])
    lines = [
        bold("confusion") + ": rows are the true class, columns the answer",
        " " * (2 + head) + "".join(f"  {column:>{cell}}" for column in columns),
    ]
    for row, name in enumerate(names):
        cells = (_cell(int(count), cell, row == column, bold, dim) for column, count in enumerate(counts[row]))
        lines.append(f"  {name:<{head}}" + "".join(f"  {each}" for each in cells))
    return lines


def _cell(count: int, width: int, right: bool, bold: Callable[[str], str], dim: Callable[[str], str]) -> str:
    """Right answers are dim and so are zeros: what is left to see are the mistakes."""
    if count == 0:
        return dim(f"{'.':>{width}}")
    return f"{count:>{width}}" if right else bold(f"{count:>{width}}")


def _frequent(counts: Array, names: Sequence[str]) -> list[str]:
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:_PAIRS]
    pairs = [(int(place) // len(names), int(place) % len(names)) for place in order]
    rows = [(names[true], names[said], int(wrong[true, said])) for true, said in pairs if wrong[true, said]]
    if not rows:
        return [f"confusion: none among {len(names)} classes"]
    width = max(len(true) for true, _, _ in rows)
    said_width = max(len(said) for _, said, _ in rows)
    return [
        f"most frequent confusions (all {len(names)} x {len(names)} are in result.json)",
        *(f"  true {true:<{width}}  said {said:<{said_width}}  {count:>5}" for true, said, count in rows),
    ]
