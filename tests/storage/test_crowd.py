"""Two processes write and two read at the same time: a reader always sees one whole state, never an older one again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.storage.programs import run


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_states_are_never_mixed(tmp_path: Path) -> None:
    result = json.loads(run("crowd.py", tmp_path, 3))
    assert result["codes"] == [0, 0, 0, 0], "a process failed"
    assert all(writer["writes"] >= 10 for writer in result["writers"])
    for reader in result["readers"]:
        assert reader["mixed"] == 0
        assert reader["older"] == 0
        assert reader["of writer 1"] > 0
        assert reader["of writer 2"] > 0
    assert os.listdir(tmp_path) == ["net.safetensors"]
