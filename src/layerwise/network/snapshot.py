"""The snapshot: all numbers that a network learns or remembers, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from layerwise.errors import ShapeError
from layerwise.types import Array

_THETA = "theta"


@dataclass(frozen=True)
class Snapshot:
    """Copies of theta and of the buffers, which belong together: weights want the running statistics of their time.

    `net.snapshot()` makes one, `net.restore(snapshot)` puts it back. theta: (P,). buffers: by name, as `net.buffers()`.

    >>> import layerwise as lw
    >>> net = lw.Network(lw.Linear(2, 3), lw.BatchNorm1d(3))
    >>> before = net.snapshot()
    >>> net.theta *= 2
    >>> net.restore(before)
    >>> list(before.arrays())
    ['theta', '1.running_mean', '1.running_var', '1.num_batches_tracked']
    """

    theta: Array
    buffers: Mapping[str, Array] = field(default_factory=dict)

    def arrays(self) -> dict[str, Array]:
        """All of them by name, for a file; the name of a buffer holds a dot, so none is called theta."""
        return {_THETA: self.theta, **self.buffers}

    def require_layout(self, own: Snapshot) -> None:
        """Refuse to stand for a network whose own arrays have other names or shapes."""
        wanted, found = ({name: np.shape(array) for name, array in each.arrays().items()} for each in (own, self))
        if wanted != found:
            raise ShapeError(f"a snapshot of this network holds {wanted}, got {found}")

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> Snapshot:
        """The snapshot whose `arrays` these are. Raises KeyError where theta is missing."""
        return cls(arrays[_THETA], {name: array for name, array in arrays.items() if name != _THETA})
