"""Twin of `arrays.extent`: both ends of an array in one pass."""

from __future__ import annotations

from typing import Any

from layerwise import arrays
from layerwise.compiled.choice import twin_of
from layerwise.compiled.kernel import kernel
from layerwise.types import Array


@twin_of("arrays", "extent")
def extent(array: Array) -> tuple[Any, Any]:
    if array.dtype.kind not in "iuf" or array.dtype.itemsize < 4 or not array.size or not array.flags.c_contiguous:
        return arrays.extent(array)
    return _extent(array.reshape(-1))


@kernel
def _extent(values: Array) -> tuple[Any, Any]:
    low = high = values[0]
    for value in values:
        if value != value:  # NaN, which NumPy returns as both ends
            return value, value
        low = value if value < low else low
        high = value if value > high else high
    return low, high
