"""What becomes an array of numbers, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.support.ids import steady
from tests.support.refusals import refused

import layerwise as lw
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
    (np.array([1, "a"], object), KindError, "objects"),
    (np.array([1.5, None], object), KindError, "objects"),
    (np.array([np.ones(2), np.ones(2), 1], object), KindError, "objects"),
    (np.zeros(2, "V2"), KindError, "V2, which NumPy does not compute with"),
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
], ids=steady)  # fmt: skip
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
], ids=steady)  # fmt: skip
def test_others_are_named_with_their_place(array, words, tally):
    refused(tally, DataError, ("heights", *words), lambda: require_finite("heights", np.array(array)))


# --- numbers among objects, as the columns of a DataFrame stand in one array -----------------------------------------


class Frame:
    """A table of another library, which gives its values as an array of objects."""

    def __init__(self, *rows):
        self.rows = rows

    def __array__(self, dtype=None, copy=None):
        return np.array(self.rows, object)


@pytest.mark.parametrize(("values", "kind"), [
    (Frame([1.5, True], [2.5, False]), "f"),
    (Frame([1, True], [2, False]), "i"),
    (Frame([True, False]), "b"),
    (Frame([np.float32(1.5), np.int64(3)], [np.True_, 2]), "f"),
    (Frame([1.5, 2], [math.nan, 3]), "f"),
    (np.array([1, 2], object), "i"),
    (np.array([[1.5], [2]], object), "f"),
    (np.array([], object), "f"),
    (np.array([2**63], object), "u"),
], ids=steady)  # fmt: skip
def test_objects_that_are_numbers_are_numbers(values, kind):
    objects = np.asarray(values)
    for convert in (any_array, real_array):
        array = convert("x", values)
        assert array.dtype.kind == kind
        np.testing.assert_array_equal(array, objects.astype(array.dtype))
    assert real_array("x", values, np.float32).dtype == np.float32


def test_a_frame_of_floats_and_booleans_is_learnt_from():
    x, y = Frame([1.5, True], [2.5, False], [0.5, True], [3.5, False]), np.array([0, 1, 0, 1], object)
    net = lw.Network(lw.Linear(2, 2), seed=0)
    history = lw.fit(net, (x, y), loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(lr=0.1), epochs=3, progress=False)
    assert history["train_loss"][-1] < history["train_loss"][0]
    np.testing.assert_array_equal(net(x), net(np.array([[1.5, 1], [2.5, 0], [0.5, 1], [3.5, 0]])))


# --- arrays of another library that NumPy can not read ---------------------------------------------------------------


class Locked:
    """An array on another device: it answers NumPy with an error of its library's own."""

    def __init__(self, error):
        self.error = error

    def __array__(self, dtype=None, copy=None):
        raise self.error


class DeviceError(Exception):
    """Of a library that derives it from nothing that Python knows."""


@pytest.mark.parametrize("error", [
    TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy it first."),
    RuntimeError("Can't call numpy() on Tensor that requires grad."),
    ValueError("implicit conversion is not allowed"),
    DeviceError("out of reach"),
    NotImplementedError(""),
], ids=lambda error: type(error).__name__)  # fmt: skip
@pytest.mark.parametrize("wrap", [
    lambda x: x, lambda x: [x], lambda x: [np.ones(2), x], lambda x: ([x], [x]),
], ids=["itself", "in a list", "behind another", "in lists"])  # fmt: skip
def test_arrays_that_can_not_be_read_are_told_with_their_reason(wrap, error, tally):
    words = (
        "x holds a Locked that NumPy can not read",
        str(error).rstrip("."),
        "tensor.detach().cpu().float().numpy()",
    )
    refused(tally, KindError, words, lambda: real_array("x", wrap(Locked(error))))


@pytest.mark.torch
@pytest.mark.parametrize(("make", "words"), [
    (lambda torch: torch.ones(2, requires_grad=True), "requires grad"),
    (lambda torch: torch.ones(2, dtype=torch.bfloat16), "BFloat16"),
    (lambda torch: torch.ones(2, device="meta"), "meta"),
    (lambda torch: torch.ones(2, dtype=torch.complex64).conj(), "conjugate"),
    (lambda torch: torch.ones(2).to(torch.float8_e4m3fn), "Float8"),
    (lambda torch: [torch.ones(2, requires_grad=True), torch.ones(2)], "requires grad"),
    (lambda torch: torch.eye(2).to_sparse(), "tensor.to_dense().numpy()"),
], ids=steady)  # fmt: skip
def test_tensors_that_can_not_be_read(make, words, tally):
    torch = pytest.importorskip("torch")
    refused(tally, KindError, ("x holds a Tensor that NumPy can not read", words), lambda: any_array("x", make(torch)))


def test_lists_of_arrays_of_different_lengths_are_still_ragged(tally):
    for values in ([Frame([1.0]), Frame([1.0], [2.0])], [np.ones(2), [1.0]], [[[1], [1, 2]], [[1], [2]]]):
        refused(tally, ShapeError, "x is ragged", lambda values=values: any_array("x", values))
