"""Which points of a long curve to draw: as many as a picture can show, with every peak still there."""

from __future__ import annotations

import numpy as np

from layerwise.types import Array


def worth_drawing(values: Array, most: int) -> Array:
    """The places of the points to draw, in order: the ends, and the least and the greatest of every stretch.

    values: (N,). most: so many places at most, 5 or more; a shorter curve keeps all of its points. Of a stretch in
    which something is not finite such a place is kept too, so that the line breaks there.

    >>> worth_drawing(np.array([0.0, 1.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.5]), most=6).tolist()
    [0, 4, 5, 9]
    """
    count = len(values)
    if count <= most:
        return np.arange(count)
    finite = np.isfinite(values)
    places, each = {0, count - 1}, 2 if finite.all() else 3
    for stretch in np.array_split(np.arange(count), max(1, (most - 2) // each)):
        known, lost = stretch[finite[stretch]], stretch[~finite[stretch]]
        if len(known):
            places |= {int(known[values[known].argmin()]), int(known[values[known].argmax()])}
        if len(lost):
            places.add(int(lost[0]))
    return np.array(sorted(places))


def envelope(values: Array, most: int) -> tuple[Array, Array, Array]:
    """So many stretches of a long curve: where each begins, and the least and the greatest number in it.

    values: (N,). Returns (M,), (M,), (M,), M at most `most`; a stretch without a finite number has NaN.

    >>> places, low, high = envelope(np.array([1.0, 3.0, 2.0, 9.0]), most=2)
    >>> places.tolist(), low.tolist(), high.tolist()
    ([0, 2], [1.0, 2.0], [3.0, 9.0])
    """
    stretches = np.array_split(np.arange(len(values)), min(most, len(values)))
    known = [values[stretch][np.isfinite(values[stretch])] for stretch in stretches]
    low = np.array([part.min() if len(part) else np.nan for part in known])
    high = np.array([part.max() if len(part) else np.nan for part in known])
    return np.array([stretch[0] for stretch in stretches]), low, high
