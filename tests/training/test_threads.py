"""Threads: the recorded number decides the bits, not the environment, and afterwards all is as before."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally
from tests.training import programs, runs
from threadpoolctl import threadpool_info, threadpool_limits

import layerwise as lw
from layerwise.errors import SettingError
from layerwise.training import Listener, Stop
from layerwise.training import threads as training_threads
from layerwise.training.threads import blas_threads, environment, thread_count


def blas() -> set[int]:
    """The threads of the BLAS libraries of this process."""
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_variables_of_the_environment_change_no_bit(tmp_path: Path) -> None:
    results = []
    for number in ("1", "2", "4"):
        folder = tmp_path / number
        folder.mkdir()
        variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        results.append(programs.start("digest.py", folder, **dict.fromkeys(variables, number)))
    found = [json.loads(programs.output(process)) for process in results]
    assert found[0] == found[1] == found[2]


def test_another_number_gives_nearly_the_same() -> None:
    """float64, wide: with two threads the sums of a product are cut elsewhere."""
    histories = []
    for threads in (1, 2):
        net = runs.network(dtype="float64")
        histories.append(runs.fit(net, threads=threads))
        assert histories[-1].environment["threads"] == threads
    np.testing.assert_allclose(histories[0]["train_loss"], histories[1]["train_loss"], rtol=1e-6)


class Fails(Listener):
    """Looks at the threads, and raises."""

    def __init__(self) -> None:
        self.seen: set[int] = set()

    def step_ended(self, event: Any) -> Stop | None:
        self.seen = blas()
        raise RuntimeError


@pytest.mark.parametrize("threads", [1, 2])
def test_the_threads_are_put_back(threads: int) -> None:
    for outside in (1, 2):
        with threadpool_limits(outside, user_api="blas"):
            runs.fit(runs.network(), threads=threads)
            assert blas() == {outside}
            failing = Fails()
            with pytest.raises(RuntimeError):
                runs.fit(runs.network(), threads=threads, listeners=[failing])
            assert failing.seen == {threads}
            assert blas() == {outside}


def test_runs_side_by_side_share_the_limit(tally: Tally) -> None:
    """The one that ends first must not take it away from the other; another number is refused meanwhile."""
    with threadpool_limits(2, user_api="blas"):
        inside, leave = threading.Event(), threading.Event()

        def first() -> None:
            with blas_threads(1):
                inside.set()
                leave.wait(10)

        thread = threading.Thread(target=first)
        thread.start()
        inside.wait(10)
        with blas_threads(1):
            leave.set()
            thread.join()
            assert blas() == {1}
            net = runs.network()
            refused(tally, SettingError, ("threads must be 1", "got 2"), lambda: runs.fit(net, threads=2))
            assert blas() == {1}
        assert blas() == {2}


def test_many_runs_at_once_have_the_bits_of_one() -> None:
    alone = runs.network()
    runs.fit(alone)
    nets = [runs.network() for _ in range(4)]
    before = blas()
    threads = [threading.Thread(target=runs.fit, args=(net,)) for net in nets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(net.theta, alone.theta) for net in nets)
    assert blas() == before


def test_a_run_in_another_thread_sets_the_number_too() -> None:
    """threadpoolctl itself would let the thread that came first decide, and say nothing."""
    failing, errors = Fails(), []

    def run() -> None:
        try:
            runs.fit(runs.network(), listeners=[failing])
        except RuntimeError as error:
            errors.append(error)

    with threadpool_limits(2, user_api="blas"):  # this thread now is the one that decides
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        assert len(errors) == 1
        assert failing.seen == {1}
        assert blas() == {2}


class PerThread:
    """A library whose number is one for every Python thread, as OpenBLAS has it when it is built on OpenMP."""

    threading_layer = "openmp"

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}

    @property
    def num_threads(self) -> int:
        return self.numbers.get(threading.get_ident(), 8)

    def set_num_threads(self, threads: int) -> None:
        self.numbers[threading.get_ident()] = threads


def test_where_every_thread_has_its_own_number_each_gets_it_and_loses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    library, inside = PerThread(), []
    monkeypatch.setattr(training_threads, "_libraries", lambda: [library])

    def other() -> None:
        with blas_threads(1):
            inside.append(library.num_threads)
        inside.append(library.num_threads)

    with blas_threads(1):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        inside.append(library.num_threads)
    assert inside == [1, 8, 1]
    assert library.num_threads == 8


def test_which_number_counts(tally: Tally) -> None:
    assert [thread_count(None), thread_count(None, recorded=4), thread_count(2, recorded=4)] == [1, 4, 2]
    refused(tally, SettingError, "at most 1024", lambda: thread_count(2000))


def test_the_record_names_only_the_library_behind_numpy() -> None:
    """Whatever else has been imported: SciPy brings a BLAS of its own."""
    record = environment(1)
    import scipy.linalg  # noqa: F401

    assert environment(1) == record
    assert record["numpy"] == np.__version__
    assert len(record["blas"]) == 1


@pytest.mark.skipif(not lw.compiled.in_use(), reason="without twins, nothing is shared")
def test_where_our_threads_share_batches_products_use_one() -> None:
    for layers, expected in (((), 2), ((lw.Residual(lw.MultiheadAttention(3, 1)),), 1), ((lw.GRU(3, 3),), 1)):
        failing = Fails()
        net = lw.Network(*layers, lw.Linear(3, 2))
        x = np.ones((6, 4, 3), np.float32)
        with threadpool_limits(2, user_api="blas"):
            with pytest.raises(RuntimeError):
                lw.fit(
                    net,
                    (x, np.zeros((6, 4), int)),
                    loss=lw.CrossEntropyLoss(),
                    optimizer=lw.SGD(),
                    epochs=1,
                    threads=2,
                    listeners=[failing],
                )
            assert failing.seen == {expected}
            assert blas() == {2}


def test_two_runs_that_use_their_threads_in_two_ways_are_refused(tally: Tally) -> None:
    def enter() -> None:
        with blas_threads(2, products=1):
            raise AssertionError("it should have been refused")

    with blas_threads(2):
        refused(tally, SettingError, ("uses its 2 threads otherwise", "let one run end first"), enter)
