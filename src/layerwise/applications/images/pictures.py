"""Pictures of images: which are doubtful, and which classes are taken for one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layerwise import plots
from layerwise.plots import style
from layerwise.types import Array
from layerwise.wording import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS, _ROWS = 6, 2


def doubtful(part: tuple[Array, Array], shares: Array, classes: tuple[str, ...]) -> Axes:
    """The images whose class got the smallest probability, each with its answer and its class.

    part: x (N, C, H, W), 0 to 1, and labels. shares: (N, K), the probabilities.
    """
    x, labels = part
    order = np.argsort(shares[np.arange(len(labels)), labels], kind="stable")[: _COLUMNS * _ROWS]
    first = style.new_axes(6.4, 2.7)
    figure = first.figure
    first.remove()
    axes = figure.subplots(_ROWS, _COLUMNS, squeeze=False).ravel()
    for place in axes:
        place.set_axis_off()
    for place, row in zip(axes, order, strict=False):
        image = x[row].transpose(1, 2, 0)
        grey = image.shape[2] == 1
        image = image[:, :, 0] if grey else image
        place.imshow(image, cmap="gray_r" if grey else None, vmin=0, vmax=1, interpolation="nearest")
        answer, right = (printable(classes[each], 11) for each in (int(shares[row].argmax()), int(labels[row])))
        words = f"{answer}, right" if answer == right else f"{answer}, is {right}"
        place.set_title(words, fontsize=style.TICK, color=style.INK, fontfamily=style.FONT, pad=4)
    return axes[0]


def confusion(truth: Array, answers: Array, classes: tuple[str, ...]) -> Axes:
    """How many images of each class (rows) got each answer (columns)."""
    counts = np.zeros((len(classes), len(classes)))
    np.add.at(counts, (truth, answers), 1)
    numbers = ".0f" if len(classes) <= 10 and counts.max() < 1000 else ""
    ax = plots.heatmap(counts, title="Classes and answers", labels=("answer", "class"), numbers=numbers)
    if len(classes) <= 12:
        names = [printable(name, 12) for name in classes]
        turned = 0 if max(map(len, names)) <= 3 else 40
        ax.set_xticks(range(len(names)), names, rotation=turned, ha="right" if turned else "center")
        ax.set_yticks(range(len(names)), names)
    return ax
