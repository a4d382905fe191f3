"""Ctrl-C between any two lines: the libraries' threads, and ours, are as they were before."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest
from threadpoolctl import threadpool_limits

from layerwise.compiled import blas, workers
from layerwise.training import threads as training_threads
from layerwise.training.threads import blas_threads


class Interrupt:
    """Raises KeyboardInterrupt before the line of this number that runs in these files, counted through all calls."""

    def __init__(self, files: set[str], number: int) -> None:
        self.files, self.left = files, number

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in self.files:
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


def products() -> list[int]:
    return [library.num_threads for library in blas._known_libraries()]


def within(number: int, body: Any) -> bool:
    """Run the body with an interrupt before a line; whether it came."""
    interrupt = Interrupt({blas.__file__, training_threads.__file__, workers.__file__}, number)
    before = sys.gettrace()
    try:
        sys.settrace(interrupt)
        body()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def quiet() -> None:
    with blas.one_thread_each():
        pass


def run() -> None:
    with blas_threads(1):
        pass


def run_within_quiet() -> None:
    with blas.one_thread_each(), blas_threads(1):
        pass


def quiet_within_a_run() -> None:
    with blas_threads(1), blas.one_thread_each():
        pass


@pytest.mark.parametrize("body", [quiet, run, run_within_quiet, quiet_within_a_run])
def test_an_interrupt_before_any_line_leaves_the_numbers_as_they_were(body, monkeypatch):
    monkeypatch.setattr(workers, "cores", lambda: 2)
    with threadpool_limits(2, user_api="blas"):
        before, number = products(), 1
        assert set(before) == {2}
        while within(number, body):
            assert products() == before, f"interrupted before line {number}"
            assert not workers.in_a_run(), f"interrupted before line {number}"
            assert not blas._quiet.wishes, f"interrupted before line {number}"
            assert not training_threads._limit.runs, f"interrupted before line {number}"
            number += 1
        assert number > 15  # so many places were tried
        body()
        assert products() == before
