"""The layer: a formula with parameters, and a name in a table."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.display import Displayed
from layerwise.layers.parameter import Parameter, Vector
from layerwise.layers.pass_ import Pass
from layerwise.specs import Registry
from layerwise.types import Array, Backward, Generator, Shape


class Layer(Displayed, ABC):
    """What every layer is: forward with its way back, the shape it makes, and its parameters by name.

    A subclass declares its parameters in its constructor, keeps the constructor's arguments as attributes of the same
    names, and computes by formulas. What a forward call saves lives in the `backward` it returns, not on the layer, so
    a layer may be used twice in one network, and by two threads.

    >>> class Square(Layer):
    ...     def forward(self, x, pass_):
    ...         return x * x, lambda dy: 2 * x * dy
    ...
    ...     def output_shape(self, shape):
    ...         return shape
    >>> Square()(np.array([[3.0]]))
    array([[9.]])
    """

    address: str = ""
    """Where the layer stands in its network: "0", "3.1"."""

    mixes_samples: bool = False
    """Whether what a sample becomes depends on the others in its batch, as with statistics of a batch."""

    def __init__(self) -> None:
        self.parameters: dict[str, Parameter] = {}
        self.buffers: dict[str, Array] = {}

    @abstractmethod
    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        """Return the output, and the function from the gradient at the output to the gradient at x.

        Compute by `pass_.call(self, formula, x, ...)`, and a tap sees every step. What the pass says holds during this
        call alone: read `pass_.input_gradient` here, not in the way back, by when it has been set for other layers.
        """

    @abstractmethod
    def output_shape(self, shape: Shape | None) -> Shape | None:
        """The shape of one output sample, from that of one input sample; None where nothing is known.

        A shape that does not fit raises ShapeError.
        """

    def children(self) -> Iterator[tuple[str, Layer]]:
        """The layers inside this one, by name; a leaf has none."""
        return iter(())

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Layer]]:
        """This layer and all inside it, each with the prefix of its arrays' names: "", "0.", "0.1.".

        A layer that stands at several places comes once for each of them.
        """
        yield prefix, self
        for name, child in self.children():
            yield from child.walk(f"{prefix}{name}.")

    def all_parameters(self) -> Iterator[Parameter]:
        """The parameters of this layer and of the layers inside it; a shared one comes once for each of its places."""
        return (parameter for _, layer in self.walk() for parameter in layer.parameters.values())

    def cast_buffers(self, dtype: Any) -> None:
        """Give the buffers that hold quantities, here and in all layers inside, a type; counts stay whole numbers."""
        for _, layer in self.walk():
            layer.buffers = {name: b.astype(dtype) if b.dtype.kind == "f" else b for name, b in layer.buffers.items()}

    def multiplications(self, shape: Shape) -> int:
        """How many numbers are multiplied for one sample of this shape."""
        return 0

    def declare(self, name: str, shape: tuple[int, ...], draw: Callable[[Generator], Array], decays: bool) -> None:
        """Add a parameter: its first values come from `draw`, when a network adopts the layer or at the first look."""
        first = next(iter(self.parameters.values()), None)
        parameter = Parameter(shape, draw, decays)
        if first is not None:
            parameter.siblings = first.siblings  # one list for all of them
            parameter.siblings.append(parameter)
        self.parameters[name] = parameter

    def frozen(self) -> dict[str, Any]:
        """What learns nothing by design: the name of a parameter, and the index of the entries that get no gradient."""
        return {}

    @property
    def trains(self) -> bool:
        """Whether there is anything to learn in this layer or below it."""
        return bool(self.parameters) or any(child.trains for _, child in self.children())

    @property
    def takes_indices(self) -> bool:
        """Whether the layer's input is whole numbers that stand for something: words, users, characters."""
        return False

    def __call__(self, x: Any) -> Array:
        """The output in evaluation mode. Whole numbers that are no indices become float32, so that nothing wraps."""
        array = real_array("x", x)
        kept = array.dtype.kind == "f" or self.takes_indices
        y, _ = self.forward(array if kept else array.astype(np.float32), Pass())
        return y

    def __repr__(self) -> str:
        """The call that makes this layer: required arguments by position, changed ones by name."""
        changed = LAYERS.settings(self)
        required = [
            each.name
            for each in inspect.signature(type(self)).parameters.values()
            if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD
        ]
        words = [repr(changed.pop(name)) for name in required]
        words += [f"{name}={value!r}" for name, value in changed.items()]
        return f"{type(self).__name__}({', '.join(words)})"

    def __copy__(self) -> Layer:
        return deepcopy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Layer:
        """Copied alone, the layer leaves its network; copied as a part of the network, it stays in the copy."""
        vectors = {id(p.vector): p.vector for p in self.all_parameters() if p.vector is not None}
        alone = not (vectors.keys() & memo.keys())  # a network copies its vector before its layers
        if alone:
            memo.update(vectors)  # the twin's parameters look at the old vector only until they have one of their own
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        for name, value in self.__dict__.items():
            twin.__dict__[name] = deepcopy(value, memo)
        if alone:
            twin._leave(list(vectors.values()))
            for key in vectors:
                del memo[key]
        return twin

    def _leave(self, vectors: list[Vector]) -> None:
        """Move the parameters that lie in these vectors into one of their own; those without values wait for theirs."""
        family = list({id(p): p for p in self.all_parameters() if p.vector is not None}.values())
        if family:
            Vector(family, names=[""] * len(family), seed=0, dtype=vectors[0].theta.dtype)


LAYERS: Registry[Layer] = Registry("layer", "lw.layers.LAYERS")
