"""The pass: everything that travels through a network with the data and is not an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, TypeAlias

import numpy as np

from layerwise.arrays import any_array
from layerwise.compiled import fast
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.layers.parameter import Parameter
from layerwise.random import generator
from layerwise.tap import Tap, compute
from layerwise.types import Array, Backward, Differentiable, Generator

State: TypeAlias = dict[str, Any]
"""What recurrent layers carry from one chunk of a sequence to the next, by the address of the layer."""


class Unit(Protocol):
    """What x goes through as one: a layer, or several of them fused."""

    address: str

    @property
    def trains(self) -> bool:
        """Whether there is anything to learn in it."""

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """As of a layer."""


class Pass:
    """One way through a network, forward and back.

    training: whether dropout drops.
    input_gradient: whether the gradient at the input of the next layer is wanted; the first layer that trains never
        needs it unless the caller does, and it costs as much as a third of that layer.
    seed, step: the address of the randomness of this pass.
    tap: an observer of the values between layers, or None.
    saves: whether the way back is kept; without it, each layer's values are let go as soon as the next has used them.
    lengths: how many leading positions of each sequence are real, (N,); or mask: which ones are, (N, T), True for real.
        None of both: all are. A layer that finds out for itself, from padding in its input, sets the mask.
    state: what recurrent layers begin with, by address, and for the second use of a layer by its address and use,
        "0#1"; None: they begin with zeros, and nobody wants to know what they end with. `ends` holds that until the
        whole network has succeeded.
    `uses` counts how often each layer has been used in this pass, where somebody asks, and `draws` how often it has
    drawn random numbers, both by its address; `after` is what `when_used` was given.
    """

    shared: ClassVar[bool] = False
    """Whether other threads take other rows of the batch through the same layers: none of them adds into grad then."""
    rows: slice | None = None
    """Which rows of the batch go this way, where threads share it; None: all of them."""

    __slots__ = (
        "after",
        "draws",
        "ends",
        "input_gradient",
        "lengths",
        "mask",
        "saves",
        "seed",
        "state",
        "step",
        "tap",
        "training",
        "uses",
    )

    def __init__(
        self,
        training: bool = False,
        input_gradient: bool = True,
        seed: int = 0,
        step: int = 0,
        tap: Tap | None = None,
        saves: bool = True,
        lengths: Array | None = None,
        mask: Array | None = None,
        state: State | None = None,
    ) -> None:
        self.training = training
        self.input_gradient = input_gradient
        self.seed = seed
        self.step = step
        self.tap = tap
        self.saves = saves
        self.lengths = lengths
        self.mask = mask
        self.state = state
        self.ends: State = {}
        self.uses: dict[str, int] = {}
        self.draws: dict[str, int] = {}
        self.after: list[Callable[[], None]] = []

    def take(self, unit: Unit, x: Array) -> tuple[Array, Backward]:
        """Take x through a layer that stands in a network: every container calls its layers through this.

        Each call is one use of the layer, and the tap is shown what comes out of it.
        """
        if self.tap is None and self.state is None:  # nobody asks for an address
            return unit.forward(x, self)
        self.uses[unit.address] = self.uses.get(unit.address, 0) + 1
        where = self.where(unit)
        y, backward = unit.forward(x, self)
        return y, backward if self.tap is None else _shown(self.tap, where, y, backward)

    def where(self, unit: Unit) -> str:
        """The address of a layer and of its use: "0", and "0#1" while it computes for the second time in this pass."""
        use = self.uses.get(unit.address, 0)
        return f"{unit.address}#{use - 1}" if use > 1 else unit.address

    def call(self, layer: Unit, formula: Callable[..., Any], *arguments: Any, **keywords: Any) -> Differentiable:
        """Run a formula of a layer, or its twin: its value and its way back. The tap sees both, if it wants to.

        A layer that computes by `pass_.call(self, formula, x, ...)` can be explained formula by formula.
        """
        tap = self.tap
        if tap is None or not tap.operations:
            return fast(formula)(*arguments, **keywords)
        return compute(formula, *arguments, tap=tap, where=self.where(layer), rows=self.rows, **keywords)

    def carried(self, layer: Unit) -> tuple[str, Any]:
        """The key of a recurrent layer's state, and what the state holds for it or None; each use has its own."""
        key = self.where(layer)
        return key, None if self.state is None else self.state.get(key)

    def generator(self, purpose: str, address: str) -> Generator:
        """The random numbers of a layer in this pass; a layer that draws twice gets different ones each time."""
        draw = self.draws.get(address, 0)
        self.draws[address] = draw + 1
        return generator(self.seed, purpose, layer=f"{address}#{draw}", step=self.step)

    def uniform(self, purpose: str, address: str, shape: tuple[int, ...]) -> Array:
        """Numbers from 0 up to 1, float32, of shape (N, ...): a sample's own, whoever else is computed with it."""
        return self.generator(purpose, address).random(shape, dtype=np.float32)

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

    def real(self, N: int, T: int) -> Array | None:
        """Which positions of N sequences of T are real, (N, T) of booleans; None where all are."""
        if self.mask is not None:
            if self.mask.shape != (N, T):
                raise ShapeError(f"the mask has shape {self.mask.shape}, the sequences are ({N}, {T})")
            return self.mask
        return None if self.lengths is None else np.arange(T) < self.lengths[:, None]

    def real_lengths(self, N: int, T: int) -> Array | None:
        """How many leading positions of each sequence are real, (N,), for a layer that goes step by step.

        A mask is refused unless padding stands at the end: a step can not be skipped in the middle.
        """
        if self.mask is None:
            return self.lengths
        real = self.real(N, T)
        assert real is not None
        lengths: Array = real.sum(axis=1)
        if (real != (np.arange(T) < lengths[:, None])).any():
            raise ShapeError("a recurrent layer needs padding at the end of a sequence only: move it there")
        return lengths

    def show(self, layer: Unit, name: str, value: Array) -> None:
        """Show a named value inside a layer to the tap, if there is one."""
        if self.tap is not None:
            self.tap.value(self.where(layer), name, value)


