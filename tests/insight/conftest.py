"""What the tests of insight share."""

from __future__ import annotations

import pytest

import layerwise as lw
from layerwise.compiled import in_use


@pytest.fixture
def formulas_alone():
    """The faults are in the readable formulas; their twins have none."""
    before = in_use()
    lw.use_compiled(False)
    yield
    lw.use_compiled(before)
