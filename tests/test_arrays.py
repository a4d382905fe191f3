"""What becomes an array of numbers, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from tests.refusals import refused

from layerwise.arrays import any_array, real_array, require_finite
from layerwise.errors import DataError, KindError, ShapeError


class Sparse:
    """What all sparse matrices have."""

    def toarray(self):
        raise AssertionError("a sparse matrix must not be unfolded behind the user's back")


@pytest.mark.parametrize("columns", [
    {"a": [1.5, 2.5], "b": [True, False]}, {"a": [True, False], "b": [1, 2]}, {"a": [True], "b": [False]},
    {"a": [1.5], "b": [2], "c": [True]}, {"a": [float("nan"), 1.0], "b": [True, False]},
], ids=str)  # fmt: skip
def test_a_data_frame_of_numbers_and_booleans_is_numbers(columns):
    pandas = pytest.importorskip("pandas")
    found = real_array("x", pandas.DataFrame(columns), np.float32)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.array(list(columns.values()), np.float32).T)


@pytest.mark.parametrize("values", [
    [[1, 2], [3, 4]], ((1, 2), (3, 4)), np.array([[1, 2], [3, 4]], np.uint8), np.array([[1, 2], [3, 4]], np.int64),
    np.array([[1, 2], [3, 4]], np.float16), np.array([[1, 2], [3, 4]], np.longdouble), range(4),
    np.array([[1, 0], [1, 1]], bool), memoryview(np.arange(3.0)), 2.5, np.float32(1), [],
], ids=lambda values: type(values).__name__)  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_converted(values, dtype):
    array = real_array("x", values, dtype)
    assert array.dtype == dtype
    np.testing.assert_array_equal(array, np.asarray(values).astype(dtype))


@pytest.mark.parametrize("dtype", [None, np.float32])
def test_no_copy_without_need(dtype):
    array = np.ones((2, 3), np.float32)
    assert real_array("x", array, dtype) is array
    assert any_array("x", array) is array


def test_bytes_do_not_wrap():
    array = real_array("x", np.array([0, 255], np.uint8), np.float32)
    np.testing.assert_array_equal(array - 1, [-1, 254])


def test_too_large_for_the_type_becomes_infinite_and_is_then_named(tally):
    array = real_array("x", [1.0, 1e300], np.float32)
    assert np.isinf(array[1])
    refused(tally, DataError, "inf", lambda: require_finite("x", array))


@pytest.mark.parametrize(("values", "error", "words"), [
    ([["a", "b"]], KindError, "text: turn categories into numbers first"),
    ("abc", KindError, "text"),
    ([b"a"], KindError, "bytes"),
    ([[1, "a"]], KindError, "text"),
    ([[1, None]], KindError, "objects (mixed or missing values)"),
    (None, KindError, "objects"),
    ({"a": 1}, KindError, "objects"),
    ({1, 2}, KindError, "objects"),
    (object(), KindError, "objects"),
    ((i for i in range(3)), KindError, "objects"),
    ([10**400], KindError, "objects"),
    (np.array([1, 2], object), KindError, "objects"),
    ([1j], KindError, "complex numbers: pass real and imaginary parts"),
    (np.ones(2, np.complex64), KindError, "complex"),
    (np.array(["2020-01-01"], "M8[D]"), KindError, "dates: pass a number"),
    (np.array([1], "m8[s]"), KindError, "time spans"),
    (np.zeros(1, [("a", "f4")]), KindError, "real numbers"),
    (np.ma.masked_array([1.0, 2.0], mask=[True, False]), KindError, "masked array: fill or drop its gaps"),
    (np.ma.masked_array([1.0, 2.0]), KindError, "masked"),
    (Sparse(), KindError, "sparse matrix"),
    ([[1, 2], [3]], ShapeError, ("ragged", "give every row the same length")),
    ([[1, 2], 3], ShapeError, "ragged"),
    ([np.ones((2, 2)), np.ones((2, 3))], ShapeError, "ragged"),
], ids=str)  # fmt: skip
def test_what_is_refused(values, error, words, tally):
    words = (words,) if isinstance(words, str) else words
    refused(tally, error, ("weights of mine", *words), lambda: real_array("weights of mine", values, np.float32))


def test_real_sparse_matrices(tally):
    sparse = pytest.importorskip("scipy.sparse")
    for make in (sparse.csr_matrix, sparse.coo_array):
        refused(tally, KindError, "x.toarray()", lambda make=make: real_array("x", make(np.eye(3))))


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 4)])
def test_finite_numbers_pass(shape):
    require_finite("x", np.ones(shape))


@pytest.mark.parametrize(("array", "words"), [
    ([[1.0, 2.0], [3.0, np.nan]], ("nan at row 1, column 1 ", "and 1 such values")),
    ([[np.inf, 2.0], [np.nan, -np.inf]], ("inf at row 0, column 0 ", "and 3 such values")),
    ([1.0, -np.inf], ("-inf at row 1 ", "counted from 0")),
    (np.nan, ("nan at its only place",)),
    (np.full((2, 2, 2), np.nan), ("row 0, column 0", "8 such")),
], ids=str)  # fmt: skip
def test_others_are_named_with_their_place(array, words, tally):
    refused(tally, DataError, ("heights", *words), lambda: require_finite("heights", np.array(array)))
