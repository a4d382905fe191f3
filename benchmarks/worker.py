"""One contender in a process of its own: `python -m benchmarks.worker CONTENDER WORKLOAD [SEED [SIZE=N ...]]`.

It builds, takes the check steps, warms up and prints one JSON line. Then it sleeps on its standard input. For each
line `go SECONDS` it trains for that long on a fresh pool of batches and prints one JSON line again. It ends
when its input does.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from benchmarks import machine
from benchmarks.check import first_losses
from benchmarks.contenders import CONTENDERS, Contender, Trainee
from benchmarks.workloads import Workload, chosen, declared
from layerwise.checks import one_of
from layerwise.errors import DivergedError, MissingExtraError
from layerwise.random import generator
from layerwise.types import Generator

WARM_UP = 0.1
"""The share of a round's seconds that is trained first and not timed: caches and threads come back from others."""

GLANCE, PATIENCE = 0.02, 1.0
"""Seconds between two looks at the process's own idleness, and the longest wait for it."""


def main(arguments: list[str]) -> int:
    """Serve rounds until the input ends."""
    with answering() as say:
        contender, workload, seed = parsed(arguments)
        trainee = contender.build(workload, workload.initial_weights(seed))
        losses = first_losses(trainee, workload, seed)
        one_round(trainee, supply(trainee, workload, seed, 0), WARM_UP)  # compilation is over; this wakes what is lazy
        fall_still()
        say(about=trainee.about, losses=losses)
        for number, line in enumerate(sys.stdin, start=1):
            word, seconds = line.split()
            if word != "go":
                raise ValueError(f"expected a line 'go SECONDS', got {line!r}")
            figures = one_round(trainee, supply(trainee, workload, seed, number), float(seconds))
            fall_still()
            say(**figures)
    return 0


@contextmanager
def answering() -> Iterator[Callable[..., None]]:
    """Say things as lines of JSON, by name. What goes wrong is said too, as the problem."""
    channel = _own_channel()

    def say(**content: Any) -> None:
        channel.write(json.dumps(content) + "\n")
        channel.flush()

    try:
        yield say
    except MissingExtraError:
        say(problem="not installed:\npip install -e '.[bench]'")
    except Exception as error:  # whatever a framework raises, the other contenders go on and the row says it
        say(problem=_first_line(error))
        raise


def parsed(arguments: list[str]) -> tuple[Contender, Workload, int]:
    """The contender, the workload and the seed that the command line names."""
    contender, name, seed, *sizes = [*arguments, "0"] if len(arguments) == 2 else arguments
    pairs = (each.split("=") for each in sizes)
    workload = declared(chosen([name])[0], **{size: int(number) for size, number in pairs})
    return CONTENDERS[one_of("contender", contender, CONTENDERS)], workload, int(seed)


def supply(trainee: Trainee, workload: Workload, seed: int, round_number: int) -> Iterator[tuple[Any, Any]]:
    """Batches without end, in the contender's own arrays: from a fresh pool, or, drawn in turn, from a dataset."""
    if not workload.samples:
        return itertools.cycle([trainee.convert(x, t) for x, t in workload.batches(seed, round_number)])
    whole = trainee.convert(*workload.dataset(seed, round_number))
    return _shuffled(trainee, whole, workload, generator(seed, "bench order", step=round_number))


def _shuffled(trainee: Trainee, whole: Any, workload: Workload, rng: Generator) -> Iterator[tuple[Any, Any]]:
    while True:
        order = rng.permutation(workload.samples)
        for start in range(0, workload.samples - workload.batch + 1, workload.batch):
            places = order[start : start + workload.batch]
            yield trainee.take(whole[0], places), trainee.take(whole[1], places)


def one_round(trainee: Trainee, pool: Iterator[tuple[Any, Any]], seconds: float) -> dict[str, Any]:
    """Train for `seconds`, each step on the next batch of the pool; only what is between the clocks counts."""
    trainee.read(_train(trainee, pool, WARM_UP * seconds)[1])
    busy, own, start = machine.busy_seconds(), time.process_time(), time.perf_counter()
    steps, last = _train(trainee, pool, seconds)
    loss = trainee.read(last)  # waits for what is still under way, so this belongs before the clock is read
    taken = time.perf_counter() - start
    others = _others(busy, own, taken)
    if loss is not None and not math.isfinite(loss):
        raise DivergedError(f"the loss is {loss} after {steps} steps")
    microseconds = taken / steps * 1e6
    return {"steps": steps, "seconds": taken, "microseconds": microseconds, "loss": loss, "others": others}


def _others(busy: float | None, own: float, taken: float) -> float | None:
    """The share of the machine that other programs used since `busy` and `own` were read."""
    now = machine.busy_seconds()
    if busy is None or now is None:
        return None
    foreign = (now - busy) - (time.process_time() - own)
    return round(min(1.0, max(0.0, foreign / (taken * machine.cores()))), 3)


def fall_still() -> None:
    """Return when no thread of this process uses a core any more.

    The threads of a pool spin for a while after their last work, in hope of more: those of OpenBLAS for 0.1 s. Spoken
    of too early, they would take that time from the next contender.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        before = time.process_time()
        time.sleep(GLANCE)
        if time.process_time() - before < 0.1 * GLANCE:
            return


def _train(trainee: Trainee, pool: Iterator[tuple[Any, Any]], seconds: float) -> tuple[int, Any]:
    step, clock, steps = trainee.step, time.perf_counter, 0
    end = clock() + seconds
    while True:
        last = step(*next(pool))
        steps += 1
        if clock() >= end:
            return steps, last


def _own_channel() -> TextIO:
    """The real standard output, kept for JSON lines; what a framework prints goes to the errors."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"failed: {lines[0] if lines else type(error).__name__}"[:200]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
