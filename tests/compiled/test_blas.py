"""Products side by side: by our threads only where those of the library keep quiet for whoever asks."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import layerwise as lw
from layerwise.compiled import blas, workers
from layerwise.random import generator


@pytest.fixture(autouse=True)
def _two_threads(monkeypatch):
    monkeypatch.setattr(workers, "threads", lambda: 2)


def who_computes() -> list[int]:
    """The threads that two products are computed by."""
    return blas.side_by_side(threading.get_ident, threading.get_ident)


def test_each_has_a_thread_of_ours_where_the_librarys_keep_quiet():
    with blas.one_thread_each():
        assert len(set(who_computes())) == 2
    assert set(who_computes()) == {threading.get_ident()}


def test_what_another_thread_asks_for_changes_nothing_here():
    found: list[list[int]] = []
    with blas.one_thread_each():
        other = threading.Thread(target=lambda: found.append(who_computes()))
        other.start()
        other.join()
    assert len(set(found[0])) == 1


def test_a_failure_is_the_callers():
    def fail() -> None:
        raise MemoryError("no room for dW")

    with blas.one_thread_each(), pytest.raises(MemoryError, match="no room"):
        blas.side_by_side(lambda: 1, fail)


def test_gradients_behind_a_recurrent_layer_have_the_same_bits_on_any_number_of_threads(monkeypatch):
    rng = generator(1, "side by side")
    x, t = rng.normal(size=(24, 40, 6)).astype(np.float32), rng.integers(0, 30, size=(24, 40))
    gradients = []
    for threads in (1, 2):
        monkeypatch.setattr(workers, "threads", lambda number=threads: number)
        net = lw.Network(lw.GRU(6, 20), lw.Linear(20, 40), lw.ReLU(), lw.Linear(40, 30), seed=0)
        net.backpropagate(x, t, lw.CrossEntropyLoss())
        gradients.append(net.grad.tobytes())
    assert gradients[0] == gradients[1]
