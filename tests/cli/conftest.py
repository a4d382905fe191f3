"""Commands in this process, on a machine that may be busy: no silence is explained unless a test asks for it."""

from __future__ import annotations

import pytest

from layerwise.cli import output
from layerwise.training.listeners import progress


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "PATIENCE", 600.0)
    monkeypatch.setattr(progress, "_PATIENCE", 600.0)
