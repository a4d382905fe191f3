"""The mirror: one batch through a network in training and in evaluation, side by side."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.checks import require_kind
from layerwise.display import Displayed
from layerwise.insight.explain.operation import Operation
from layerwise.insight.explain.watching import Watching
from layerwise.network import Network
from layerwise.types import Array


@dataclass(frozen=True, eq=False)
class Reflection:
    """One layer in both modes. address: of its use. layer: how it is called.

    training, evaluation: its output, (N, ...). operations: the formulas that it computes by, in training and in
    evaluation; dropout has none in evaluation.
    """

    address: str
    layer: str
    training: Array
    evaluation: Array
    operations: tuple[tuple[Operation, ...], tuple[Operation, ...]]

    @property
    def same(self) -> bool:
        """Whether the output is the same in both modes, to the bit."""
        return bool(np.array_equal(self.training, self.evaluation, equal_nan=True))

    @property
    def acts_differently(self) -> bool:
        """Whether the layer itself computes in another way, and not only on another input."""
        names = [[each.formula for each in side] for side in self.operations]
        return names[0] != names[1]


@dataclass(frozen=True, eq=False)
class Mirror(Displayed):
    """One batch in both modes. layers: each use of a layer, in order. training, evaluation: the answers, (N, ...)."""

    net: str
    layers: tuple[Reflection, ...]
    training: Array
    evaluation: Array

    def text(self, digits: int = 4, width: int = 80) -> str:
        """Both modes as lines for a terminal."""
        from layerwise.insight.explain.mirror_text import mirror_text

        return mirror_text(self, digits, width)

    def __str__(self) -> str:
        return self.text()


def both_modes(net: Network, x: Any, *, lengths: Any = None, mask: Any = None) -> Mirror:
    """Take one batch through a copy of the network in training and in evaluation. Changes nothing of what is given.

    x: (N, ...). lengths, mask: as `net.forward` takes them. Dropout drops and scales in training only; batch
    normalisation takes the statistics of this batch in training, and those that it remembers in evaluation.

    >>> import layerwise as lw
    >>> mirror = both_modes(lw.Network(lw.Linear(2, 3), lw.Dropout(0.5), lw.Linear(3, 1), seed=0), np.ones((1, 2)))
    >>> [(each.address, each.layer, each.same, each.acts_differently) for each in mirror.layers]
    [('0', 'Linear', True, False), ('1', 'Dropout', False, True), ('2', 'Linear', False, False)]
    """
    require_kind("net", net, Network, "lw.Network(...)")
    twin = deepcopy(net)
    batch = real_array("x", x, None if twin.takes_indices else twin.dtype)
    layers = {prefix.rstrip("."): type(layer).__name__ for prefix, layer in twin.chain.walk()}
    sides: list[tuple[Array, Watching]] = []
    for training in (True, False):
        watching = Watching(batch, {}, layers)
        y, _ = twin.forward(batch, training=training, tap=watching, lengths=lengths, mask=mask)
        sides.append((y.copy(), watching))
    (y_training, ours), (y_evaluation, theirs) = sides
    found = []
    for address, value in ours.activations.items():
        name = layers.get(address.partition("#")[0], "layer")
        operations = (_at(ours, address), _at(theirs, address))
        found.append(Reflection(address, name, value, theirs.activations[address], operations))
    return Mirror(repr(net), tuple(found), y_training, y_evaluation)


def _at(watching: Watching, address: str) -> tuple[Operation, ...]:
    return tuple(each for each in watching.shown if each.address == address)
