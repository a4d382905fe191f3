"""The choice between formulas and twins: what is used, when, and what happens without Numba."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import layerwise as lw
from layerwise import formulas
from layerwise.compiled import fast, in_use, use_compiled
from layerwise.errors import KindError

WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None   # an import of it fails, as where it is not installed
"""


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_numba_the_formulas_compute():
    said = run(
        WITHOUT_NUMBA
        + """
import numpy as np, layerwise as lw
from layerwise.compiled import in_use
net = lw.Network(lw.Linear(2, 4), lw.Tanh(), lw.Linear(4, 1))
x = np.random.default_rng(0).normal(size=(20, 2))
lw.fit(net, (x, x[:, :1] > 0), loss=lw.BCEWithLogitsLoss(), optimizer=lw.Adam(), epochs=2)
print(in_use())
try:
    lw.use_compiled(True)
except lw.errors.MissingExtraError as error:
    print(error)
"""
    )
    assert said.splitlines()[0] == "False"
    assert 'pip install -e ".[fast]"' in said


BROKEN_NUMBA = """
import sys, types
from importlib.machinery import ModuleSpec
class Finder:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name == "numba" else None
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        raise ImportError("Numba needs NumPy 2.3 or less\\nand more words")
sys.meta_path.insert(0, Finder())
"""


def test_a_numba_that_does_not_load_is_told_once_and_done_without():
    code = (
        BROKEN_NUMBA + "import numpy as np, layerwise as lw; print(lw.Network(lw.Linear(2, 1))(np.ones((3, 2))).shape)"
    )
    code += "; print(lw.Linear(2, 2)(np.ones((3, 2))).shape)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout == "(3, 1)\n(3, 2)\n"
    assert done.stderr == (
        "layerwise: computing without compiled twins, since Numba does not load: Numba needs NumPy 2.3 or less\n"
    )


@pytest.mark.slow
def test_only_our_own_compilation_is_announced(tmp_path):
    pytest.importorskip("numba")
    code = """
import numba, numpy as np, layerwise as lw
net = lw.Network(lw.Linear(2, 1))
lw.compiled.twins()
numba.njit(lambda x: x + 1)(1)
print("before", flush=True)
net(np.ones((3, 2)))
net(np.ones((3, 2), np.float32))
"""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        timeout=120,
    )
    assert done.stdout == "before\nlayerwise: compiling the fast twins of the formulas, once for this machine ...\n"


@pytest.mark.slow
def test_a_twin_that_takes_long_to_compile_is_announced_by_itself(tmp_path):
    """Also when others have been announced before: nobody should wonder what the second pause is for."""
    pytest.importorskip("numba")
    code = """
import numpy as np, layerwise as lw
lw.Network(lw.Linear(2, 1))(np.ones((3, 2)))
lw.Network(lw.RNN(2, 1))(np.ones((3, 2, 2)))
lw.Network(lw.RNN(2, 1))(np.ones((3, 2, 2), np.float32))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stderr == (
        "layerwise: compiling the fast twins of the formulas, once for this machine ...\n"
        "layerwise: compiling the loops of recurrent networks, once for this machine ...\n"
    )


def test_importing_layerwise_does_not_import_numba():
    assert run("import layerwise as lw, sys; lw.Linear(2, 1); print('numba' in sys.modules)") == "False\n"


def test_the_choice_is_a_truth_value():
    with pytest.raises(KindError, match="on must be True or False"):
        use_compiled("yes")


class TestWithNumba:
    @pytest.fixture(autouse=True)
    def _back_to_twins(self):
        pytest.importorskip("numba")
        yield
        use_compiled(True)

    def test_off_means_the_formula_itself(self):
        use_compiled(False)
        assert not in_use()
        assert fast(formulas.linear) is formulas.linear
        use_compiled(True)
        assert in_use()
        assert fast(formulas.linear) is not formulas.linear

    def test_networks_follow_the_choice_and_agree(self):
        x = np.random.default_rng(0).normal(size=(7, 3))
        net = lw.Network(lw.Linear(3, 5), lw.ReLU(), lw.Linear(5, 2), dtype="float64")
        found = {}
        for on in (True, False):
            use_compiled(on)
            net.zero_grad()
            y, backward = net.forward(x, training=True)
            dx = backward(np.cos(y))
            found[on] = y.copy(), dx.copy(), net.grad.copy()
        for one, other in zip(found[True], found[False], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)

    def test_many_threads_that_begin_at_once_get_the_same_numbers(self):
        code = """
import threading, numpy as np, layerwise as lw
x = np.random.default_rng(0).normal(size=(7, 3))
net = lw.Network(lw.Linear(3, 5), lw.Tanh(), lw.Linear(5, 2), dtype="float64")
barrier, found = threading.Barrier(8), []
def work():
    barrier.wait()
    y, backward = net.forward(x, training=True)
    found.append(y.tobytes())
threads = [threading.Thread(target=work) for _ in range(8)]
for each in threads: each.start()
for each in threads: each.join()
print(len(found), len(set(found)))
"""
        assert run(code) == "8 1\n"

    def test_the_choice_may_change_while_others_compute(self):
        net = lw.Network(lw.Linear(3, 5), lw.Tanh(), lw.Linear(5, 2), dtype="float64")
        x = np.random.default_rng(0).normal(size=(7, 3))
        expected, wrong = net(x), []

        def work():
            for _ in range(200):
                if not np.allclose(net(x), expected, rtol=1e-12, atol=1e-14):
                    wrong.append(1)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for each in threads:
            each.start()
        for number in range(50):
            use_compiled(number % 2 == 0)
        for each in threads:
            each.join()
        assert not wrong
