"""Parity with PyTorch: always from golden arrays, and live, on fresh numbers, where torch is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tests.formulas.samples import FORMULAS, cases, in_a_tuple, in_dtype, upstream_for
from tests.formulas.torch_twins import PRODUCTS, TWINS, run

GOLDEN = Path(__file__).parent.parent / "golden" / "formulas"
REMAKE = "run  python -m tests.golden.make_golden"

each_formula = pytest.mark.parametrize("entry", FORMULAS, ids=lambda entry: entry.name)
each_dtype = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def forward_tolerance(name, dtype):
    if dtype == np.float64:
        return {"rtol": 1e-10, "atol": 1e-12}
    return {"rtol": 1e-4 if name in PRODUCTS else 1.3e-6, "atol": 1e-5}


def backward_tolerance(dtype):
    return {"rtol": 1e-8, "atol": 1e-11} if dtype == np.float64 else {"rtol": 1e-3, "atol": 1e-5}


def assert_parity(entry, arguments, upstream, right_value, right_gradients, dtype):
    value, backward = entry.run(**in_dtype(arguments, dtype))
    gradients = in_a_tuple(backward(upstream.astype(dtype)))
    assert value.dtype == right_value.dtype == dtype
    assert np.shape(value) == right_value.shape
    np.testing.assert_allclose(value, right_value, **forward_tolerance(entry.name, dtype))
    for name, gradient in zip(entry.differentiable, gradients, strict=True):
        assert gradient.dtype == right_gradients[name].dtype == dtype
        assert gradient.shape == right_gradients[name].shape
        np.testing.assert_allclose(gradient, right_gradients[name], err_msg=name, **backward_tolerance(dtype))


def test_every_formula_has_a_twin_and_a_golden_file():
    names = {entry.name for entry in FORMULAS}
    assert set(TWINS) == names
    assert {path.stem for path in GOLDEN.iterdir()} == names, REMAKE
    assert names >= PRODUCTS


def test_the_golden_files_are_small():
    sizes = [path.stat().st_size for path in GOLDEN.iterdir()]
    assert sum(sizes) < 12_000 * len(sizes)


def golden_case(arrays, case, number):
    """The stored arguments of one case; scalars come back as they went in, and words and None were never stored."""
    stored = {name: arrays.get(f"{number}.argument.{name}") for name in case.arguments}
    arguments = {name: each[()] if each.ndim == 0 else each for name, each in stored.items() if each is not None}
    return case.arguments | arguments


@each_formula
def test_golden_files_hold_the_samples_of_today(entry):
    arrays = load_file(GOLDEN / f"{entry.name}.safetensors")
    today = cases(entry)
    assert sum(key.endswith("upstream") for key in arrays) == len(today), REMAKE
    for number, case in enumerate(today):
        for name, stored in golden_case(arrays, case, number).items():
            if np.asarray(stored).dtype.kind not in "bif":  # a word, None, or a slice
                continue
            np.testing.assert_allclose(case.arguments[name], stored, rtol=1e-12, err_msg=REMAKE)


@each_dtype
@each_formula
def test_golden_parity(entry, dtype):
    arrays = load_file(GOLDEN / f"{entry.name}.safetensors")
    for number, case in enumerate(cases(entry)):
        prefix = f"{number}.{dtype.__name__}"
        gradients = {name: arrays[f"{prefix}.gradient.{name}"] for name in entry.differentiable}
        arguments = golden_case(arrays, case, number)
        assert_parity(entry, arguments, arrays[f"{number}.upstream"], arrays[f"{prefix}.value"], gradients, dtype)


@pytest.mark.torch
@each_dtype
@each_formula
def test_live_parity(entry, dtype):
    torch = pytest.importorskip("torch")
    for seed in (1, 2, 3):
        for case in cases(entry, seed):
            upstream = upstream_for(entry.run(**case.arguments)[0], seed)
            value, gradients = run(torch, entry, in_dtype(case.arguments, dtype), upstream.astype(dtype))
            assert_parity(entry, case.arguments, upstream, value, gradients, dtype)
