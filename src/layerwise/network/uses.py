"""Every use of a layer in one pass: what it was given, what it made of it, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.layers import Layer, Pass
from layerwise.layers.pass_ import Unit
from layerwise.tap import Call, Tap
from layerwise.types import Array, Backward


@dataclass(eq=False)
class Use:
    """One use of a layer: its address, what it was given, and what the pass knew then.

    The arrays are those of the pass, so that the output of one layer is the input of the next: change copies only.
    """

    where: str
    layer: Layer
    x: Array
    y: Array
    mask: Array | None
    uses: dict[str, int]
    draws: dict[str, int]
    calls: list[Call]
    """The formulas that it has called itself."""
    dy: Array | None = None
    """The gradient at its output, once the way back has come past."""
    dx: Array | None = None
    """The gradient that it hands on; None too, where nobody wanted one."""

    @property
    def address(self) -> str:
        """Where the layer stands, without which use of it this is."""
        return self.where.partition("#")[0]

    def again(self, x: Array, seed: int) -> tuple[Array, Backward]:
        """What the layer makes of x in the same place, with the same random masks."""
        pass_ = Pass(True, x.dtype.kind == "f", seed, 0, Tap(), mask=self.mask)
        pass_.uses, pass_.draws = dict(self.uses), dict(self.draws)
        y, backward = self.layer.forward(x, pass_)
        return np.array(y), backward


class Watching(Pass):
    """A pass in training that remembers every use of a layer: the innermost ones first, in the order in which they end.

    Its tap keeps layers from being fused, so that each of them is seen.
    """

    def __init__(self, seed: int = 0, input_gradient: bool = True) -> None:
        self.formulas = _Formulas()
        super().__init__(True, input_gradient, seed, 0, self.formulas)
        self.seen: list[Use] = []

    def take(self, unit: Unit, x: Array) -> tuple[Array, Backward]:
        """As of a pass."""
        mask, draws = self.mask, dict(self.draws)
        y, backward = super().take(unit, x)
        if not isinstance(unit, Layer):
            return y, backward
        where = self.where(unit)
        calls = [call for call in self.formulas.calls if call.where == where]
        use = Use(where, unit, x, y, mask, dict(self.uses), draws, calls)
        self.seen.append(use)

        def noted(dy: Array) -> Array | None:
            use.dy, use.dx = dy, backward(dy)
            return use.dx

        return y, noted


class _Formulas(Tap):
    operations = True

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def operation(self, call: Call) -> None:
        self.calls.append(call)


def watched(chain: Layer, x: Array, seed: int = 0) -> tuple[list[Use], Any]:
    """One pass in training through a chain of layers: its uses of layers, and the way back."""
    pass_ = Watching(seed, x.dtype.kind == "f")
    _, backward = chain.forward(x, pass_)
    return pass_.seen, backward
