"""The confusion matrix of a test as a table in which only mistakes have a colour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerwise.comparison.result import ClassResult
from layerwise.pages import Markup, element, joined, table
from layerwise.types import Array
from layerwise.wording import printable

_MOST_CLASSES = 20
_LONGEST, _SHORT = 32, 5
_PAIRS = 12
_SHADES = 4
_FEW = 3
"""So few mistakes of one kind are never in the strongest shade."""


def confusion(result: ClassResult) -> Markup:
    """The matrix with a word beside it; of more than 20 classes the most frequent confusions."""
    names = [printable(name, _LONGEST) for name in result.classes]
    if len(names) > _MOST_CLASSES:
        title = f"The most frequent confusions; all {len(names)} × {len(names)} counts are in result.json."
        return joined(
            element("p", title, class_="small"),
            table(_pairs(result.confusion, names), ["true", "said", "times"], figures=[2]),
        )
    matrix = element("div", _matrix(result.confusion, names), class_="wide")
    beside = [
        "Rows are the truth, columns the answer. Right answers stand on the diagonal; only mistakes have a colour.",
        *_sentences(result.confusion, names),
    ]
    return element("div", matrix, element("div", *(element("p", each) for each in beside)), class_="beside")


def _matrix(counts: Array, names: Sequence[str]) -> Markup:
    """Names too long for a column are numbered."""
    columns, heads = list(names), list(names)
    if max(map(len, names)) > _SHORT:
        columns = [str(place + 1) for place in range(len(names))]
        heads = [f"{place} {name}" for place, name in zip(columns, names, strict=True)]
    most = max(_FEW, int((counts - np.diag(np.diag(counts))).max()))
    rows = [element("tr", element("td"), *(element("th", name, scope="col") for name in columns))]
    for true, (head, row) in enumerate(zip(heads, counts, strict=True)):
        cells = [_cell(int(count), true == said, most, f"true {names[true]}, said {names[said]}")
                 for said, count in enumerate(row)]  # fmt: skip
        rows.append(element("tr", element("th", head, scope="row"), *cells, _share(int(row[true]), int(row.sum()))))
    return element("table", *rows, class_="matrix")


def _cell(count: int, right: bool, most: int, title: str) -> Markup:
    if right:
        return element("td", f"{count:,}", class_="right", title=title)
    if not count:
        return element("td")
    return element("td", f"{count:,}", class_=f"wrong shade-{-(-_SHADES * count // most)}", title=title)


def _share(right: int, total: int) -> Markup:
    words = "none in the test part" if not total else "all right" if right == total else f"{right:,} of {total:,}"
    return element("td", words, class_="share")


def _sentences(counts: Array, names: Sequence[str]) -> list[str]:
    pairs = _pairs(counts, names)
    if not pairs:
        return ["No class was taken for another."]
    always = [name for name, row, k in zip(names, counts, range(len(names)), strict=True) if 0 < row.sum() == row[k]]
    found = [f"Always recognised: {', '.join(always)}."] if always else []
    if int(pairs[0][2]) > 1:
        found.append("Most often confused: true {}, said {}: {} times.".format(*pairs[0]))
    return found


def _pairs(counts: Array, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """The truth, the answer and how often, the most frequent first."""
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:_PAIRS]
    places = [divmod(int(place), len(names)) for place in order]
    return [(names[t], names[s], str(wrong[t, s])) for t, s in places if wrong[t, s]]
