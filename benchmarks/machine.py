"""The machine and its settings, as far as they move the figures."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SPEED_VARIABLES = (
    *("OMP_", "OPENBLAS_", "MKL_", "GOTO_", "NUMBA_", "KMP_", "XLA_FLAGS", "VECLIB_", "BLIS_"),
    *("NPY_", "ATEN_", "ONEDNN_"),  # which instructions NumPy and PyTorch may use
)
"""Environment variables that begin so change how fast one contender or another runs."""


LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@contextmanager
def limited(threads: int | None) -> Iterator[dict[str, str]]:
    """An environment for processes that may use so many threads. What they count as cores is limited too on Linux.

    >>> with limited(1) as environment:
    ...     environment["OMP_NUM_THREADS"]
    '1'
    """
    if threads is None:
        yield dict(os.environ)
        return
    environment = dict(os.environ) | dict.fromkeys(LIMITS, str(threads))
    if not hasattr(os, "sched_setaffinity"):
        yield environment
        return
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, sorted(before)[:threads])  # a process inherits it from the one that starts it
        yield environment
    finally:
        os.sched_setaffinity(0, before)


def describe() -> dict[str, Any]:
    """Processor, cores, system, Python, and the environment variables that change speed."""
    return {
        "cpu": cpu_model(),
        "cores": cores(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "environment": {k: v for k, v in sorted(os.environ.items()) if k.startswith(SPEED_VARIABLES)},
    }


def cpu_model() -> str:
    """The processor's name, as the system gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:  # not Linux
        pass
    return platform.processor() or platform.machine()


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def busy_seconds() -> float | None:
    """Core-seconds that all programs together, and a host that takes cores away, have used since the start.

    None where the system does not count them so: only Linux does.
    """
    try:
        _cpu, *ticks = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0].split()
    except OSError:
        return None
    user, nice, system, _idle, _iowait, irq, softirq, steal = (int(each) for each in ticks[:8])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
