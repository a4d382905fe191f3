"""The README is true: its snippets run and print what it says, and its lines name what exists."""

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_the_affine_map_is_the_one_that_runs():
    """The README leaves out types and docstring, and nothing else."""
    source = (ROOT / "src/layerwise/formulas/affine.py").read_text(encoding="utf-8")
    snippet = next(block for block in PYTHON if block.startswith("def linear"))
    for line in snippet.splitlines():
        if line.strip().startswith(("def", "dx =")):  # signatures carry types, dx its condition
            continue
        assert line in source.splitlines() or not line.strip()


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
    assert not (names["net"].theta == before).all()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(((?!http)[^)#]+)\)", README))))
def test_every_link_leads_somewhere(path):
    assert (ROOT / path).exists()


def test_nothing_is_left_to_fill_in():
    assert not re.search(r"DOWNLOAD_|_TABLE|TODO", README)
