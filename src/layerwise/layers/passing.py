"""The pass: everything that travels through a network with the data and is not an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np

from layerwise.arrays import any_array
from layerwise.checks import require_kind
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.layers.parameter import Parameter
from layerwise.random import generator
from layerwise.types import Array, Backward, Generator

State: TypeAlias = dict[str, Any]
"""What recurrent layers carry from one chunk of a sequence to the next, by the address of the layer."""


class Tap(Protocol):
    """Sees what flows between layers. It may look and copy, and must change nothing."""

    def activation(self, address: str, value: Array) -> None:
        """Called on the way forward with the output of the layer at this address."""

    def gradient(self, address: str, gradient: Array) -> None:
        """Called on the way back with the gradient of the cost at that output."""

    def part(self, address: str, name: str, value: Array) -> None:
        """Called on the way forward with a named value inside a layer: an LSTM's gates, the weights of attention."""


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
    """

    __slots__ = (
        "after",
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
        self.after: list[Callable[[], None]] = []

    def through(self, forward: Forward, x: Array, lengths: Any, mask: Any, state: Any) -> tuple[Array, Backward]:
        """Take x through a network, with what the caller knows of the sequences (N, T, ...) in it, once it is checked.

        The caller's state changes when all has succeeded, or not at all.
        """
        if lengths is not None or mask is not None:
            self.lengths, self.mask = checked_positions(x.shape[0], x.shape[1], lengths, mask)
        if state is None:
            return forward(x, self)
        require_kind("state", state, dict, "{}")
        self.state = state
        y, backward = forward(x, self)
        _require_known(state, self.ends)
        state.update(self.ends)
        return y, backward

    def carried(self, address: str) -> tuple[str, Any]:
        """The key of a recurrent layer's state, and what the state holds for it or None; each use has its own."""
        if self.state is None:
            return address, None
        use = self._use(f"state of {address}")
        key = f"{address}#{use}" if use else address
        return key, self.state.get(key)

    def _use(self, purpose: str) -> int:
        """How often this has been asked for before, in this pass."""
        use = self.uses.get(purpose, 0)
        self.uses[purpose] = use + 1
        return use

    def generator(self, purpose: str, address: str) -> Generator:
        """The random numbers of a layer in this pass; a layer used twice gets different ones each time."""
        return generator(self.seed, purpose, layer=f"{address}#{self._use(address)}", step=self.step)

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

    def show(self, address: str, name: str, value: Array) -> None:
        """Show a named value inside a layer to the tap, if one listens."""
        if self.tap is not None and hasattr(self.tap, "part"):
            self.tap.part(address, name, value)

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


def _require_known(state: State, known: State) -> None:
    """Refuse states of layers that there are not: a key with a slip in it would be a beginning with zeros."""
    for key in state:
        if key not in known:
            layers = ", ".join(map(repr, known)) or "none"
            raise SettingError(f"state[{key!r}] belongs to no recurrent layer of this network; their keys: {layers}")


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
