"""What every picture of matplotlib is held to: words that can be read, nothing over anything else, the look it had."""

from __future__ import annotations

import io
import itertools
import os
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.image import imread, imsave
from matplotlib.text import Text

BASELINES = Path(__file__).parent / "baselines"
DPI = 24
"""Of the kept pictures: enough for shapes and colours, too little for the edges of letters."""
SMALLEST = 8.0
"""Points, at the size at which a notebook shows a figure."""
DIFFERENCE = 0.02
"""Root of the mean square of the difference in colour, from 0 to 1, up to which two pictures are the same."""


def assert_readable(figure: Any) -> None:
    """Every word has 8 points or more and lies within the figure, and the ticks of one axis do not touch."""
    figure.draw_without_rendering()
    width, height = figure.canvas.get_width_height()
    words, of_ticks = words_of(figure)
    boxes = {id(word): word.get_window_extent() for word in [*words, *itertools.chain(*of_ticks)]}
    for word in [*words, *itertools.chain(*of_ticks)]:
        assert word.get_fontsize() >= SMALLEST, (word.get_text(), word.get_fontsize())
        box = boxes[id(word)]
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        assert inside, f"{word.get_text()!r} leaves the figure: {box} of {width} x {height}"
    for ticks in of_ticks:
        in_order = sorted((boxes[id(word)] for word in ticks), key=lambda box: (box.x0, box.y0))
        for one, other in itertools.pairwise(in_order):
            assert not one.overlaps(other), f"ticks overlap: {[word.get_text() for word in ticks]}"
    level = [word for word in words if word.get_rotation() == 0]
    corners = np.array([boxes[id(word)].shrunk(0.9, 0.8).get_points() for word in level])  # (N, low and high, x and y)
    apart = (corners[:, None, 1] <= corners[None, :, 0]) | (corners[:, None, 0] >= corners[None, :, 1])
    touching = np.argwhere(np.triu(~apart.any(axis=-1), k=1))
    assert not len(touching), [(level[a].get_text(), level[b].get_text()) for a, b in touching]


def words_of(figure: Any) -> tuple[list[Text], list[list[Text]]]:
    """What is written in a figure that was drawn: words, and the labels of the ticks of every axis."""
    ticks, hidden = [], set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            labels = [
                (label, tick.get_loc()) for tick in axis.get_major_ticks() for label in (tick.label1, tick.label2)
            ]
            hidden |= {id(label) for label, _ in labels}
            drawn = ax.axison and ax.get_visible()
            seen = [label for label, place in labels if drawn and low <= place <= high and _says(label)]
            ticks.append(seen)
    words = [each for each in figure.findobj(Text) if id(each) not in hidden and _says(each)]
    assert words
    return words, ticks


def assert_dressed(ax: Any, *, legend: bool = True) -> None:
    """A title, names of both axes, and a key where it is wanted."""
    assert ax.get_title(loc="left")
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert not legend or ax.get_legend() is not None


def assert_looks_like(figure: Any, name: str) -> None:
    """The picture is the kept one, up to letters; REMAKE=1 in the environment keeps it anew."""
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=DPI, metadata={"Software": None})
    data.seek(0)
    made = imread(data)[..., :3]
    path = BASELINES / f"{name}.png"
    if os.environ.get("REMAKE"):
        BASELINES.mkdir(exist_ok=True)
        imsave(path, made, pil_kwargs={"optimize": True}, metadata={"Software": None})
        return
    kept = imread(path)[..., :3]
    assert made.shape == kept.shape, f"{name} has another size: {made.shape[:2]}, kept {kept.shape[:2]}"
    difference = float(np.sqrt(np.mean((made - kept) ** 2)))
    assert difference <= DIFFERENCE, f"{name} differs by {difference:.3f}: look at it, then keep it with REMAKE=1"


def _says(word: Text) -> bool:
    return word.get_visible() and bool(word.get_text().strip())
