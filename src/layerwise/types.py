"""The words of the library as types: an array, and the two functions that every formula is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""An array of numbers. Which numbers and which shape stands in the docstring of the function."""

Shape: TypeAlias = tuple[int | None, ...]
"""The shape of one sample, without the batch axis; None where a length is free."""

Backward: TypeAlias = Callable[[Array], Array | None]
"""Takes the gradient at an output, returns the gradient at the input."""

Generator: TypeAlias = np.random.Generator

Differentiable: TypeAlias = tuple[Any, Callable[..., Any]]
"""What a formula returns: its value, and `backward`, which turns the gradient at the value into the gradients
at its arguments, in their order."""
