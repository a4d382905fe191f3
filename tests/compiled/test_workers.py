"""Workers: every number once, never more threads than cores, and nothing goes on behind the caller's back."""

from __future__ import annotations

import os
import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import layerwise as lw
from layerwise.compiled import blas, workers
from layerwise.training.threads import blas_threads


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 64])
def test_the_shares_are_all_numbers_once(threads, count, monkeypatch):
    monkeypatch.setattr(workers, "threads", lambda: threads)
    seen = []
    workers.share(lambda first, last: seen.extend(range(first, last)), count)
    assert sorted(seen) == list(range(count))


def test_a_run_sets_the_number_and_takes_it_back():
    free = workers.threads()
    with blas_threads(1):
        assert workers.threads() == 1
        with blas_threads(1):
            pass
        assert workers.threads() == 1
    assert workers.threads() == free == workers.cores()
    with blas_threads(1024):
        assert workers.threads() == workers.cores()


@pytest.mark.parametrize("name", workers.LIMITS)
def test_variables_of_the_environment_limit_it(name, monkeypatch):
    monkeypatch.setenv(name, "1")
    assert workers.cores() == 1
    monkeypatch.setenv(name, "many")
    assert workers.cores() >= 1
    monkeypatch.setenv(name, "0")
    assert workers.cores() == 1


def test_what_is_shared_within_a_share_is_done_by_one(monkeypatch):
    monkeypatch.setattr(workers, "threads", lambda: 2)
    seen = []

    def outer(first, last):
        workers.share(lambda *inner: seen.append((first, last, *inner, threading.get_ident())), 6)

    workers.share(outer, 2)
    assert sorted(each[:4] for each in seen) == [(0, 1, 0, 6), (1, 2, 0, 6)]
    assert len({each[4] for each in seen}) == 2
    seen.clear()
    workers.share(lambda first, last: seen.append((first, last)), 2)  # and it is over with the share
    assert sorted(seen) == [(0, 1), (1, 2)]


def test_a_failure_of_one_share_is_raised_when_all_have_ended(monkeypatch):
    monkeypatch.setattr(workers, "threads", lambda: 2)
    done = []

    def work(first, last):
        if first == 0:
            raise RuntimeError("the first share")
        time.sleep(0.05)
        done.append((first, last))

    with pytest.raises(RuntimeError, match="the first share"):
        workers.share(work, 10)
    assert done == [(5, 10)]

    def fail_elsewhere(first, last):
        if first > 0:
            raise RuntimeError("the other share")

    with pytest.raises(RuntimeError, match="the other share"):
        workers.share(fail_elsewhere, 10)


def test_a_failure_is_the_callers_own_and_all_shares_have_ended(monkeypatch):
    monkeypatch.setattr(workers, "threads", lambda: 3)
    monkeypatch.setattr(workers, "cores", lambda: 3)
    monkeypatch.setattr(workers, "_workers", workers._Workers())
    done = []

    def work(first, last):
        if first < 2:
            raise RuntimeError(f"share {first}")
        time.sleep(0.05)
        done.append(first)

    with pytest.raises(RuntimeError, match="share 0"):
        workers.share(work, 3)
    assert done == [2]


def test_many_callers_at_once(monkeypatch):
    monkeypatch.setattr(workers, "threads", lambda: 2)
    totals = []

    def call():
        seen = []
        for _ in range(50):
            workers.share(lambda first, last: seen.extend(range(first, last)), 20)
        totals.append(sum(seen))

    callers = [threading.Thread(target=call) for _ in range(6)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    assert totals == [50 * 190] * 6


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_has_workers_of_its_own(monkeypatch):
    monkeypatch.setattr(workers, "threads", lambda: 2)
    workers.share(lambda first, last: None, 4)
    child = os.fork()
    if child == 0:
        seen = []
        workers.share(lambda first, last: seen.extend(range(first, last)), 4)
        os._exit(0 if sorted(seen) == [0, 1, 2, 3] else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def products() -> set[int]:
    """The threads of the libraries behind matrix products, those that were there when somebody first looked."""
    return {library.num_threads for library in blas._known_libraries()}


def test_while_convolutions_work_matrix_products_use_one_thread(monkeypatch):
    monkeypatch.setattr(workers, "cores", lambda: 2)
    with threadpool_limits(2, user_api="blas"):
        with blas.one_thread_each():
            assert products() == {1}
            with blas.one_thread_each():
                assert products() == {1}
            assert products() == {1}
        assert products() == {2}


def test_with_one_worker_there_is_nobody_to_disturb(monkeypatch):
    monkeypatch.setattr(workers, "threads", lambda: 1)
    with threadpool_limits(2, user_api="blas"), blas.one_thread_each():
        assert products() == {2}


def test_nothing_touches_the_number_of_a_run(monkeypatch):
    """Whether the run begins within, or the quiet: its number stays, and afterwards all is as before."""
    monkeypatch.setattr(workers, "cores", lambda: 2)
    with threadpool_limits(2, user_api="blas"):
        with blas_threads(2), blas.one_thread_each():
            assert products() == {2}
        assert products() == {2}
        with blas.one_thread_each():
            with blas_threads(3):
                assert products() == {3}
            assert products() == {2}
        assert products() == {2}


def test_a_network_with_convolutions_asks_for_quiet_both_ways(monkeypatch):
    monkeypatch.setattr(workers, "cores", lambda: 2)

    class Looks(lw.ReLU):
        def forward(self, x, pass_):
            seen.append(products())
            y, backward = super().forward(x, pass_)

            def looking(dy):
                seen.append(products())
                return backward(dy)

            return y, looking

    for first, expected in ((lw.Conv2d(1, 1, 1), {1}), (lw.MaxPool2d(1), {2})):
        seen = []
        with threadpool_limits(2, user_api="blas"):
            y, backward = lw.Network(lw.Sequential(first), Looks()).forward(np.ones((1, 1, 2, 2)), training=True)
            backward(y)
            assert products() == {2}
        assert seen == [expected] * 2
