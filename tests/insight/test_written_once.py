"""Nothing is written twice: who edits a formula sees it in training, in the worked example, in the formula sheet and in
the gradient check."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import layerwise as lw

SCRIPT = """
import json
import numpy as np
import layerwise as lw
from layerwise.insight.formula_sheet import entries

lw.use_compiled(False)
rng = np.random.default_rng(3)
x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))


def net():
    return lw.Network(lw.Linear(3, 4), lw.Tanh(), lw.Linear(4, 2), seed=1, dtype="float64")


loss = lw.MSELoss()
example = lw.explain(net(), x, y, loss=loss, optimizer=lw.SGD(lr=0.1))
check = lw.gradcheck(net(), x, y, loss)
[affine] = entries(["linear"])
print(json.dumps({
    "training": lw.fit(net(), (x, y), loss=loss, optimizer=lw.SGD(lr=0.1), epochs=1, batch_size=6)["train_loss"][0],
    "explained": float(example.loss),
    "lines": [line.text for line in example.operations[0].lines],
    "z": example.operations[0].results["z"].tolist(),
    "sheet": affine.forward,
    "right": check.ok,
    "says": str(check),
}))
"""
HOME = Path(lw.__file__).parent
WRITTEN = "z = x @ W.T + b\n"


def seen(package: Path) -> dict[str, object]:
    """What the parts of a copy of the package say."""
    environment = {**os.environ, "PYTHONPATH": str(package)}
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=120, cwd=package
    )
    assert said.returncode == 0, said.stderr
    found: dict[str, object] = json.loads(said.stdout)
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(HOME, tmp_path / "layerwise", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def edited(package: Path, formula: str) -> dict[str, object]:
    """What they say once the affine map is another one."""
    file = package / "layerwise/formulas/affine.py"
    text = file.read_text(encoding="utf-8")
    assert text.count(WRITTEN) == 1
    file.write_text(text.replace(WRITTEN, formula), encoding="utf-8")
    return seen(package)


def test_an_edited_formula_is_seen_everywhere(copy: Path) -> None:
    before = seen(copy)
    after = edited(copy, "z = x @ W.T + b + 1\n")
    assert (before["sheet"], after["sheet"]) == ("z = x @ W.T + b", "z = x @ W.T + b + 1")
    assert after["lines"] == ["z = x @ W.T + b + 1"]
    np.testing.assert_allclose(np.array(after["z"]), np.array(before["z"]) + 1, rtol=1e-14)
    assert after["training"] == pytest.approx(after["explained"], rel=1e-14)
    assert after["training"] != pytest.approx(before["training"], rel=1e-3)
    assert (before["right"], after["right"]) == (True, True), "adding 1 changes no derivative"


def test_an_edit_that_the_derivative_does_not_know_is_told_by_the_gradient_check(copy: Path) -> None:
    after = edited(copy, "z = 2 * (x @ W.T) + b\n")
    assert not after["right"]
    assert "half" in str(after["says"]) or "factor" in str(after["says"])


@pytest.mark.skipif(find_spec("numba") is None, reason="needs the twins")
def test_with_twins_an_explanation_has_the_numbers_that_training_used() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(1, 5)).astype("float32"), rng.integers(0, 3, 1)  # of one row, whose order is known
    net = lw.Network(lw.Linear(5, 16), lw.ReLU(), lw.Linear(16, 3), seed=1)
    loss, twin = lw.CrossEntropyLoss(), deepcopy(net)
    example = lw.explain(net, x, y, loss=loss, optimizer=lw.SGD(lr=0.1))
    lw.fit(twin, (x, y), loss=loss, optimizer=lw.SGD(lr=0.1), epochs=1, batch_size=1)
    assert any(0 < operation.difference < 1e-5 for operation in example.operations), "no twin has computed"
    for name, value in twin.parameters().items():
        np.testing.assert_array_equal(example.updated[name], value, err_msg=name)
