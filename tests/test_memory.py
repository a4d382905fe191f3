"""Freed memory is used again: a second round of arrays asks the system for next to nothing."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource

import numpy as np

import layerwise as lw

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        arrays = [np.ones(2**18, np.float32) for _ in range(8)]  # 1 MB each
        del arrays
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

first = faults()
lw.Network(lw.Linear(2, 1))
faults()
print(first, faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library gives memory back at once")
def test_arrays_after_the_first_cost_no_page_faults():
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    before, after = map(int, run.stdout.split())
    assert after < before / 10
    assert after < 20 * 8 * 256 / 10  # the pages of all arrays of all rounds
