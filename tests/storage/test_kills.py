"""A process killed while it saves leaves the old file or the new one, whole: 500 kills, most of them within a save."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from tests.storage.programs import run
from tests.support.tally import Tally

KILLS = int(os.environ.get("LAYERWISE_KILLS", "500"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_five_hundred_kills_break_nothing(tmp_path: Path, tally: Tally) -> None:
    result = json.loads(run("kill_loop.py", tmp_path, KILLS))
    died = result["died"]
    within = sum(died.get(phase, 0) for phase in ("write", "fsync", "rename", "fsync folder"))
    sys.stdout.write(f"{KILLS} kills, {within} within write, fsync or rename: {result}\n")
    assert sum(died.values()) == KILLS
    assert result["broken"] == 0
    assert within >= KILLS // 2
    assert all(died.get(phase, 0) >= KILLS // 50 for phase in ("write", "fsync", "rename", "fsync folder"))
    assert result["new"] > 0, "some kills come after the rename and before the save says that it is done"
    assert result["strays"] > 0, "some kills leave a temporary file behind"
    assert result["left"] == [], "the next save takes them away"
    tally.add("kills while saving", KILLS)
