"""The README is true: its snippets run and print what it says, and its lines name what exists."""

import contextlib
import inspect
import io
import json
import re
import statistics
from pathlib import Path

import numpy as np
import pytest

import layerwise as lw
from layerwise.formulas import linear
from tools import speed

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_the_affine_map_is_the_one_that_runs():
    """The README leaves out the types, the docstring and the switch for dx, and nothing else."""
    source = inspect.getsource(linear)
    source = re.sub(r'r?""".*?"""', "", source[source.index("def linear") :], flags=re.DOTALL)
    source = re.sub(r": (Array|bool = True|bool)|, input_gradient| if input_gradient else None| -> [^:]*", "", source)
    lines = [line for line in source.splitlines() if line.strip()]
    snippet = next(block for block in PYTHON if block.startswith("def linear"))
    assert [line for line in snippet.splitlines() if line.strip()] == lines


def test_the_trace_prints_what_the_readme_shows():
    index = next(i for i, block in enumerate(PYTHON) if "trace(tanh" in block)
    shown = re.search(r"trace\(tanh.*?```\n\n```\n(.*?)```", README, flags=re.DOTALL).group(1)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(PYTHON[index], {})
    assert printed.getvalue() == shown


def test_the_network_learns_and_steps_by_hand():
    names = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(next(block for block in PYTHON if "lw.data.load" in block), names)
        before = names["net"].theta.copy()
        exec(next(block for block in PYTHON if "net.theta -=" in block), names)
    assert float(printed.getvalue().split("%")[0]) > 93
    net = names["net"]
    np.testing.assert_allclose(net.theta, before - 0.1 * net.grad, rtol=1e-6)
    used = net.grad.copy()
    net.theta = before
    net.zero_grad()
    y, backward = net.forward(names["x"], training=True)
    _, backward_loss = lw.CrossEntropyLoss()(y, names["data"].test.y)
    backward(backward_loss())
    np.testing.assert_array_equal(used, net.grad)


def test_a_run_is_stepped_forked_and_wound_back():
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(next(block for block in PYTHON if "lw.data.load" in block), names)
        exec(next(block for block in PYTHON if "lw.Run(" in block), names)
    assert (names["run"].position.step, names["other"].position.step) == (10, 40)
    assert (names["run"].optimizer.lr, names["other"].optimizer.lr) == (0.003, 0.03)


def test_the_gates_can_be_read():
    names, printed = {"np": np, "lw": lw}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(next(block for block in PYTHON if "Recorder" in block), names)
    assert printed.getvalue() == "(1, 6, 6)\n"
    np.testing.assert_array_equal(names["recorder"].parts["1"]["forget_l0"][0, 4:], 0)  # in the padding


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(((?!http)[^)#]+)\)", README))))
def test_every_link_leads_somewhere(path):
    assert (ROOT / path).exists()


def test_the_reader_fills_in_one_address_and_is_told_which():
    """Where a clone comes from depends on who reads: the page that shows the README is at the address."""
    assert README.count("git clone REPOSITORY layerwise") == README.count("git clone") == 2
    assert README.count("REPOSITORY is the address of this page") == 1
    assert README.count("REPOSITORY") == 3


def test_nothing_else_is_left_to_fill_in():
    commands = re.findall(r"```(?:bash|powershell)\n(.*?)```", README, flags=re.DOTALL)
    assert len(commands) >= 4
    assert set(re.findall(r"<[^>]*>|\b[A-Z][A-Z_]{2,}\b", "\n".join(commands))) == {"REPOSITORY"}
    assert not re.search(r"\b[A-Z]+_[A-Z_]+\b|TODO", README)


@pytest.mark.parametrize(("name", "row"), [("digits", "| digits,"), ("mnist", "| MNIST,")])
def test_the_accuracies_are_those_of_the_record(name, row):
    """Minimum and median of ten seeds, as docs/results.json holds them."""
    runs = json.loads((ROOT / "docs/results.json").read_text(encoding="utf-8"))[name]
    assert [run["seed"] for run in runs] == list(range(10))
    scores = [run["score"] for run in runs]
    line = next(line for line in README.splitlines() if line.startswith(row))
    assert min(scores) >= {"digits": 0.965, "mnist": 0.98}[name]
    assert statistics.median(scores) >= {"digits": 0.975, "mnist": 0.98}[name]
    shown = [f"{100 * value:.1f} %" for value in (min(scores), statistics.median(scores))]
    assert [cell.strip() for cell in line.split("|")][3:5] == shown


@pytest.mark.parametrize(("part", "row"), [("steps", "| declared sizes |"), ("varied", "| sizes drawn at random |")])
def test_the_figures_of_speed_are_those_of_the_record(part, row):
    """The share of the best peer's time on W1 to W5, as docs/speed.json holds it."""
    tables = speed.read()[part].tables
    assert [table.workload for table in tables] == ["W1", "W2", "W3", "W4", "W5"]
    shares = [f"{table.against(table.best_peer()).paired.median:.2f}" for table in tables]
    line = next(line for line in README.splitlines() if line.startswith(row))
    assert [cell.strip() for cell in line.split("|")[2:-1]] == shares


def test_the_digits_are_counted_as_they_are_split():
    data = lw.data.load("digits")
    assert f"learn {len(data.train.x):,} handwritten digits" in README
    assert f"on {len(data.test.x)} that it has never seen" in README
