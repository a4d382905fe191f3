"""What becomes an array of numbers, and what is refused.

Converted: lists, and arrays of booleans, integers (so that uint8 never wraps) and floats of any width, also where they
stand among each other as objects, as the columns of a DataFrame do.
Refused, each with a sentence: ragged lists, text, other objects, complex numbers, masked and sparse arrays, and arrays
that NumPy can not read, such as those on a graphics card.
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


def real_array(name: str, values: Any, dtype: Any = None) -> Array:
    """Return `values` as an array of real numbers, in `dtype` if one is given; no copy where none is needed.

    >>> real_array("x", [[1, 2], [3, 4]], np.float32).dtype
    dtype('float32')
    >>> real_array("x", ["a"])
    Traceback (most recent call last):
    layerwise.errors.KindError: x must hold real numbers, got text: turn categories into numbers first
    """
    if type(values) is np.ndarray and values.dtype == dtype:
        return values
    array = any_array(name, values)
    if array.dtype.kind not in "biuf":
        raise KindError(f"{name} must hold real numbers, got {_what(array)}")
    if dtype is None:
        return array
    with np.errstate(over="ignore"):  # 1e300 becomes inf in float32, which the finiteness checks then name
        return array.astype(dtype)


def any_array(name: str, values: Any) -> Array:
    """Return `values` as an array of whatever they hold, unless they are masked, sparse, ragged or unreadable."""
    if type(values) is np.ndarray:
        return values if values.dtype.kind != "O" else _numbers(values)
    if isinstance(values, np.ma.MaskedArray):
        raise KindError(f"{name} is a masked array: fill or drop its gaps first, for example with {name}.filled(0)")
    if hasattr(values, "toarray"):
        raise KindError(
            f"{name} is a sparse matrix, which is not supported: pass {name}.toarray() if it fits in memory"
        )
    try:
        array = np.asarray(values)
    except Exception as error:  # each library has errors of its own for what it does not hand over
        if (strange := _unreadable(values)) is not None:
            raise KindError(f"{name} holds a {type(strange).__name__} that NumPy can not read{_why(error)}") from None
        raise ShapeError(f"{name} is ragged: its rows differ in length", "give every row the same length") from None
    return array if array.dtype.kind != "O" else _numbers(array)


def _numbers(objects: Array) -> Array:
    """Objects as numbers, if each of them is one: what a DataFrame makes of columns of floats and of booleans."""
    try:
        array = np.asarray(objects.tolist())
    except ValueError:  # lists among them
        return objects
    return array if array.dtype.kind in "biuf" and array.shape == objects.shape else objects


def _unreadable(values: Any) -> Any:
    """The array of another library, in these values, that NumPy can not read; None where there is none."""
    if not isinstance(values, list | tuple):
        return values if hasattr(values, "__array__") else None
    for each in values:
        try:
            np.asarray(each)
        except Exception:
            return _unreadable(each)
    return None


def _why(error: Exception) -> str:
    """What the other library says about it, and what to do."""
    words = str(error).strip().partition("\n")[0].rstrip(".")
    advice = "tensor.to_dense().numpy()" if "sparse" in words.lower() else "tensor.detach().cpu().float().numpy()"
    return f" ({words}): pass an array that it can, for a tensor of PyTorch {advice}"


def _what(array: Array) -> str:
    advice = {
        "c": "complex numbers: pass real and imaginary parts as two features",
        "O": "objects (mixed or missing values): convert them to numbers first",
        "U": "text: turn categories into numbers first",
        "S": "bytes: turn them into numbers first",
        "M": "dates: pass a number, such as days since a start",
        "m": "time spans: pass a number, such as seconds",
        "V": f"{array.dtype}, which NumPy does not compute with: convert it to float32 first",
    }
    return advice.get(array.dtype.kind, str(array.dtype))


def extent(array: Array) -> tuple[Any, Any]:
    """The least and the largest number of an array with any; NaN, as both, where the array holds one.

    >>> extent(np.array([3, 1, 2]))
    (np.int64(1), np.int64(3))
    """
    return array.min(), array.max()


def chunks(array: Array, most: int | None = None, dtype: Any = None) -> Iterator[tuple[int, Array]]:
    """Views of an array, 16 MB of its rows each, with the number of the first row: a look at all needs little memory.

    most: the largest number of rows of a chunk. dtype: what the chunks become, if not what they are: the same rows make
    a chunk then, whatever the type in the file. A single number is one chunk.

    >>> [(start, chunk.shape) for start, chunk in chunks(np.zeros((5, 2)), most=3)]
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
    for start, chunk in chunks(array):
        finite = np.isfinite(chunk)
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
