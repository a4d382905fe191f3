"""Every optimizer walks PyTorch's path: 200 steps, with its options, schedules and clipping (promise P3)."""

from __future__ import annotations

import numpy as np
import pytest
from tests.optimizers.paths import GOLDEN, KEPT, PATHS, STEPS, ours, start, torchs

from layerwise.optimizers import OPTIMIZERS

each_path = pytest.mark.parametrize("name", PATHS)


def test_every_optimizer_has_a_path():
    registered = {name for name, cls in OPTIMIZERS.items() if cls.__module__.startswith("layerwise.")}
    assert {type(path.make()).__name__ for path in PATHS.values()} == registered


@each_path
def test_the_golden_path(name):
    with np.load(GOLDEN) as golden:
        assert set(golden.files) == set(PATHS), "run tests/golden/make_optimizer_paths.py"
        expected = golden[name]
    walked = ours(PATHS[name])[KEPT - 1 :: KEPT]
    assert expected.shape == (STEPS // KEPT, len(start()))
    np.testing.assert_allclose(walked, expected, rtol=PATHS[name].rtol, atol=1e-13)


def test_the_golden_file_is_small():
    assert GOLDEN.stat().st_size < 50_000


@pytest.mark.torch
@each_path
def test_the_live_path(name):
    torch = pytest.importorskip("torch")
    path = PATHS[name]
    np.testing.assert_allclose(ours(path), torchs(torch, path), rtol=path.rtol, atol=1e-13)


@pytest.mark.torch
@each_path
def test_the_live_path_in_float32(name):
    torch = pytest.importorskip("torch")
    walked = ours(PATHS[name], 100, np.float32)
    assert walked.dtype == np.float32
    np.testing.assert_allclose(walked, torchs(torch, PATHS[name], 100, np.float32), rtol=1e-3, atol=1e-5)


def test_the_paths_differ():
    """No two rows compare the same thing, apart from the forms that are meant to agree."""
    ends = {name: ours(path)[-1].round(9).tobytes() for name, path in PATHS.items()}
    assert ends["Momentum"] == ends["SGD-momentum"]
    assert ends["GradientDescent"] == ends["SGD"]
    assert ends["AdamW-no-decay"] == ends["Adam"]
    assert len(set(ends.values())) == len(PATHS) - 3
