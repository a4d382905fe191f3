"""What a convolution has learnt to look for, what it finds, and what an answer hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import real_array, require_finite
from layerwise.checks import whole_number
from layerwise.errors import DataError, ShapeError
from layerwise.plots import style
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CELL, _FILLED = 0.72, 0.92
"""Inches for one small image, and which share of them it fills."""


def filters(weight: Any, *, title: str | None = None, most: int = 64, ax: Axes | None = None) -> Axes:
    """Draw the filters of a layer side by side, signed: blue below 0, orange above, all to one scale.

    weight: (K, C, kH, kW) of a convolution, such as `net[0].weight`, or (K, D) of a dense layer over square images. Of
    three channels each filter is a colour image, grey where it is 0; of other numbers the mean over the channels is
    drawn, and the title says so. most: filters at most. ax: where to draw; unless given, a new figure. Returns the
    axes. Raises ShapeError or DataError for what does not fit.

    >>> ax = filters(np.ones((4, 1, 3, 3)))
    >>> ax.get_title(loc="left"), len(ax.images)
    ('4 filters of 3 x 3: blue below 0, orange above', 4)
    """
    weights = _images_of("weight", weight)
    shown = weights[: whole_number("most", most)]
    K, C, H, W = weights.shape
    if title is None:
        title = f"{K} filters of {H} x {W}{f', the first {len(shown)}' if len(shown) < K else ''}"
        title += f", mean of {C} channels" if C not in (1, 3) else ""
        title += ": grey is 0" if C == 3 else ": blue below 0, orange above"
    limit = float(np.abs(shown).max()) or 1.0
    if C == 3:
        return _panels([(0.5 + 0.5 * each / limit).transpose(1, 2, 0) for each in shown], title, ax)
    means = shown.mean(axis=1)
    limit = float(np.abs(means).max()) or 1.0
    return _panels(list(means), title, ax, cmap=style.diverging(), vmin=-limit, vmax=limit)


def feature_maps(activation: Any, *, title: str | None = None, most: int = 32, ax: Axes | None = None) -> Axes:
    """Draw what each channel of a layer makes of one image; all to one scale, signed where something is below 0.

    activation: (C, H, W), or (1, C, H, W), such as `recorder.activations["1"][:1]`. most: channels at most. The number
    of channels that are 0 everywhere stands in the title. ax: where to draw; unless given, a new figure. Returns the
    axes. Raises ShapeError or DataError for what does not fit.

    >>> feature_maps(np.stack([np.eye(4), np.zeros((4, 4))])).get_title(loc="left")
    '2 feature maps of 4 x 4; 1 of them is 0 everywhere'
    """
    maps = real_array("activation", activation, np.float64)
    maps = maps[0] if maps.ndim == 4 and len(maps) == 1 else maps
    if maps.ndim != 3 or not maps.size:
        raise ShapeError(f"feature maps are those of one image, (C, H, W), got shape {maps.shape}")
    require_finite("activation", maps)
    silent = int((maps == 0).all(axis=(1, 2)).sum())
    shown = maps[: whole_number("most", most)]
    if title is None:
        C, H, W = maps.shape
        dead = f"; {silent} of them {'is' if silent == 1 else 'are'} 0 everywhere" if silent else ""
        title = f"{C} feature maps of {H} x {W}{f', the first {len(shown)}' if len(shown) < C else ''}{dead}"
    limit = float(np.abs(maps).max()) or 1.0
    signed = bool((maps < 0).any())
    colours = style.diverging() if signed else style.sequential()
    return _panels(list(shown), title, ax, cmap=colours, vmin=-limit if signed else 0, vmax=limit)


def relevance(image: Any, relevance: Any, *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw an image, and beside it what an answer hangs on: orange speaks for the answer, blue against it.

    image: (H, W), (1, H, W) or (3, H, W). relevance: (H, W), as `occlusion` gives it, or (C, H, W), as `saliency` does,
    whose channels are added up. Colours are full at the 99th percentile of sizes, so that one pixel does not hide the
    others. ax: where to draw; unless given, a new figure. Returns the axes. Raises ShapeError for what does not fit.

    >>> len(relevance(np.eye(5), np.eye(5), title="Saliency").child_axes)
    2
    """
    pixels, parts = real_array("image", image, np.float64), real_array("relevance", relevance, np.float64)
    pixels = pixels[None] if pixels.ndim == 2 else pixels
    parts = parts.sum(axis=0) if parts.ndim == 3 else parts
    if pixels.ndim != 3 or len(pixels) not in (1, 3) or parts.shape != pixels.shape[1:]:
        raise ShapeError(f"image and relevance must be of one place, got {pixels.shape} and {parts.shape}")
    require_finite("relevance", parts)
    limit = float(np.quantile(np.abs(parts), 0.99)) or float(np.abs(parts).max()) or 1.0
    ax = style.new_axes(5.6, 3.2) if ax is None else ax
    _frame(ax, title)
    left = ax.inset_axes((0.0, 0.0, 0.48, 1.0))
    low, high = pixels.min(), pixels.max()
    seen = (pixels.transpose(1, 2, 0) - low) / ((high - low) or 1.0)
    left.imshow(seen if len(pixels) == 3 else seen[..., 0], cmap="gray", interpolation="nearest")
    right = ax.inset_axes((0.52, 0.0, 0.48, 1.0))
    right.imshow(parts, cmap=style.diverging(), vmin=-limit, vmax=limit, interpolation="nearest")
    for panel, words in ((left, "the image"), (right, "for the answer (orange), against it (blue)")):
        _bare(panel)
        panel.set_xlabel(words, fontsize=style.TICK, color=style.INK_SOFT, fontfamily=style.FONT, labelpad=4)
    return ax


