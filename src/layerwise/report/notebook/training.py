"""Data and runs in a notebook: what a dataset holds, and how the numbers of a history went."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from layerwise.data import Dataset
from layerwise.pages.image import address_of
from layerwise.pages.png import png
from layerwise.plots.history.thinning import worth_drawing
from layerwise.report.notebook.form import html
from layerwise.report.notebook.fragment import card, escaped, paragraph, table, title
from layerwise.training import History
from layerwise.wording import percent, quantity

_WIDE, _HIGH = 160.0, 28.0
_POINTS = 80
"""Of a small curve; of a longer record each stretch is drawn from its smallest to its largest number."""
_SAMPLES, _COLUMNS, _IMAGES = 5, 8, 16
_SIDE = 56
"""Pixels of an image in the row of samples."""


@html.register
def history(history: History) -> str:
    """A row a record: its small curve, its first, best and last number."""
    rows = []
    for name, values in history.items():
        if values:
            best = _best(name, values)
            told = "" if best is None else f"{quantity(values[best])} after epoch {best + 1}"
            rows.append((name, _curve(values), quantity(values[0]), told, quantity(values[-1])))
    epochs = f"{history.epochs} epoch{'s' * (history.epochs != 1)}, {history.stopped}"
    if not rows:
        return card(title("History", epochs), paragraph("Nothing is recorded yet.", "soft"))
    return card(title("History", epochs), table(("", "", "first", "best", "last"), rows, right={2, 4}, raw={1}))


def _best(name: str, values: Sequence[float]) -> int | None:
    """The epoch of the least loss or the largest score; None for what is neither, such as the rate."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite or not ("loss" in name or "accuracy" in name):
        return None
    return list(values).index(min(finite) if "loss" in name else max(finite))


def _curve(values: Sequence[float]) -> str:
    """A line without axes; where a number is not finite, it has a gap."""
    array = np.array(values, np.float64)
    finite = array[np.isfinite(array)]
    if not finite.size:
        return ""
    span = float(np.ptp(finite)) or 1.0
    low = float(finite.min() + finite.max() - span) / 2  # what stays the same runs through the middle
    path, pen = [], "M"
    for x in worth_drawing(array, 2 * _POINTS):
        y = float(array[x])
        if not math.isfinite(y):
            pen = "M"
            continue
        across = 2 + (_WIDE - 4) * x / max(len(array) - 1, 1)
        path.append(f"{pen}{across:.1f} {2 + (_HIGH - 4) * (1 - (y - low) / span):.1f}")
        pen = "L"
    words = f"from {quantity(float(array[0]))} to {quantity(float(array[-1]))}"
    return (
        f'<svg width="{_WIDE:g}" height="{_HIGH:g}" viewBox="0 0 {_WIDE:g} {_HIGH:g}" role="img" '
        f'aria-label="{escaped(words)}"><path d="{"".join(path)}" fill="none" stroke="#17707f" '
        f'style="stroke:var(--accent)" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


@html.register
def dataset(data: Dataset) -> str:
    """What it is, its parts and classes, and its first samples."""
    parts = [(name, getattr(data, name)) for name in ("train", "validation", "test")]
    rows = [(name, f"{len(part.x):,}", _shape(part.x), _shape(part.y)) for name, part in parts]
    words = [data.description, f"Source: {data.source}", f"Terms: {data.terms}", *data.notes]
    return card(
        title(data.name, data.task),
        *(paragraph(text, "" if number == 0 else "soft") for number, text in enumerate(words)),
        table(("part", "samples", "x", "y"), rows, right={1}),
        _shares(data),
        _images(data) if data.image_shape else _samples(data),
    )


def _shape(array: np.ndarray) -> str:
    return f"{' × '.join(map(str, array.shape))}, {array.dtype}"


def _shares(data: Dataset) -> str:
    """How often each class is, in all parts."""
    if not data.classes:
        return ""
    labels = np.concatenate([data.train.y, data.validation.y, data.test.y])
    counts = np.bincount(labels, minlength=len(data.classes))
    most = counts.max() or 1
    rows = []
    for name, count in list(zip(data.classes, counts, strict=True))[:20]:
        bar = (
            f'<div style="width:{120 * count / most:.0f}px;height:10px;background:#17707f;'
            f'background:var(--accent);border-radius:2px"></div>'
        )
        rows.append((name, f"{count:,}", percent(count / max(len(labels), 1)), bar))
    more = len(data.classes) - len(rows)
    left = paragraph(f"{more} more classes are not shown.", "soft") if more else ""
    return table(("class", "samples", "share", ""), rows, right={1, 2}, raw={3}) + left


def _samples(data: Dataset) -> str:
    """The first training samples, as the network gets them."""
    x, y = data.train
    flat = x.reshape(len(x), -1)[:_SAMPLES]
    names = list(data.features) if len(data.features) == flat.shape[1] else [f"x{k + 1}" for k in range(flat.shape[1])]
    shown = names[:_COLUMNS]
    rows = []
    for row, answer in zip(flat, y, strict=False):
        said = data.classes[int(answer)] if data.classes else quantity(float(np.ravel(answer)[0]))
        rows.append((*(quantity(float(value)) for value in row[:_COLUMNS]), said))
    more = len(names) - len(shown)
    words = f"The first training samples, as the network gets them{f'; {more:,} more features' if more else ''}."
    head = (*shown, "class" if data.classes else data.preparation.target)
    return paragraph(words, "soft") + table(head, rows, right=set(range(len(shown))))


def _images(data: Dataset) -> str:
    """The first training images with their answers."""
    assert data.image_shape is not None
    _, height, width = data.image_shape
    images = data.train.x[:_IMAGES].reshape(-1, height, width).astype(np.float64)
    low, span = float(images.min()), float(np.ptp(images)) or 1.0
    grey = [(level, level, level, 255) for level in range(256)]
    cells = []
    for image, answer in zip(images, data.train.y, strict=False):
        small = image[:: max(1, height // 64), :: max(1, width // 64)]
        data_url = address_of(png(np.rint(255 * (small - low) / span).astype(int), grey))
        said = data.classes[int(answer)] if data.classes else quantity(float(np.ravel(answer)[0]))
        cells.append(
            f'<figure style="margin:0 8px 8px 0;display:inline-block"><img width="{_SIDE}" '
            f'height="{round(_SIDE * height / width)}" alt="{escaped(said)}" src="{data_url}">'
            f'<figcaption class="soft">{escaped(said)}</figcaption></figure>'
        )
    return f'{paragraph("The first training images.", "soft")}<div style="max-width:640px">{"".join(cells)}</div>'
