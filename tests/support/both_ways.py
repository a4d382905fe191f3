"""What computes through `fast` is tested twice: by the readable formulas, and by their compiled twins.

A folder asks for it in its conftest.py: `from tests.support.both_ways import computed_by`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest

from layerwise.compiled import use_compiled

HAS_NUMBA = importlib.util.find_spec("numba") is not None


@pytest.fixture(autouse=True, params=["formulas", "twins"])
def computed_by(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which of the two computes in this test."""
    if request.param == "twins" and not HAS_NUMBA:
        pytest.skip("Numba is not installed")
    use_compiled(request.param == "twins")
    yield request.param
    use_compiled(HAS_NUMBA)