# --- drawing -----------------------------------------------------------------------------------------------------


def _images_of(name: str, weight: Any) -> Array:
    weights = real_array(name, weight, np.float64)
    if weights.ndim == 2:
        side = round(weights.shape[1] ** 0.5)
        if side * side != weights.shape[1]:
            raise ShapeError(f"{weights.shape[1]} weights a unit are no square image: give (K, C, H, W)")
        weights = weights.reshape(len(weights), 1, side, side)
    if weights.ndim != 4:
        raise ShapeError(f"filters are (K, C, H, W), or (K, D) over square images, got shape {weights.shape}")
    if not weights.size:
        raise DataError("there is no filter to draw")
    require_finite(name, weights)
    return weights


def _panels(images: Sequence[Array], title: str, ax: Axes | None, **colours: Any) -> Axes:
    """Small images in rows, each in a frame of its own; all in one pair of axes, which is fast."""
    from matplotlib.collections import PolyCollection

    columns = min(8, len(images)) if len(images) <= 32 else 12
    rows = -(-len(images) // columns)
    shape = images[0].shape[0] / images[0].shape[1]
    ax = style.new_axes(max(3.6, _CELL * columns + 0.4), _CELL * shape * rows + 0.6) if ax is None else ax
    _frame(ax, title)
    frames = []
    for place, image in enumerate(images):
        top, left = (place // columns) * shape, place % columns
        right, bottom = left + _FILLED, top + _FILLED * shape
        ax.imshow(image, extent=(left, right, bottom, top), interpolation="nearest", aspect="equal", **colours)
        frames.append([(left, top), (right, top), (right, bottom), (left, bottom)])
    ax.add_collection(PolyCollection(frames, facecolors="none", edgecolors=style.LINE, linewidths=0.8, zorder=3))
    ax.set(xlim=(-0.02, columns), ylim=(rows * shape, -0.02 * shape), anchor="NW")
    return ax


def _frame(ax: Axes, title: str) -> None:
    style.dress(ax, title, "", "")
    _bare(ax)
    ax.set_facecolor("none")


def _bare(ax: Axes) -> None:
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
