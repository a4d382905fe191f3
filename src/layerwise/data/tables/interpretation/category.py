"""Categories: which texts are the same one, which stand for a gap, and when there are too many to be categories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layerwise.data.tables.values import MISSING, Texts, Values, gather
from layerwise.data.tables.words import listed
from layerwise.types import Array

MOST_CATEGORIES = 100
"""Categories of one column that become features: the commonest. The others are told, and have no feature."""

_NAMES_TOO = frozenset({"None"})
"""Words for a gap that are categories where they stand among others: alcohol is Light, Heavy or None."""


@dataclass(frozen=True)
class Merged:
    """A column of categories. texts: with one text for each. merged: what was taken for the same, in words."""

    texts: Texts
    merged: str = ""


def as_texts(values: Values) -> Texts:
    """Numbers as the texts of their classes; texts as they are."""
    if isinstance(values, Texts):
        return values
    return gather(["" if value != value else class_name(repr(value)) for value in values.tolist()], len(values))


def find_categories(values: Values, exact: bool = False) -> Merged:
    """The categories of a column: words for a gap taken out, and those put together that differ by case alone.

    exact: leave those apart.

    >>> from layerwise.data.tables.values import gather
    >>> found = find_categories(gather(["Yes", "no", "yes", "?", "Yes"]))
    >>> found.texts.names, found.merged
    (('Yes', 'no'), "'Yes', 'yes'")
    """
    texts = as_texts(values)
    new = {name: "" for name in texts.names if name in MISSING - _NAMES_TOO}
    if exact:
        return Merged(texts.replace(new) if new else texts)
    groups: dict[str, list[str]] = {}
    for name in texts.names:
        if name not in new:
            groups.setdefault(name.casefold(), []).append(name)
    counts = dict(zip(texts.names, texts.counts.tolist(), strict=True))
    merged = []
    for group in groups.values():
        if len(group) > 1:
            chosen = max(group, key=lambda name: (counts[name], name))
            new |= dict.fromkeys(group, chosen)
            merged.append(listed([chosen, *sorted(set(group) - {chosen})]))
    return Merged(texts.replace(new) if new else texts, "; ".join(merged[:3]))


def commonest(texts: Texts, rows: Array) -> tuple[str, ...]:
    """The categories that these rows hold, sorted; of many the commonest."""
    codes = texts.codes[rows]
    counts = np.bincount(codes[codes >= 0], minlength=len(texts.names))
    seen = sorted((code for code in np.flatnonzero(counts)), key=lambda code: (-counts[code], texts.names[code]))
    return tuple(sorted(texts.names[code] for code in seen[:MOST_CATEGORIES]))


def are_too_many(texts: Texts) -> bool:
    """Whether the texts are names or free text, from which nothing general can be learnt."""
    return len(texts.names) > max(10, (len(texts.codes) - int(texts.missing.sum())) / 2)


def rare(texts: Texts) -> str:
    """Which categories come once, in words."""
    once = [name for name, count in zip(texts.names, texts.counts, strict=True) if count == 1]
    return f"once: {listed(sorted(once))}" if once and len(texts.names) > 1 else ""


def class_name(text: str) -> str:
    """The name of the class that a cell stands for: whole numbers are written plainly, texts as they are.

    >>> class_name("1.0"), class_name("0.5"), class_name("red")
    ('1', '0.5', 'red')
    """
    try:
        value = float(text) if "_" not in text else None
    except ValueError:
        value = None
    if value is None or not np.isfinite(value):
        return text
    return str(int(value)) if value.is_integer() else repr(value)
