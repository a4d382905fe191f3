"""The optimizer: some state, and one update on flat arrays. It knows theta and its gradient, and no network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np

from layerwise.checks import not_negative, one_of
from layerwise.compiled import fast
from layerwise.compiled.codes import TYPES
from layerwise.errors import FileError, KindError, SettingError, ShapeError
from layerwise.specs import Registry
from layerwise.types import Array


class Optimizer(ABC):
    """Moves theta against the gradient.

    lr: the learning rate η, the size of a step; 0 is allowed and moves nothing.
    weight_decay: λ, how strongly every step pulls theta to 0. decay: what it pulls at: "all" of theta, as torch does
    unless it is given groups of parameters, or "weights", which spares biases and needs the mask that `step` takes.
    A subclass names its state arrays in `slots`; they start at 0, with the shape and type of theta.

    >>> class SignDescent(Optimizer):
    ...     def update(self, theta, grad, lr, decay):
    ...         theta -= lr * np.sign(grad)
    >>> theta = np.array([1.0, 2.0])
    >>> SignDescent(lr=0.5).step(theta, np.array([0.01, -100.0]))
    >>> theta
    array([0.5, 2.5])
    """

    slots: tuple[str, ...] = ()
    weight_decay: float = 0.0
    decay: str = "all"

    def __init__(self, lr: float, weight_decay: float = 0.0, decay: str = "all") -> None:
        self.lr = not_negative("lr", lr)
        self.weight_decay = not_negative("weight_decay", weight_decay)
        self.decay = one_of("decay", decay, ("all", "weights"))
        self.t = 0
        self.state: dict[str, Array] = {}

    @property
    def spares_biases(self) -> bool:
        """Whether a step needs the mask that tells weights from biases; `fit` then passes `net.decay_mask`."""
        return self.decay == "weights" and self.weight_decay > 0

    def step(self, theta: Array, grad: Array, lr: float | None = None, decay: Array | None = None) -> None:
        """Change theta in place. theta, grad: (P,). lr: the rate of this step, if it is not the one from the start.

        decay: (P,), 1 where weight_decay applies and 0 where it does not; everywhere unless given.

        >>> theta, weight_and_bias = np.array([1.0, 1.0]), np.array([1, 0])
        >>> OPTIMIZERS["SGD"](lr=0.1, weight_decay=0.5).step(theta, np.zeros(2), decay=weight_and_bias)
        >>> theta
        array([0.95, 1.  ])
        """
        lr, strength = self.begin_step(theta, grad, lr, decay)
        formula = type(self).update
        update = fast(formula) if self._alike(theta, grad) else formula
        update(self, theta, grad, lr, strength)
        if update is formula:  # twins do so themselves
            self._drop_denormals()

    def begin_step(
        self, theta: Array, grad: Array, lr: float | None, decay: Array | None
    ) -> tuple[float, Array | float | None]:
        """Check what a step is given, count it, and return what `update` takes: the rate, and λ."""
        if not isinstance(theta, np.ndarray) or not isinstance(grad, np.ndarray):
            raise KindError(f"theta and grad must be arrays, got {type(theta).__name__} and {type(grad).__name__}")
        shape = theta.shape
        if len(shape) != 1 or grad.shape != shape:
            raise ShapeError(f"theta and grad must be flat and equally long, got {shape} and {grad.shape}")
        lr = self.lr if lr is None else not_negative("lr", lr)
        strength = self._strength(theta, decay) if self.weight_decay or decay is not None else None
        if self.t == 0 or (self.slots and self.state[self.slots[0]].shape != shape):
            self._begin(theta)
        self.t += 1
        return lr, strength

    def _alike(self, theta: Array, grad: Array) -> bool:
        """Whether the state has the shape of theta and all have one type: a compiled loop looks at no bounds."""
        dtype = theta.dtype
        alike = dtype in TYPES and grad.dtype == dtype
        for slot in self.state.values():
            alike = alike and slot.dtype == dtype and slot.shape == theta.shape
        return alike

    def _drop_denormals(self) -> None:
        """Set to 0 what lies below the smallest normal number: the state of a unit that died sinks there, and stays.

        No step would notice it, but processors are up to a hundred times slower with such numbers.
        """
        for slot in self.state.values():
            slot[np.abs(slot) < np.finfo(slot.dtype).tiny] = 0

    @abstractmethod
    def update(self, theta: Array, grad: Array, lr: float, decay: Array | float | None) -> None:
        """The formula: one step, number `self.t` counted from 1.

        decay: λ, one for all of theta or one for each element; None where there is no decay.
        """

    def _strength(self, theta: Array, mask: Array | None) -> Array | float | None:
        """λ for every element: 0 where the mask spares it."""
        if mask is None:
            if self.spares_biases:
                raise SettingError(f"{self!r} must be told the weights from the biases: pass decay=net.decay_mask")
            return self.weight_decay
        if not isinstance(mask, np.ndarray) or mask.dtype.kind not in "biuf":
            raise KindError(f"decay must be an array of 0 and 1, such as net.decay_mask; got {type(mask).__name__}")
        if mask.shape != theta.shape:
            raise ShapeError(f"decay must be as long as theta, {theta.shape}, got {mask.shape}")
        return self.weight_decay * mask.astype(theta.dtype, copy=False) if self.weight_decay else None

    def _begin(self, theta: Array) -> None:
        if theta.dtype.kind != "f":
            raise KindError(f"theta must hold floats, got {theta.dtype}")
        if self.t:
            raise ShapeError(
                f"{self!r} has made {self.t} steps on another theta", "make a new optimizer for another network"
            )
        self.state = {slot: np.zeros_like(theta) for slot in self.slots}

    def state_dict(self) -> dict[str, Any]:
        """Everything that the next step depends on, copied: the count of steps and the state arrays."""
        return {"t": self.t, **{slot: array.copy() for slot, array in self.state.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that `state_dict` gave."""
        if not isinstance(state, Mapping) or "t" not in state:
            raise FileError(f"{self!r} goes on from what its state_dict() gave, with the count of steps 't'")
        if int(state["t"]) and (set(state) - {"t"}) != set(self.slots):
            raise FileError(f"{self!r} keeps {self.slots or 'no arrays'}, the state holds {sorted(set(state) - {'t'})}")
        if len({np.shape(state[slot]) for slot in self.slots if slot in state}) > 1:
            raise FileError(f"{self!r} keeps arrays of one shape, the state holds several")
        self.t = int(state["t"])
        self.state = {slot: np.array(state[slot]) for slot in self.slots if slot in state}

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in OPTIMIZERS.settings(self).items())
        return f"{type(self).__name__}({settings})"


OPTIMIZERS: Registry[Optimizer] = Registry("optimizer", "lw.optimizers.OPTIMIZERS")
