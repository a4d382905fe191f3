"""What of a network there is to look at: its layers, and tables of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from layerwise.display import Displayed
from layerwise.layers import Layer
from layerwise.network.sequential import Sequential
from layerwise.network.shapes import ShapeLedger, ledger
from layerwise.network.summary import summary
from layerwise.types import Array, Shape


class Looking(Displayed):
    """The part of a network that shows it, and changes nothing."""

    chain: Sequential
    seed: int
    dtype: np.dtype[Any]
    ties: Mapping[str, str]

    def _input(self, x: Any) -> Array:
        """The batch as the network computes with it; see `Network`."""
        raise NotImplementedError

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, in order."""
        return self.chain.layers

    def __len__(self) -> int:
        return len(self.chain)

    def __getitem__(self, index: int) -> Layer:
        return self.chain[index]

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.chain)

    def summary(self, input_shape: Shape | None = None, width: int = 80) -> str:
        """A table: each layer with its output, its parameters and its multiplications.

        input_shape: of one sample, where the layers do not fix it.
        width: of the table, 80 columns unless given; where that is too narrow, the calls of the layers are cut, and
        then the last columns left out. How the layers are joined is drawn by `lw.plots.architecture(net)`.

        >>> import layerwise as lw
        >>> print(lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 1)).summary())
           Layer         Output  Parameters  Multiplications
        ----------------------------------------------------
           input         (N, 2)
        0  Linear(2, 8)  (N, 8)          24               16
        1  Tanh()        (N, 8)
        2  Linear(8, 1)  (N, 1)           9                8
        ----------------------------------------------------
           total                         33               24
        132 bytes of parameters; multiplications are for one sample, forward.
        """
        return summary(self.chain, input_shape, self.dtype.itemsize, width)

    def shapes(self, x: Any) -> ShapeLedger:
        """The ledger of all shapes of one pass, forward and back, each axis with its name and size.

        x: (N, ...), a batch. Its numbers play no part; nothing of the network changes.

        >>> import layerwise as lw
        >>> print(lw.Network(lw.Linear(2, 8), lw.Tanh(), seed=0).shapes(np.zeros((5, 2))))
        forward: x -> y
        0  Linear(2, 8)  (N=5, D=2)  ->  (N=5, K=8)  weight (K=8, D=2), bias (K=8,)
        1  Tanh()        (N=5, K=8)  ->  (N=5, K=8)
        <BLANKLINE>
        backward: dy -> dx
        1  Tanh()        (N=5, K=8)  ->  (N=5, K=8)
        0  Linear(2, 8)  (N=5, K=8)  ->  (N=5, D=2)  dweight (K=8, D=2), dbias (K=8,)
        """
        return ledger(deepcopy(self.chain), self._input(x))

    def __repr__(self) -> str:
        layers = ", ".join(repr(layer) for layer in self.layers)
        ties = f", ties={self.ties}" if self.ties else ""
        return f"Network({layers}, seed={self.seed}, dtype={str(self.dtype)!r}{ties})"
