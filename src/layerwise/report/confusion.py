"""The confusion matrix as text: rows are the true classes, columns the answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerwise.report.look import PLAIN, Look
from layerwise.types import Array
from layerwise.wording import printable

_LONGEST = 20
_PAIRS = 10


def confusion_lines(counts: Array, classes: Sequence[str], look: Look = PLAIN) -> list[str]:
    """The matrix, zeros as points; where it is too wide, the most frequent confusions instead.

    counts: (K, K), row the true class. Names too long for a column are numbered.

    >>> print("\\n".join(confusion_lines(np.array([[9, 1], [0, 12]]), ["cat", "dog"])))
    confusion: rows are the true class, columns the answer
           cat  dog
      cat    9    1
      dog    .   12
    """
    names = [printable(each, _LONGEST) for each in classes]
    heads, columns = names, names
    if len(names) > 2 and max(map(len, [*names, str(counts.max(initial=0))])) > 5:
        columns = [str(place + 1) for place in range(len(names))]
        heads = [f"{place:>{len(columns[-1])}} {name}" for place, name in zip(columns, names, strict=True)]
    rows = [["", *columns], *([head, *map(_cell, row)] for head, row in zip(heads, counts, strict=True))]
    if sum(2 + max(map(len, column)) for column in zip(*rows, strict=True)) > look.width:
        return _frequent(counts, names, look)
    for place, row in enumerate(rows[1:], 1):
        row[1:] = [_shown(cell, place == column, look) for column, cell in enumerate(row[1:], 1)]
    title = look.titled("confusion", ": rows are the true class, columns the answer")
    return [*title, *look.table(rows, right=range(1, len(rows)))]


def _cell(count: int) -> str:
    return str(count) if count else "."


def _shown(cell: str, right: bool, look: Look) -> str:
    """Right answers are plain and zeros dim: what is left to see are the mistakes."""
    if cell == ".":
        return look.dim(cell)
    return cell if right else look.bold(cell)


def _frequent(counts: Array, names: Sequence[str], look: Look) -> list[str]:
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:_PAIRS]
    pairs = [(int(place) // len(names), int(place) % len(names)) for place in order]
    rows = [[f"true {names[t]}", f"said {names[s]}", str(wrong[t, s])] for t, s in pairs if wrong[t, s]]
    if not rows:
        return look.wrapped(f"confusion: none among {len(names)} classes", "  ", "")
    title = f"most frequent confusions (all {len(names)} x {len(names)} are in result.json)"
    return [*look.wrapped(title, "  ", ""), *look.table(rows, right=[2])]
