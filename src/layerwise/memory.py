"""What becomes of the memory that arrays free."""

from __future__ import annotations

from functools import cache

import numpy as np


@cache
def keep_freed_memory() -> None:
    """Let the C library keep what arrays free, up to 64 MB, for the next arrays: once for this process.

    A training step makes and frees the same arrays again and again. The GNU C library gives large ones back to the
    system each time, which then hands out new pages, with one fault for every 4 kB: that took two fifths of a step of a
    small transformer (measured: 20.8 ms, and 12.6 without). What it takes for large follows the largest block that it
    has seen freed, up to 32 MB; so it is shown one, whose pages nobody touches. Elsewhere this does nothing.
    """
    np.empty(2**25 - 2**14, np.uint8)
