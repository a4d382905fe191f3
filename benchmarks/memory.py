"""The memory of one contender, in a process of its own: `python -m benchmarks.memory CONTENDER WORKLOAD ...`.

Takes the arguments of the worker and prints one JSON line: the bytes resident at the peak of a short training, above
those before it. Libraries, code that is compiled at the first step and the batches themselves are there before: a
training on two samples, which is thrown away, has brought them in.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from pathlib import Path

from benchmarks.contenders import Contender
from benchmarks.worker import answering, parsed
from benchmarks.workloads import Workload, declared

STATUS = Path("/proc/self/status")
PEAK_RESET = Path("/proc/self/clear_refs")
STEPS = 20
BATCHES = 4


def main(arguments: list[str]) -> int:
    """Measure, and say it in one line."""
    with answering() as say:
        contender, workload, seed = parsed(arguments)
        say(**measured(contender, workload, seed))
    return 0


def measured(contender: Contender, workload: Workload, seed: int) -> dict[str, float | str]:
    """The peak in bytes above what was there before, and that; or the problem."""
    train(contender, declared(workload.name, **workload.sizes | {"batch": 2}), seed, steps=2)
    convert = contender.build(workload, workload.initial_weights(seed)).convert
    batches = [convert(x, t) for x, t in workload.batches(seed, 1, BATCHES)]
    before = _settled()
    if before is None:
        return {"problem": "only Linux tells the peak of a process's memory"}
    train(contender, workload, seed, STEPS, batches)
    return {"bytes": _kilobytes("VmHWM") * 1024 - before, "before": before}


def train(
    contender: Contender, workload: Workload, seed: int, steps: int, batches: list[tuple[object, object]] | None = None
) -> None:
    """Build the network and take some steps."""
    trainee = contender.build(workload, workload.initial_weights(seed))
    if batches is None:
        batches = [trainee.convert(x, t) for x, t in workload.batches(seed, 1, BATCHES)]
    for number in range(steps):
        trainee.read(trainee.step(*batches[number % len(batches)]))


def _settled() -> int | None:
    """Give back what is free, begin a new peak, and return the bytes that are resident now."""
    gc.collect()
    with suppress(OSError, AttributeError):  # without it, the peak is measured a little too small
        ctypes.CDLL(None).malloc_trim(0)
    try:
        PEAK_RESET.write_text("5")
    except OSError:
        return None
    return _kilobytes("VmRSS") * 1024


def _kilobytes(name: str) -> int:
    line = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
