"""Twin of `arrays.extent`: both ends of an array in one pass."""

from __future__ import annotations

from typing import Any

from layerwise import arrays
from layerwise.compiled import kernels
from layerwise.compiled.choice import twin_of
from layerwise.compiled.codes import TYPES
from layerwise.types import Array


@twin_of("arrays", "extent")
def extent(array: Array) -> tuple[Any, Any]:
    dtype = array.dtype
    known = dtype in TYPES or (dtype.kind == "i" and dtype.isnative)
    if not known or not array.size or not array.flags.c_contiguous:
        return arrays.extent(array)
    return kernels.extent(array)
