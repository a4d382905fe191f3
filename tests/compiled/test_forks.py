"""Child processes that are forked while other threads compute: they find no lock taken, and numbers of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

HELPERS = """
import os, signal, sys, threading, time, warnings
import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits
import layerwise as lw
from layerwise.compiled import blas, choice, workers
from layerwise.training import threads
from layerwise.training.threads import blas_threads
warnings.simplefilter("ignore")  # Python warns of forks beside threads

def products():
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}

def train(**settings):
    net = lw.Network(lw.Conv2d(1, 2, 3), lw.ReLU(), lw.Flatten(), lw.Linear(32, 2), seed=0)
    x, y = np.ones((8, 1, 6, 6), np.float32), np.arange(8) % 2
    lw.fit(net, (x, y), loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(), batch_size=4, progress=False,
           **{"epochs": 2, **settings})
    return net.theta.tobytes()

def in_child(task, seconds=20):
    "What `task` comes to in a child: 0 if it is true, and 9 if it hangs."
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)
        try:
            os._exit(0 if task() else 1)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(2)
    end = time.monotonic() + seconds + 5
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    return "hangs"
"""


def run(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", HELPERS + program], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_child_of_another_thread_trains_with_numbers_of_its_own():
    """The run of the other thread is not there: it neither holds its locks, nor says how many threads there are."""
    run("""
alone = train()  # which loads all libraries; one that came later would have the threads that the environment gives it
with threadpool_limits(2, user_api="blas"):
    inside, leave = threading.Event(), threading.Event()
    def other():
        with blas_threads(1):
            inside.set()
            leave.wait(60)
    thread = threading.Thread(target=other)
    thread.start()
    inside.wait()
    assert products() == {1}
    def child():
        assert products() == {2} and not workers.in_a_run()
        assert train() == alone
        train(threads=3)
        return products() == {2} and not workers.in_a_run()
    assert in_child(child) == 0
    assert products() == {1} and workers.threads() == 1  # nothing has changed here
    leave.set()
    thread.join()
    assert products() == {2} and not workers.in_a_run()
""")


def test_children_forked_at_any_time_find_no_lock_taken():
    run("""
stop = threading.Event()
def other():
    while not stop.is_set():
        with blas_threads(1):
            pass
        with blas.one_thread_each():
            pass
        lw.use_compiled(lw.compiled.in_use())
workers.cores = lambda: 2
several = [threading.Thread(target=other) for _ in range(3)]
alone = train()
for each in several:
    each.start()
try:
    for _ in range(25):
        assert in_child(lambda: train(epochs=1) and not workers.in_a_run()) == 0
finally:
    stop.set()
    for each in several:
        each.join()
assert train() == alone
""")


@pytest.mark.parametrize("lock", ["threads._lock", "blas._quiet.lock", "choice._choice.lock"])
def test_who_forks_waits_for_a_lock_that_is_taken(lock):
    run(f"""
train()
taken, order = threading.Event(), []
def other():
    with {lock}:
        taken.set()
        time.sleep(0.3)
        order.append("let go")
thread = threading.Thread(target=other)
thread.start()
taken.wait()
assert in_child(lambda: order == ["let go"] and bool(train())) == 0
thread.join()
""")


def test_a_child_forked_within_a_run_goes_on_with_it_and_may_begin_another():
    run("""
with threadpool_limits(2, user_api="blas"), blas_threads(1):
    def child():
        with blas_threads(2):
            assert products() == {2} and workers.wanted() == 2
        return products() == {1} and workers.wanted() == 1
    assert in_child(child) == 0
    assert products() == {1} and workers.wanted() == 1
assert not workers.in_a_run()

# a child that returns through the run puts its own numbers back, and the parent finds nothing changed
with threadpool_limits(2, user_api="blas"):
    with blas_threads(1):
        child = os.fork()
    if child == 0:
        os._exit(0 if products() == {2} and not workers.in_a_run() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert products() == {2} and not workers.in_a_run()
""")


def test_a_listener_may_fork_and_train_with_other_numbers():
    run("""
class Forks(lw.training.Listener):
    def step_ended(self, event):
        codes.append(in_child(lambda: bool(train(threads=2)) and workers.wanted() == 1))
codes = []
train(epochs=1, threads=1, listeners=[Forks()])
assert codes == [0, 0], codes
""")


def test_a_child_forked_while_numbers_are_kept_quiet_gets_them_back():
    run("""
workers.cores = lambda: 2
with threadpool_limits(2, user_api="blas"):
    inside, leave = threading.Event(), threading.Event()
    def other():
        with blas.one_thread_each():
            inside.set()
            leave.wait(60)
    blas._known_libraries()
    thread = threading.Thread(target=other)
    thread.start()
    inside.wait()
    assert products() == {1}
    assert in_child(lambda: products() == {2}) == 0
    with blas.one_thread_each():
        assert in_child(lambda: products() == {1}) == 0
    leave.set()
    thread.join()
    assert products() == {2}
""")


@pytest.mark.slow
def test_a_child_forked_while_loops_are_compiled_compiles(tmp_path):
    pytest.importorskip("numba")
    run(f"""
import numba
numba.config.CACHE_DIR = {str(tmp_path)!r}
lw.compiled.twins()
from layerwise.compiled import kernels
begun = threading.Event()
class Tell(numba.core.event.Listener):
    def on_start(self, event):
        begun.set()
    def on_end(self, event):
        pass
numba.core.event.register("numba:compile", Tell())
thread = threading.Thread(target=train)
thread.start()
begun.wait()
def child():
    a = np.array([-1.0, 2.0])
    kernels.activate(1, a)
    return a.tolist() == [0.0, 2.0]
assert in_child(child, 60) == 0
thread.join()
""")
