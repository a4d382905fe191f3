"""Numba's cache: a disk that is full, or a folder that can not be made, ends no run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytest.importorskip("numba")

PROGRAM = """
import sys
import numpy as np
{before}
import layerwise as lw
from layerwise.compiled import fast, in_use
from layerwise.formulas import relu

y, _ = fast(relu)(np.array([[-1.0, 2.0]]))
print(y.tolist(), in_use())
"""
FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # no file may grow beyond 1,000 bytes: the cache's are larger
"""
NOWHERE = """
import numba.core.caching
numba.core.caching.CacheImpl._locator_classes.clear()  # as where neither the program's folder nor the home is ours
"""


def run(before: str, cache: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(before=before)],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.skipif(os.name != "posix", reason="Windows knows no limit of this kind")
def test_a_full_disk_ends_nothing(tmp_path):
    done = run(FULL, tmp_path)
    assert done.stdout == "[[0.0, 2.0]] True\n", done.stderr
    assert not list(tmp_path.rglob("*.nbc"))  # nothing could be kept, and no half of a file is left
    again = run("", tmp_path)
    assert again.stdout == done.stdout, again.stderr
    assert list(tmp_path.rglob("*.nbc"))


def test_a_cache_that_is_damaged_ends_nothing(tmp_path):
    run("", tmp_path)
    for index in tmp_path.rglob("*.nbi"):
        index.unlink()
        index.mkdir()  # can be opened neither to read nor to write
    done = run("", tmp_path)
    assert done.stdout == "[[0.0, 2.0]] True\n", done.stderr


def test_a_folder_that_can_not_be_made_is_passed_over(tmp_path):
    (tmp_path / "file").write_text("")
    done = run("", tmp_path / "file" / "cache")
    assert done.stdout == "[[0.0, 2.0]] True\n", done.stderr


def test_without_any_place_for_a_cache_the_formulas_compute_and_say_why(tmp_path):
    done = run(NOWHERE, tmp_path)
    assert done.stdout == "[[0.0, 2.0]] False\n", done.stderr
    assert "computing without compiled twins, since Numba does not load: cannot cache function" in done.stderr
