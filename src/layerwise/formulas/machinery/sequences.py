"""What the recurrent formulas share: which time steps of a batch are real, and in which order they are walked.

Sequences of a batch may differ in length. They lie in one array (N, T, D), each at its beginning; what stands behind
the end of a sequence is padding, and changes nothing: a state goes through it unaltered, an output there is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from layerwise.types import Array


def real_steps(lengths: Array | None, x: Array) -> Array:
    """(N, T, 1): True where a time step belongs to its sequence. lengths: (N,), or None if all are full.

    >>> real_steps(np.array([1, 3]), np.zeros((2, 3, 4)))[..., 0]
    array([[ True, False, False],
           [ True,  True,  True]])
    """
    N, T = x.shape[:2]
    ends = np.full(N, T) if lengths is None else np.asarray(lengths)
    return (np.arange(T) < ends[:, None])[..., None]


def walk(x: Array, reverse: bool) -> range:
    """The time steps in the order of the walk: from the first to the last, or in reverse.

    In reverse, a short sequence is walked through its padding first, which changes nothing: it begins at its own end.

    >>> list(walk(np.zeros((2, 3, 4)), True))
    [2, 1, 0]
    """
    T = x.shape[1]
    return range(T)[::-1] if reverse else range(T)


def over_time(steps: Mapping[int, Iterable[Array]], real: Array) -> list[Array]:
    """What the steps have made, part by part: (N, T, H) from the (N, H) of every time step, with 0 in the padding."""
    parts = zip(*(steps[t] for t in sorted(steps)), strict=True)
    return [np.where(real, np.stack(part, axis=1), 0) for part in parts]
