"""The answers that are most wrong, one beside the other: images as images, rows of a table and texts as words."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import any_array, real_array
from layerwise.checks import whole_number
from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.formulas import log_softmax
from layerwise.plots import style
from layerwise.types import Array
from layerwise.wording import percent, printable, quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINE = 0.19
"""Inches of a line of words."""
_FEATURES = 4


def worst_mistakes(
    outputs: Any,
    target: Any,
    samples: Any,
    *,
    classes: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    count: int = 8,
    ax: Axes | None = None,
) -> Axes:
    """Show the samples that a network gets most wrong, the worst first.

    outputs: of the network: logits (N, K) with target (N,) labels, where the worst are those that gave the truth the
    least probability; or quantities (N, 1) with target (N, 1), where they are those furthest off. samples: images
    (N, H, W), (N, 1, H, W) or (N, 3, H, W); rows (N, D) of a table, with `names` of its columns; or N texts. classes:
    names of the labels. count: how many at most. ax: where to draw; unless given, a new figure. Returns the axes.
    Raises DataError where there is no mistake, ShapeError or SettingError for what does not fit.

    >>> ax = worst_mistakes([[2.0, 0.0], [3.0, 0.0]], [1, 0], ["buy now", "see you"], classes=["ham", "spam"])
    >>> ax.get_title(loc="left"), [text.get_text() for text in ax.texts]
    ('The only mistake of 2 answers', ['true spam, said ham (88.1 % sure)', 'buy now'])
    """
    y, t = real_array("outputs", outputs, np.float64), any_array("target", target)
    if y.ndim != 2 or not len(y) or len(t) != len(y) or len(samples) != len(y):
        raise ShapeError(f"outputs, target and samples must be N each, got {y.shape}, {t.shape} and {len(samples)}")
    order, told, title = _classes(y, t, classes) if y.shape[1] > 1 else _quantities(y, t)
    order = order[: whole_number("count", count)]
    if not len(order):
        raise DataError(f"there is no mistake to show: all {len(y):,} answers are right")
    words = [told(int(row)) for row in order]
    title = title(len(order))
    if not isinstance(samples, list | tuple) or not isinstance(samples[0], str):
        samples = any_array("samples", samples)
        if samples.ndim > 2:
            return _images(samples[order], words, title, ax)
        texts = _rows(samples, order, names)
    else:
        texts = [str(samples[row]) for row in order]
    return _texts(texts, words, title, ax)


def _classes(y: Array, labels: Array, classes: Sequence[str] | None) -> tuple[Array, Any, Any]:
    names = [str(k) for k in range(y.shape[1])] if classes is None else [printable(name, 18) for name in classes]
    if len(names) != y.shape[1] or labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise SettingError(f"{y.shape[1]} outputs need so many classes and whole labels (N,), got {len(names)} classes")
    if (labels < 0).any() or (labels >= y.shape[1]).any():
        raise SettingError(f"labels must lie in 0 to {y.shape[1] - 1}")
    logs, _ = log_softmax(y)
    said, loss = y.argmax(axis=1), -logs[np.arange(len(y)), labels]
    wrong = np.flatnonzero(said != labels)

    def told(row: int) -> str:
        sure = percent(float(np.exp(logs[row, said[row]])))
        return f"true {names[labels[row]]}, said {names[said[row]]} ({sure} sure)"

    def title(shown: int) -> str:
        if shown == len(wrong):
            return f"The only mistake of {len(y):,} answers" if shown == 1 else f"All {shown} mistakes, the worst first"
        return f"The {shown} worst of {len(wrong):,} mistakes"

    return wrong[np.argsort(-loss[wrong], kind="stable")], told, title


def _quantities(y: Array, target: Array) -> tuple[Array, Any, Any]:
    truth = target.astype(np.float64).reshape(len(y))
    off = np.abs(y[:, 0] - truth)

    def told(row: int) -> str:
        return f"true {quantity(truth[row])}, said {quantity(y[row, 0])}"

    return np.argsort(-off, kind="stable"), told, lambda shown: f"The {shown} largest errors of {len(y):,} answers"


# --- drawing -----------------------------------------------------------------------------------------------------


def _images(images: Array, words: Sequence[str], title: str, ax: Axes | None) -> Axes:
    columns = min(4, len(images))
    rows = -(-len(images) // columns)
    ax = style.new_axes(1.75 * columns + 0.4, 2.3 * rows + 0.4) if ax is None else ax
    style.dress(ax, title, "", "")
    _bare(ax)
    ax.set_facecolor("none")
    for place, (image, told) in enumerate(zip(images, words, strict=True)):
        i, j = divmod(place, columns)
        box = (j / columns + 0.01, 1 - (i + 1) / rows + 0.2 / rows, 0.94 / columns, 0.8 / rows)
        panel = ax.inset_axes(box, transform=ax.transAxes)
        panel.imshow(*_pixels(image), interpolation="nearest", aspect="equal")
        _bare(panel)
        said, _, sure = told.partition(" (")
        panel.set_xlabel(
            f"{said}\n{sure.rstrip(')')}".strip(),
            fontsize=style.TICK,
            color=style.INK,
            fontfamily=style.FONT,
            labelpad=3,
        )
    return ax


def _pixels(image: Array) -> tuple[Array, Any]:
    """What imshow wants: colours as they are, one channel in greys; a drawing on an empty ground as ink on paper."""
    pixels = image.astype(np.float64)
    if pixels.ndim == 3 and pixels.shape[0] == 3:
        low, high = pixels.min(), pixels.max()
        return (pixels.transpose(1, 2, 0) - low) / ((high - low) or 1.0), None
    pixels = pixels[0] if pixels.ndim == 3 else pixels
    drawing = float((pixels == pixels.min()).mean()) > 0.4
    return pixels, "gray_r" if drawing else "gray"


def _texts(texts: Sequence[str], words: Sequence[str], title: str, ax: Axes | None) -> Axes:
    folded = [textwrap.wrap(text, 84) or [""] for text in texts]
    shown = [lines if len(lines) <= 3 else [*lines[:2], lines[2][:80] + " …"] for lines in folded]
    lines = sum(len(each) + 1.6 for each in shown)
    ax = style.new_axes(6.4, _LINE * lines + 0.5) if ax is None else ax
    style.dress(ax, title, "", "")
    _bare(ax)
    ax.set_facecolor("none")
    ax.set(xlim=(0, 1), ylim=(lines, 0))
    line = 0.6
    for told, each in zip(words, shown, strict=True):
        _say(ax, line, told, style.INK, style.LABEL)
        _say(ax, line + 1.0, "\n".join(each), style.INK_SOFT, style.TICK)
        line += len(each) + 1.6
    return ax


def _say(ax: Axes, line: float, words: str, colour: str, size: float) -> None:
    ax.text(
        0.0, line, words, color=colour, fontsize=size, fontfamily=style.FONT, va="top", ha="left", linespacing=1.35,
        parse_math=False,
    )  # fmt: skip


def _rows(samples: Array, order: Array, names: Sequence[str] | None) -> list[str]:
    """Of each row the few columns that lie furthest from the mean of all, as name and number."""
    table = real_array("samples", samples, np.float64)
    names = [f"column {k}" for k in range(table.shape[1])] if names is None else [printable(name) for name in names]
    if len(names) != table.shape[1]:
        raise SettingError(f"names must be {table.shape[1]}, one for each column of samples, got {len(names)}")
    spread = table.std(axis=0)
    distance = np.abs(table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    furthest = [np.argsort(-distance[row], kind="stable")[:_FEATURES] for row in order]
    return [
        ", ".join(f"{names[k]} {quantity(float(table[row, k]))}" for k in columns)
        for row, columns in zip(order, furthest, strict=True)
    ]


def _bare(ax: Axes) -> None:
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
