"""A contender's process, seen from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.contenders import Contender
from benchmarks.workloads import Workload

ROOT = Path(__file__).resolve().parents[1]


def program(module: str, environment: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """How to run a module of this folder from anywhere, in this environment: the command, and the environment then.

    -P keeps a folder of the same name, where the user stands, out of the way.
    """
    paths = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    return [sys.executable, "-P", "-m", f"benchmarks.{module}"], environment | {"PYTHONPATH": os.pathsep.join(paths)}


class Worker:
    """One contender's process, and the two ends of its conversation.

    threads: how many it may use; None leaves that to the contender. module: the program that it runs.
    """

    def __init__(
        self, contender: Contender, workload: Workload, seed: int, threads: int | None = None, module: str = "worker"
    ) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        sizes = [f"{name}={size}" for name, size in workload.sizes.items()]
        pipe = subprocess.PIPE
        with machine.limited(threads) as inherited:
            command, environment = program(module, inherited)
            self.process = subprocess.Popen(
                [*command, contender.name, workload.name, str(seed), *sizes],
                stdin=pipe, stdout=pipe, stderr=self.errors, text=True, encoding="utf-8", env=environment,
            )  # fmt: skip

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
