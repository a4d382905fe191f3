"""The house: every module imports only from floors below its own, and every file stays short."""

import ast
import re
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[1]


def test_the_floors_are_kept(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0, capsys.readouterr().out


def each_file(folder, pattern):
    paths = sorted((ROOT / folder).rglob(pattern))
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(ROOT)))


@each_file("src", "*.py")
def test_no_file_is_longer_than_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@each_file("tests", "test_*.py")
def test_what_needs_torch_is_marked(path):
    """`pytest -m torch` runs every comparison with PyTorch, and `-m "not torch"` none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    everything = any("pytestmark" in ast.unparse(each) and "mark.torch" in ast.unparse(each) for each in tree.body)
    for each in tree.body:
        if isinstance(each, ast.FunctionDef) and re.search(r"importorskip\('torch'|import torch\b", ast.unparse(each)):
            assert everything or any("mark.torch" in ast.unparse(line) for line in each.decorator_list), each.name
