"""The pass: everything that travels through a network with the data and is not an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from layerwise.layers.parameter import Parameter
from layerwise.random import generator
from layerwise.types import Array, Backward, Generator


class Tap(Protocol):
    """Sees what flows between layers. It may look and copy, and must change nothing."""

    def activation(self, address: str, value: Array) -> None:
        """Called on the way forward with the output of the layer at this address."""

    def gradient(self, address: str, gradient: Array) -> None:
        """Called on the way back with the gradient of the cost at that output."""


class Pass:
    """One way through a network, forward and back.

    training: whether dropout drops.
    input_gradient: whether the gradient at the input of the next layer is wanted; the first layer that trains never
        needs it unless the caller does, and it costs as much as a third of that layer.
    seed, step: the address of the randomness of this pass.
    tap: an observer of the values between layers, or None.
    saves: whether the way back is kept; without it, each layer's values are let go as soon as the next has used them.
    """

    __slots__ = ("after", "input_gradient", "saves", "seed", "step", "tap", "training", "uses")

    def __init__(
        self,
        training: bool = False,
        input_gradient: bool = True,
        seed: int = 0,
        step: int = 0,
        tap: Tap | None = None,
        saves: bool = True,
    ) -> None:
        self.training = training
        self.input_gradient = input_gradient
        self.seed = seed
        self.step = step
        self.tap = tap
        self.saves = saves
        self.uses: dict[str, int] = {}
        self.after: list[Callable[[], None]] = []

    def generator(self, purpose: str, address: str) -> Generator:
        """The random numbers of a layer in this pass; a layer used twice gets different ones each time."""
        use = self.uses.get(address, 0)
        self.uses[address] = use + 1
        return generator(self.seed, purpose, layer=f"{address}#{use}", step=self.step)

    def when_used(self, update: Callable[[], None]) -> None:
        """Have the network call `update` once, when the way back of this pass is used for the first time.

        So running statistics move once for every batch that is learnt from, and not for a pass that only looks.
        """
        self.after.append(update)

    def add_gradient(self, parameter: Parameter, gradient: Array) -> None:
        """Add a gradient to the slot of a parameter."""
        parameter.add_gradient(gradient)

    def add_product(self, parameter: Parameter, a: Array, b: Array) -> None:
        """Add the gradient a @ b to the slot of a parameter."""
        parameter.add_product(a, b)

    def watch(self, address: str, value: Array, backward: Backward) -> Backward:
        """Show a layer's output to the tap, and arrange for its gradient to be shown on the way back."""
        tap = self.tap
        assert tap is not None
        tap.activation(address, value)

        def watched(dy: Array) -> Array | None:
            tap.gradient(address, dy)
            return backward(dy)

        return watched


Forward = Callable[[Array, Pass], tuple[Array, Backward]]
