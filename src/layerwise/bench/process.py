"""A contender's process, seen from outside."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import Any

from layerwise.bench import machine
from layerwise.bench.contenders import Contender
from layerwise.bench.workloads import Workload


class Worker:
    """One contender's process, and the two ends of its conversation.

    threads: how many it may use; None leaves that to the contender. module: the program that it runs.
    """

    def __init__(
        self, contender: Contender, workload: Workload, seed: int, threads: int | None = None, module: str = "worker"
    ) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        sizes = [f"{name}={size}" for name, size in workload.sizes.items()]
        program = [sys.executable, "-m", f"layerwise.bench.{module}"]
        command = [*program, contender.name, workload.name, str(seed), *sizes]
        pipe = subprocess.PIPE
        with machine.limited(threads) as environment:
            self.process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=self.errors, text=True, encoding="utf-8", env=environment
            )

    def hear(self) -> dict[str, Any]:
        """The next line of the worker. A worker that has died leaves the last line of its errors as the problem."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if line:
            heard: dict[str, Any] = json.loads(line)
            return heard
        status = self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return {"problem": f"ended with status {status}: {lines[-1] if lines else 'without a word'}"[:200]}

    def go(self, seconds: float) -> dict[str, Any]:
        """Let it train for so long, and return its figures."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # if it has died, its errors say why
            self.process.stdin.write(f"go {seconds}\n")
            self.process.stdin.flush()
        return self.hear()

    def close(self) -> None:
        """End the process. Its input ends first, which is its own signal to stop."""
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):  # what was left to send may have no reader any more
                pipe.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()
