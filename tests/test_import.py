"""What importing costs: NumPy and nothing else from third parties, and hardly more time than NumPy."""

from __future__ import annotations

import ast
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import layerwise as lw

PACKAGE = Path(lw.__file__).parent
SOURCES = [str(PACKAGE.parent), *(path for path in sys.path if path)]


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return done.stdout


def packages(code: str) -> set[str]:
    """The packages, outside the standard library, that are loaded after a piece of code has run."""
    loaded = "{name.partition('.')[0] for name, module in sys.modules.items() if module}"
    tail = f"import json, sys; print(json.dumps(sorted({loaded})))"
    return set(json.loads(python(f"{code}\n{tail}"))) - set(sys.stdlib_module_names)


def test_importing_loads_numpy_at_most():
    assert packages("import layerwise") - packages("import numpy") == {"layerwise"}


def test_a_network_and_an_optimizer_need_numpy_only():
    # Numba, which compiles the twins, counts as not installed.
    code = """
import sys
sys.modules["numba"] = None
import layerwise as lw, numpy as np
net = lw.Network(lw.Linear(2, 3), lw.ReLU(), lw.Linear(3, 1))
y, backward = net.forward(np.ones((4, 2)), training=True)
backward(lw.MSELoss()(y, np.zeros((4, 1)))[1]())
lw.Adam().step(net.theta, net.grad, lw.StepLR(3)(0.1, 1))
lw.L2(0.1)(net.theta); net.summary(); net.spec()
"""
    assert packages(code) - packages("import numpy.random") == {"layerwise"}


def test_importing_takes_hardly_longer_than_numpy():
    timed = "import time; begin = time.thread_time(); import {}; print(time.thread_time() - begin)"
    python("import layerwise")  # compiles what is not compiled yet
    pairs = [(float(python(timed.format("numpy"))), float(python(timed.format("layerwise")))) for _ in range(7)]
    numpy, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert ours <= 1.5 * numpy


@pytest.mark.parametrize("name", lw.__all__)
def test_every_public_name_is_there(name):
    getattr(lw, name)
    assert name in dir(lw)


def test_a_name_that_is_not_there_is_answered_with_the_nearest():
    for wrong, right in [("Netwrok", "Network"), ("netwrok", "network"), ("Lineer", "Linear"), ("fitt", "fit")]:
        with pytest.raises(AttributeError, match=f"layerwise has no '{wrong}'. Did you mean '{right}'"):
            getattr(lw, wrong)


def test_names_are_the_objects_of_their_modules():
    assert lw.Linear is lw.layers.Linear
    assert lw.Network is lw.network.Network
    assert lw.Adam is lw.optimizers.Adam


# --- the stub --------------------------------------------------------------------------------------------------------


def stub_imports() -> dict[str, tuple[str, str]]:
    """name → (module, name there), from the imports of __init__.pyi."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    found = {}
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                assert alias.asname == alias.name, f"re-export it: {alias.name} as {alias.name}"
                found[alias.name] = (statement.module, alias.name)
    return found


def test_the_stub_and_the_lazy_names_agree():
    stub = stub_imports()
    assert set(stub) == set(lw.__all__)
    for name, (module, inner) in stub.items():
        if module == "layerwise":
            assert name in lw._MODULES
        else:
            assert (lw._HOME_OF[name], name) == (module, inner)


def test_the_stub_declares_what_a_module_is_asked_for():
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    assert [each.target.id for each in tree.body if isinstance(each, ast.AnnAssign)] == ["__version__"]
    assert lw.__version__.count(".") == 2
