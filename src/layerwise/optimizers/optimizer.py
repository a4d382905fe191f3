"""The optimizer: some state, and one update on flat arrays. It knows theta and its gradient, and no network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from layerwise.checks import not_negative
from layerwise.errors import FileError, KindError, ShapeError
from layerwise.specs import Registry
from layerwise.types import Array


class Optimizer(ABC):
    """Moves theta against the gradient.

    lr: the learning rate η, the size of a step; 0 is allowed and moves nothing.
    A subclass names its state arrays in `slots`; they start at 0, with the shape and type of theta.
    """

    slots: ClassVar[tuple[str, ...]] = ()

    def __init__(self, lr: float) -> None:
        self.lr = not_negative("lr", lr)
        self.t = 0
        self.state: dict[str, Array] = {}

    def step(self, theta: Array, grad: Array, lr: float | None = None) -> None:
        """Change theta in place. theta, grad: (P,). lr: the rate of this step, if it is not the one from the start."""
        if not isinstance(theta, np.ndarray) or not isinstance(grad, np.ndarray):
            raise KindError(f"theta and grad must be arrays, got {type(theta).__name__} and {type(grad).__name__}")
        if theta.ndim != 1 or theta.shape != grad.shape:
            raise ShapeError(f"theta and grad must be flat and equally long, got {theta.shape} and {grad.shape}")
        lr = self.lr if lr is None else not_negative("lr", lr)
        if self.t == 0 or (self.slots and self.state[self.slots[0]].shape != theta.shape):
            self._begin(theta)
        self.t += 1
        self.update(theta, grad, lr)

    @abstractmethod
    def update(self, theta: Array, grad: Array, lr: float) -> None:
        """The formula: one step, number `self.t` counted from 1."""

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
        self.t = int(state["t"])
        self.state = {slot: np.array(state[slot]) for slot in self.slots if slot in state}

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in OPTIMIZERS.settings(self).items())
        return f"{type(self).__name__}({settings})"


OPTIMIZERS: Registry[Optimizer] = Registry("optimizer")
