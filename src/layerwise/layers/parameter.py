"""Parameters: named segments of one flat vector.

All parameters of a network lie in one array, theta, and their gradients in a second one of the same layout. A weight
is a view: reading it reads theta, writing it writes theta. An optimizer then updates everything in one line, and
a snapshot is one copy. Views are derived from offsets, so copying and pickling carry the vector and the offsets, and
the views are made again at the first look.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.display import Displayed
from layerwise.errors import SettingError, ShapeError
from layerwise.random import generator
from layerwise.types import Array, Generator

_LARGEST = 2**31
"""How many numbers a theta may have: 8.6 GB in float32. A slip such as Linear(10**6, 10**6) is refused before it
takes the memory of the machine."""


class Parameter(Displayed):
    """One segment of theta: `value` and `grad` are views into the vector that holds it.

    decays: whether penalties on the size of weights apply (to weights, not to biases).
    """

    __slots__ = ("_grad", "decays", "draw", "offset", "shape", "siblings", "value", "vector", "written")

    value: Array
    _grad: Array

    def __init__(self, shape: tuple[int, ...], draw: Callable[[Generator], Array], decays: bool) -> None:
        self.shape = shape
        self.draw = draw
        self.decays = decays
        self.vector: Vector | None = None
        self.offset = 0
        self.siblings: list[Parameter] = [self]
        self.written = 0

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def grad(self) -> Array:
        """The gradient of the cost by `value`, for somebody who may write into it."""
        grad = self._grad
        assert self.vector is not None
        self.vector.shared_grad()
        return grad

    @grad.setter
    def grad(self, values: Array) -> None:
        if values is not self._grad:  # what `parameter.grad += gradient` does after it has changed the view in place
            np.copyto(self.grad, values)

    def __getattr__(self, name: str) -> Any:
        """Runs only while `value` and `_grad` are not bound: after birth, and after copying."""
        if name not in ("value", "_grad"):
            raise AttributeError(name)
        if self.vector is None:
            # A layer that nobody adopted: its parameters get a small vector of their own.
            Vector(self.siblings, names=[str(i) for i in range(len(self.siblings))], seed=0, dtype=np.float32)
        self._bind()
        return getattr(self, name)

    def _bind(self) -> None:
        assert self.vector is not None
        segment = slice(self.offset, self.offset + self.size)
        self.value = self.vector.theta[segment].reshape(self.shape)
        self._grad = self.vector.grad[segment].reshape(self.shape)

    def move(self, vector: Vector, offset: int) -> None:
        """Become a segment of another vector; the values there are the caller's business."""
        self.vector, self.offset = vector, offset
        self._bind()

    def add_gradient(self, gradient: Array) -> None:
        """grad += gradient; into the zeros of `zero_grad` it is copied, which spares reading them."""
        empty = self.empty_grad()
        if empty is None:
            self._grad += gradient
        else:
            np.copyto(empty, gradient)

    def empty_grad(self) -> Array | None:
        """The slot of `grad`, if it holds only the zeros of `zero_grad`: who asks must write a gradient into it."""
        vector = self.vector
        if vector is None or not vector.zeroing or self.written == vector.zeroing:
            return None
        self.written = vector.zeroing
        return self._grad

    def add_product(self, a: Array, b: Array) -> None:
        """grad += a @ b, without an array in between where it is the first gradient."""
        empty = self.empty_grad()
        if empty is None:
            self._grad += a @ b
        else:
            np.matmul(a, b, out=empty)

    def assign(self, name: str, values: Any) -> None:
        """Copy values into the view, after a shape check; assigning never makes a second array."""
        if values is self.value:  # what `layer.weight -= step` does after it has changed the view in place
            return
        new = real_array(name, values)
        if new.shape != self.shape:
            raise ShapeError(f"{name} has shape {self.shape}, got values of shape {new.shape}")
        np.copyto(self.value, new, casting="unsafe")

    def __getstate__(self) -> dict[str, Any]:
        kept = ("decays", "draw", "offset", "shape", "siblings", "vector")
        return {name: getattr(self, name) for name in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.written = 0
        for name, value in state.items():
            setattr(self, name, value)


class Vector:
    """theta and grad: the values of many parameters in one array, and their gradients in another."""

    def __init__(self, parameters: Sequence[Parameter], names: Sequence[str], seed: int, dtype: Any) -> None:
        """Lay out the parameters one after the other. Values that exist are kept, others are drawn from the seed."""
        size = sum(parameter.size for parameter in parameters)
        if size > _LARGEST:
            raise SettingError(f"these layers ask for {size:,} parameters; up to {_LARGEST:,} are possible")
        self.theta = np.zeros(size, dtype)
        self.grad = np.zeros(size, dtype)
        self.owned = False
        self.zeroings = self.zeroing = 0
        offset = 0
        for name, parameter in zip(names, parameters, strict=True):
            alive = parameter.vector is not None
            values = parameter.value if alive else parameter.draw(generator(seed, "init", layer=name))
            parameter.move(self, offset)
            parameter.value[...] = values
            offset += parameter.size

    def zero_grad(self) -> None:
        """Set grad to 0, and remember that it is: until somebody asks for it, only `backward` can change it."""
        self.grad.fill(0)
        self.zeroings += 1
        self.zeroing = self.zeroings

    def shared_grad(self) -> Array:
        """grad, for somebody who may write into it."""
        self.zeroing = 0
        return self.grad

    def __getstate__(self) -> dict[str, Any]:
        """A copy knows nothing of who has written what."""
        return {**self.__dict__, "zeroing": 0}


def refuse_adopted(parameters: Iterable[Parameter]) -> None:
    """Refuse parameters that lie in the vector of a network."""
    if any(each.vector is not None and each.vector.owned for each in parameters):
        raise SettingError(
            "a layer can belong to one network only, and this one has a network already: pass a new layer, or "
            "copy.deepcopy(layer) to take its values along"
        )


class View:
    """The attribute of a layer behind which a parameter lies: reads give the view, assignments copy into it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, layer: Any, owner: type) -> Any:
        if layer is None:
            return self
        parameter = layer.parameters.get(self.name)
        return None if parameter is None else parameter.value

    def __set__(self, layer: Any, values: Any) -> None:
        parameter = layer.parameters.get(self.name)
        if parameter is None:
            raise ShapeError(f"{layer!r} was made without {self.name}, so there is nothing to assign to")
        parameter.assign(f"{layer!r}.{self.name}", values)
