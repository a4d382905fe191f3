"""Twins of recurrent networks at sizes that fill no tile and no vector, on one thread and several."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise import formulas
from layerwise.random import generator

pytest.importorskip("numba")

from layerwise.compiled import fast, use_compiled, workers

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
SIZES = [(1, 3, 2, 9), (5, 4, 17, 8), (17, 3, 1, 5), (20, 9, 6, 16), (33, 6, 15, 12), (40, 2, 16, 24)]
each_name = pytest.mark.parametrize("name", GATES)


@pytest.fixture(autouse=True)
def _twins():
    use_compiled(True)
    yield
    workers.use_threads(None)


def arguments(name, N, T, D, H, dtype=np.float64, ragged=True, reverse=False):
    rng = generator(2, "recurrent twins", layer=f"{N}-{T}-{D}-{H}")
    rows = GATES[name] * H
    shapes = {"x": (N, T, D), "h0": (N, H), "c0": (N, H), "W_ih": (rows, D), "W_hh": (rows, H), "b_ih": (rows,)}
    made = {key: rng.normal(size=shape).astype(dtype) for key, shape in (shapes | {"b_hh": (rows,)}).items()}
    made["W_hh"] /= np.sqrt(H)
    if name != "lstm":
        del made["c0"]
    lengths = rng.integers(1, T + 1, size=N) if ragged else None
    return made | {"lengths": lengths, "reverse": reverse}


def both_ways(function, arguments):
    """All parts of the value, and the gradients from random ones at h and at the last states."""
    value, backward = function(**arguments)
    rng = generator(3, "upstream")
    upstream = [rng.normal(size=value.h.shape), *(rng.normal(size=value.h_n.shape) for _ in ("h", "c"))]
    upstream = [each.astype(value.h.dtype) for each in upstream][: 3 if "c0" in arguments else 2]
    return [*value, *backward(*upstream)]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
@each_name
def test_sizes_that_fill_no_tile(name, sizes, ragged, reverse):
    formula = getattr(formulas, name)
    given = arguments(name, *sizes, ragged=ragged, reverse=reverse)
    for ours, right in zip(both_ways(fast(formula), given), both_ways(formula, given), strict=True):
        np.testing.assert_allclose(ours, right, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("sizes", SIZES)
@each_name
def test_sizes_that_fill_no_tile_in_float32(name, sizes):
    formula = getattr(formulas, name)
    given = arguments(name, *sizes, dtype=np.float32)
    for ours, right in zip(both_ways(fast(formula), given), both_ways(formula, given), strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, right, rtol=1e-3, atol=1e-4)


@each_name
def test_bits_do_not_depend_on_the_number_of_threads(name):
    given = arguments(name, 70, 12, 20, 40, dtype=np.float32)
    found = {}
    for threads in (1, 2):
        workers.use_threads(threads)
        found[threads] = both_ways(fast(getattr(formulas, name)), given)
    for one, two in zip(found[1], found[2], strict=True):
        assert np.array(one).tobytes() == np.array(two).tobytes()


@each_name
def test_a_sequence_has_the_same_bits_in_any_company(name):
    """Its lane and its chunk do not matter: each sum of the way forward belongs to one sequence."""
    given = arguments(name, 20, 7, 6, 16, dtype=np.float32)
    twin = fast(getattr(formulas, name))
    whole, _ = twin(**given)
    for n in (0, 7, 19):
        alone, _ = twin(
            **{key: each[[n]] if key in ("x", "h0", "c0", "lengths") else each for key, each in given.items()}
        )
        assert np.array(whole.h[n]).tobytes() == np.array(alone.h[0]).tobytes()


@each_name
def test_nan_in_the_padding_is_never_read_and_nan_elsewhere_stays_in_its_sequence(name):
    given = arguments(name, 6, 5, 3, 4)
    given["lengths"] = np.array([5, 2, 3, 5, 1, 4])
    twin = fast(getattr(formulas, name))
    clean, _ = twin(**given)
    x = given["x"].copy()
    x[np.arange(5) >= given["lengths"][:, None]] = np.nan
    same, _ = twin(**given | {"x": x})
    np.testing.assert_array_equal(same.h, clean.h)
    x[3, 1] = np.nan
    value, _ = twin(**given | {"x": x})
    assert np.isnan(value.h[3, 1:]).all()
    others = [0, 1, 2, 4, 5]
    np.testing.assert_array_equal(value.h[others], clean.h[others])
    np.testing.assert_array_equal(value.h[3, 0], clean.h[3, 0])


@pytest.mark.parametrize("shape", [(), (5,), (3, 1, 5), (3, 4, 1), (3, 4, 6), (4, 4, 5), (3, 4, 5, 1)])
@each_name
def test_a_gradient_of_another_shape_reads_nothing_outside(name, shape):
    given = arguments(name, 3, 4, 2, 5, ragged=False)
    upstream = np.random.default_rng(0).normal(size=shape)

    def outcome(function):
        _, backward = function(**given)
        try:
            return backward(upstream)
        except (ValueError, IndexError) as error:
            return type(error)

    found, expected = outcome(fast(getattr(formulas, name))), outcome(getattr(formulas, name))
    if isinstance(expected, type):
        assert found is expected
    else:
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"h0": np.zeros((2, 5))},
        {"W_ih": np.zeros((20, 3))},
        {"W_hh": np.zeros((20, 6))},
        {"b_ih": np.zeros(7)},
        {"lengths": np.array([1, 2])},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
@each_name
def test_arguments_that_do_not_fit_each_other_are_refused(name, wrong):
    given = arguments(name, 3, 4, 2, 5) | wrong
    with pytest.raises((ValueError, IndexError)):
        fast(getattr(formulas, name))(**given)


def test_parts_are_made_when_they_are_looked_at():
    value, _ = fast(formulas.lstm)(**arguments("lstm", 3, 4, 2, 5))
    assert set(vars(value)) == {"_makers"}
    assert value.forget is value.forget
    assert set(vars(value)) == {"_makers", "forget"}
    assert len(value) == len(formulas.lstm(**arguments("lstm", 3, 4, 2, 5))[0]) == 8
    assert value[-1] is value.cell
    with pytest.raises(AttributeError):
        value.gate  # noqa: B018
