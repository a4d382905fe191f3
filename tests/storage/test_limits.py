"""A limit of the operating system itself, not of a stand-in for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.storage.programs import run

from layerwise import storage


@pytest.mark.skipif(os.name == "nt", reason="needs RLIMIT_FSIZE")
def test_a_file_too_large_leaves_the_old_one(tmp_path: Path) -> None:
    said = run("file_limit.py", tmp_path)
    assert "File too large" in said
    assert "What was there is intact" in said
    assert storage.read(tmp_path / "net.safetensors").header == {"save": 3}
