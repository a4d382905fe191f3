"""What becomes an array of numbers, and what is refused.

Converted: lists, and arrays of booleans, integers (so that uint8 never wraps) and floats of any width.
Refused, each with a sentence: ragged lists, text, objects, complex numbers, masked and sparse arrays.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np

from layerwise.errors import DataError, KindError, ShapeError
from layerwise.types import Array

_AT_ONCE = 2**24  # bytes


_REAL = (bool, int, float, np.bool_, np.integer, np.floating)


def real_array(name: str, values: Any, dtype: Any = None) -> Array:
    """Return `values` as an array of real numbers, in `dtype` if one is given; no copy where none is needed.

    >>> real_array("x", [[1, 2], [3, 4]], np.float32).dtype
    dtype('float32')
    >>> real_array("x", ["a"])
    Traceback (most recent call last):
    layerwise.errors.KindError: x must hold real numbers, got text: turn categories into numbers first
    """
    array = values if type(values) is np.ndarray else any_array(name, values)
    if array.dtype == dtype:
        return array
    if array.dtype.kind == "O" and hasattr(values, "to_numpy") and all(isinstance(each, _REAL) for each in array.flat):
        array = array.astype(np.float64)  # a DataFrame of floats and booleans comes as objects
    if array.dtype.kind not in "biuf":
        raise KindError(f"{name} must hold real numbers, got {_what(array)}")
    if dtype is None:
        return array
    with np.errstate(over="ignore"):  # 1e300 becomes inf in float32, which the finiteness checks then name
        return array.astype(dtype)


def any_array(name: str, values: Any) -> Array:
    """Return `values` as an array of whatever they hold, unless they are masked, sparse or ragged."""
    if type(values) is np.ndarray:
        return values
    if isinstance(values, np.ma.MaskedArray):
        raise KindError(f"{name} is a masked array: fill or drop its gaps first, for example with {name}.filled(0)")
    if hasattr(values, "toarray"):
        raise KindError(
            f"{name} is a sparse matrix, which is not supported: pass {name}.toarray() if it fits in memory"
        )
    try:
        return np.asarray(values)
    except (ValueError, TypeError):
        raise ShapeError(f"{name} is ragged: its rows differ in length", "give every row the same length") from None


def _what(array: Array) -> str:
    advice = {
        "c": "complex numbers: pass real and imaginary parts as two features",
        "O": "objects (mixed or missing values): convert them to numbers first",
        "U": "text: turn categories into numbers first",
        "S": "bytes: turn them into numbers first",
        "M": "dates: pass a number, such as days since a start",
        "m": "time spans: pass a number, such as seconds",
    }
    return advice.get(array.dtype.kind, str(array.dtype))


def extent(array: Array) -> tuple[Any, Any]:
    """The least and the largest number of an array with any; NaN, as both, where the array holds one.

    >>> extent(np.array([3, 1, 2]))
    (np.int64(1), np.int64(3))
    """
    return array.min(), array.max()


def parts(array: Array, most: int | None = None, dtype: Any = None) -> Iterator[tuple[int, Array]]:
    """Views of an array, 16 MB of its rows each, with the number of the first row: a look at all needs little memory.

    most: the largest number of rows of a part. dtype: what the parts become, if not what they are: the same rows make
    a part then, whatever the type in the file. A single number is one part.

    >>> [(start, part.shape) for start, part in parts(np.zeros((5, 2)), most=3)]
    [(0, (3, 2)), (3, (2, 2))]
    """
    if array.ndim == 0:
        yield 0, array
        return
    size = math.prod(array.shape[1:]) * np.dtype(array.dtype if dtype is None else dtype).itemsize
    rows = max(1, _AT_ONCE // max(1, size))
    rows = rows if most is None else min(rows, most)
    for start in range(0, len(array), rows):
        yield start, array[start : start + rows]


def on_disk(array: Array) -> bool:
    """Whether an array is a window on a file (`numpy.memmap`, or a view of one), perhaps larger than the memory."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, mmap.mmap)


def require_finite(name: str, array: Array) -> None:
    """Refuse NaN and infinity, and say where the first one stands."""
    if array.dtype.kind in "biu":
        return
    place: tuple[int, ...] = ()
    count = 0
    for start, part in parts(array):
        finite = np.isfinite(part)
        if finite.all():
            continue
        if not count:
            place = tuple(int(i) for i in np.argwhere(~finite)[0])
            place = (place[0] + start, *place[1:]) if place else ()
        count += int(finite.size - np.count_nonzero(finite))
    if not count:
        return
    words = ", ".join(f"{axis} {index}" for axis, index in zip(("row", "column"), place, strict=False))
    raise DataError(
        f"{name} holds {array[place]} at {words or 'its only place'} (counted from 0), and {count} such "
        "values in all: fill or drop them first"
    )
