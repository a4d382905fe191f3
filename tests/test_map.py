"""The map of the tests: every file mirrors a module, or holds a law that README.md beside it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent
PACKAGE = ROOT / "src" / "layerwise"
TESTS = {path.relative_to(HERE).as_posix() for path in HERE.rglob("test_*.py")}
LAWS = re.findall(r"`([\w/]+/test_\w+\.py|test_\w+\.py)`", (HERE / "README.md").read_text(encoding="utf-8"))
MODULES = {path.relative_to(PACKAGE).with_suffix("").as_posix() for path in PACKAGE.rglob("[!_]*.py")}

HELD_BY_A_TABLE = {
    "applications/": "applications/test_applications.py",
    "cli/": "cli/test_commands.py",
    "comparison/contest/": "comparison/test_contest.py",
    "compiled/": "compiled/test_twins.py",
    "data/tables/": "data/tables/test_kinds.py",
    "formulas/": "formulas/test_gradients.py",
    "insight/doctor/": "insight/doctor/test_rules.py",
    "insight/doctor/zoo/": "insight/doctor/zoo/test_cases.py",
    "insight/explain/": "insight/explain/test_random_networks.py",
    "metrics/": "test_metrics.py",
    "models/": "models/test_models.py",
    "report/page/": "report/page/test_writing.py",
    "plots/drawing/": "plots/drawing/test_drawing.py",
    "report/notebook/": "report/notebook/test_forms.py",
}
"""Rooms whose modules are tested together, by what is registered in them or by what they print."""

NOT_YET = {
    "comparison/baselines",
    "data/assemble",
    "data/batches",
    "data/preparation_spec",
    "data/sources",
    "extras",
    "insight/finite_difference",
    "insight/patterns",
    "layers/activation",
    "layers/flatten",
    "layers/image_shapes",
    "layers/layer",
    "layers/parameter",
    "layers/pooling",
    "layers/recurrent_base",
    "network/container",
    "network/loading",
    "runs/origin",
    "training/agreement",
    "training/audience",
    "training/belonging",
    "training/feed",
    "training/restoring",
    "training/samples",
    "training/soundness",
    "training/sources",
    "training/state",
    "training/steering",
    "training/taps",
    "types",
    "wording",
}
"""Modules without a test file of their name: others test them in passing. This list may only become shorter."""


def own_file(module: str) -> str:
    folder, _, name = module.rpartition("/")
    return f"{folder}/test_{name}.py".lstrip("/")


def mirrored(test: str) -> bool:
    """Whether a module, or a folder of modules, of the package or of the repository has its name."""
    path = re.sub(r"test_(\w+)\.py$", r"\1", test)
    return any((root / path).with_suffix(".py").exists() or (root / path).is_dir() for root in (PACKAGE, ROOT, HERE))


@pytest.mark.parametrize("test", sorted(TESTS))
def test_a_test_file_mirrors_a_module_or_holds_a_law(test):
    assert mirrored(test) or test in LAWS, "give it the name of the module that it tests, or a line in tests/README.md"


@pytest.mark.parametrize("law", LAWS)
def test_every_file_that_the_map_names_is_there(law):
    assert law in TESTS


def test_every_module_has_a_test_file_of_its_name():
    untested = {module for module in MODULES if own_file(module) not in TESTS}
    assert set(HELD_BY_A_TABLE.values()) <= TESTS
    untested = {module for module in untested if not module.startswith(tuple(HELD_BY_A_TABLE))}
    assert not (missing := sorted(map(own_file, untested - NOT_YET))), f"write {missing}"
    assert not (gone := sorted(NOT_YET - untested)), f"take {gone} off the list"


def test_the_short_suite_names_files_that_are_there():
    quick = re.search(r"^quick:.*\n\t.*", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE).group()
    files = re.findall(r"tests/\S+", quick)
    assert "tests/test_smoke.py" in files
    assert all((ROOT / file).exists() for file in files)


def test_what_pytest_leaves_out_is_run_by_the_check_before_a_change_lands():
    check = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in check
    assert '"$venv/bin/pytest" -m slow' in check
