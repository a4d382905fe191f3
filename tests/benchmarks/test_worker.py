"""The protocol: one JSON line when ready, one for each round, silence and stillness between."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from benchmarks.contenders import Trainee
from benchmarks.process import program
from benchmarks.worker import one_round, parsed, supply
from benchmarks.workloads import WORKLOADS, declared

from layerwise.errors import DivergedError


class Conversation:
    def __init__(self, *arguments: str) -> None:
        command, environment = program("worker", dict(os.environ))
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [*command, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment
        )

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def say(self, line: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.hear()


@pytest.fixture
def products() -> Iterator[Conversation]:
    conversation = Conversation("products", "W1", "5")
    yield conversation
    conversation.process.communicate(timeout=10)


def test_ready_then_rounds_then_the_end(products: Conversation) -> None:
    ready = products.hear()
    assert ready["losses"] == []
    assert ready["about"]["numpy"] == np.__version__
    for _ in range(2):
        figures = products.say("go 0.02")
        assert figures["seconds"] >= 0.02
        assert figures["steps"] > 1
        assert figures["others"] is None or 0 <= figures["others"] <= 1
        assert figures["microseconds"] == pytest.approx(figures["seconds"] / figures["steps"] * 1e6)
    products.process.communicate(timeout=10)
    assert products.process.returncode == 0


def test_sizes_on_the_command_line_make_another_workload() -> None:
    contender, workload, seed = parsed(["products", "w2", "3", "batch=7", "depth=2"])
    assert (contender.name, workload.batch, seed) == ("products", 7, 3)
    assert workload.title == "MLP: 784-128-64-64-10 ReLU, batch 7, Adam"
    _, workload, seed = parsed(["products", "W2"])
    assert (workload.sizes, seed) == (WORKLOADS["W2"].sizes, 0)


def test_an_unknown_contender_is_a_problem_in_words() -> None:
    conversation = Conversation("jaxx", "W1")
    said = conversation.hear()["problem"]
    conversation.process.communicate(timeout=10)
    assert said.startswith("failed: contender 'jaxx' is not known.")
    assert conversation.process.returncode != 0


def test_a_missing_package_is_a_row_with_the_line_that_installs_it(tmp_path: Any, monkeypatch: Any) -> None:
    (tmp_path / "jax.py").write_text("raise ImportError('not here')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    conversation = Conversation("jax_jit", "W1")
    assert conversation.hear()["problem"] == "not installed:\npip install -e '.[bench]'"
    conversation.process.communicate(timeout=10)


def test_a_round_trains_each_step_on_the_next_batch_and_reads_no_loss_on_the_way() -> None:
    seen: list[bytes] = []
    reads: list[int] = []

    def step(x: Any, t: Any) -> int:
        seen.append(x.tobytes())
        return len(seen)

    def read(last: int) -> float:
        reads.append(last)
        return 0.5

    batches = WORKLOADS["W1"].batches(0, 1, count=64)
    figures = one_round(Trainee(step, lambda x, t: (x, t), read), itertools.cycle(batches), seconds=0.01)
    assert seen[:64] == [x.tobytes() for x, _ in batches]
    assert len(reads) == 2  # after the warm-up, and at the end
    assert figures["steps"] == reads[1] - reads[0]


def test_a_loss_that_is_no_number_ends_the_round_loudly() -> None:
    trainee = Trainee(lambda x, t: None, lambda x, t: (x, t), lambda last: float("nan"))
    with pytest.raises(DivergedError, match="loss is nan"):
        one_round(trainee, itertools.cycle(WORKLOADS["W1"].batches(0, 1, count=2)), seconds=0.001)


def test_a_dataset_is_seen_whole_and_in_another_order_in_every_epoch() -> None:
    workload = declared("W2", samples=300, batch=100)
    trainee = Trainee(lambda x, t: None, lambda x, t: (x, t), lambda last: None)
    pool = supply(trainee, workload, 0, 1)
    x, t = workload.dataset(0, 1)
    label = {row.tobytes(): k for row, k in zip(x, t, strict=True)}
    epochs = [[next(pool) for _ in range(3)] for _ in range(2)]
    for epoch in epochs:
        assert {row.tobytes() for x, _ in epoch for row in x} == set(label)
        assert all(label[row.tobytes()] == k for x, t in epoch for row, k in zip(x, t, strict=True))
    assert not np.array_equal(epochs[0][0][0], epochs[1][0][0])
