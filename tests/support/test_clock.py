"""The clock of the tests counts what this thread computes, and nothing else."""

from __future__ import annotations

import threading
import time

import pytest
from tests.support.clock import at_most


def compute(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_too_much_work_is_noticed():
    with pytest.raises(AssertionError), at_most(seconds=0.02):
        compute(0.03)


def test_too_much_work_before_an_error_is_noticed():
    def fail() -> None:
        compute(0.03)
        raise ValueError

    with pytest.raises(AssertionError), at_most(seconds=0.02):
        fail()


def test_the_work_of_another_thread_and_waiting_do_not_count():
    other = threading.Thread(target=compute, args=(0.1,))
    with at_most(seconds=0.05):
        other.start()
        other.join()
        time.sleep(0.05)