def _shown(tap: Tap, where: str, y: Array, backward: Backward) -> Backward:
    """Show a layer's output to the tap, and arrange for its gradient to be shown on the way back."""
    tap.activation(where, y)

    def shown_backward(dy: Array) -> Array | None:
        tap.gradient(where, dy)
        return backward(dy)

    return shown_backward


def checked_positions(N: int, T: int, lengths: Any, mask: Any) -> tuple[Array | None, Array | None]:
    """lengths (N,) and mask (N, T) as a pass takes them, or what is wrong with them.

    >>> checked_positions(2, 5, [3, 7], None)
    Traceback (most recent call last):
    layerwise.errors.DataError: lengths must be 1 to 5, the steps of the sequences; got 7 in row 1
    """
    if lengths is not None and mask is not None:
        raise SettingError("lengths and mask say the same thing: pass one of them")
    if lengths is not None:
        lengths = any_array("lengths", lengths)
        if lengths.dtype.kind not in "iu":
            raise KindError(f"lengths must be whole numbers, got {lengths.dtype}")
        if lengths.shape != (N,):
            raise ShapeError(f"lengths holds one number per sequence: expected shape ({N},), got {lengths.shape}")
        outside = (lengths < 1) | (lengths > T)
        if outside.any():
            row = int(outside.argmax())
            raise DataError(f"lengths must be 1 to {T}, the steps of the sequences; got {lengths[row]} in row {row}")
    if mask is not None:
        mask = any_array("mask", mask)
        if mask.dtype.kind != "b":
            raise KindError(f"mask must be True and False, True where a position is real; got {mask.dtype}")
        if mask.shape != (N, T):
            raise ShapeError(f"mask says which positions are real: expected shape ({N}, {T}), got {mask.shape}")
        if not mask.any(axis=1).all():
            row = int(mask.any(axis=1).argmin())
            raise DataError(f"row {row} of the mask has no real position: drop this sequence")
    return lengths, mask
