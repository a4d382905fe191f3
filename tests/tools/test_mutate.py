"""The mutation proof itself: each operator makes the mistake that it says, and kills and survivors are told apart."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from layerwise.formulas import registry
from layerwise.optimizers import OPTIMIZERS

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # the tools are no part of the package

from tools.mutate import record  # noqa: E402
from tools.mutate.mutants import mutants  # noqa: E402
from tools.mutate.operators import OPERATORS  # noqa: E402
from tools.mutate.report import LEAST_MUTANTS, Result, complaints, markdown  # noqa: E402
from tools.mutate.sandbox import write_mutant  # noqa: E402
from tools.mutate.sequence import SEQUENCE  # noqa: E402
from tools.mutate.survivors import Key, known  # noqa: E402
from tools.mutate.targets import Target, targets  # noqa: E402

# operator, parameters, code, what the operator must make of it
SNIPPETS = [
    ("transpose", "x, W", "z = x @ W.T", ["z = x @ W"]),
    ("operands", "a, b", "c = a @ b", ["c = b @ a"]),
    ("operands", "a, b", "c = a - b", ["c = b - a"]),
    ("sign", "a, b", "a += b", ["a -= b"]),
    ("sign", "a", "b = -a", ["b = a"]),
    ("product", "a, b", "c = a * b", ["c = a / b"]),
    ("product", "a, b", "c = a // b", ["c = a / b"]),
    ("forgotten operand", "x, n", "y = x / n", ["y = x"]),
    ("forgotten operand", "a, b", "c = a + b", ["c = a", "c = b"]),
    ("axis", "x", "y = x.sum(axis=0)", ["y = x.sum()", "y = x.sum(axis=-1)"]),
    ("axis", "x", "y = x.max(axis=-1, keepdims=True)", [
        "y = x.max(keepdims=True)", "y = x.max(axis=0, keepdims=True)", "y = x.max(axis=-1)"]),
    ("comparison", "x", "y = x > 0", ["y = x >= 0", "y = x < 0"]),
    ("constant", "x", "y = 0 + x[1] ** 2", ["y = 1 + x[1] ** 2", "y = 0 + x[2] ** 2", "y = 0 + x[0] ** 2",
                                            "y = 0 + x[1] ** 1"]),
    ("constant", "x", "y = x + 1e-8", ["y = x + 2e-08", "y = x + 0.0"]),
    ("stale variable", "z, dz", "dx = dz", ["dx = z"]),
    ("stale variable", "self, theta, grad, lr", "theta -= lr", ["theta -= grad", "theta -= theta", "theta -= self.lr"]),
    ("reduction", "x", "y = x.sum()", ["y = x.mean()", "y = x.max()"]),
    ("reduction", "x", "y = np.maximum(x, 0)", ["y = np.minimum(x, 0)"]),
    ("complement", "x, p", "y = x * p", ["y = x * (1 - p)"]),
    ("complement", "self, m", "m *= self.gamma", ["m *= 1 - self.gamma"]),
    ("forgotten call", "x", "y = np.exp(x)", ["y = x"]),
    ("forgotten call", "x", "y = x.copy()", ["y = x"]),
    ("other function", "x", "y = np.log1p(x)", ["y = np.log(x)"]),
    ("order of a tuple", "a, b, c", "return a, b, c", ["return (b, a, c)", "return (a, c, b)"]),
    ("branch", "c, a, b", "y = np.where(c, a, b)", ["y = a", "y = b", "y = np.where(c, b, a)"]),
    ("branch", "c, a, b", "y = a if c else b", ["y = a", "y = b", "y = b if c else a"]),
    ("scale", "lr", "y = lr", ["y = lr / 2"]),
    ("off by one", "self", "y = self.t", ["y = self.t + 1"]),
    ("accumulation", "v, g", "v += g", ["v = g"]),
    ("forgotten statement", "v, g", "v += g", ["pass"]),
    ("forgotten statement", "g", "v = g", []),  # without it there is no v at all
    ("order of statements", "theta, m, g", "m += g; theta -= m", ["theta -= m; m += g"]),
    ("order of statements", "m, v, g", "m += g; v += g", []),  # in either order the same
    ("order of statements", "x", "y = x; z = y", []),  # the other order does not run
    ("condition", "c", "if c: c = 1", ["not c", "True", "False"]),
]  # fmt: skip


def made(operator: str, parameters: str, code: str) -> list[str]:
    source = f"def f({parameters}):\n" + "".join(f"    {line}\n" for line in code.split("; "))
    return [each.after for each in mutants(source, ["f"]) if each.operator == operator]


@pytest.mark.parametrize(("operator", "parameters", "code", "wrong"), SNIPPETS)
def test_an_operator_makes_its_mistakes(operator, parameters, code, wrong):
    assert sorted(made(operator, parameters, code)) == sorted(wrong)


def test_every_operator_is_shown_and_documented():
    assert {operator for operator, *_ in SNIPPETS} == set(OPERATORS) | set(SEQUENCE)
    assert all(function.__doc__ for function in OPERATORS.values())


SOURCE = '''"""Ünïcode before the code."""

@decorated(1)
def f(x: int = 3) -> int:
    """One, >>> 2 * 3."""
    if x < 0:
        raise ValueError("x + 1")
    y: int = (
        x  # a comment
        + 1
    )
    def backward(dy):
        return dy * y
    return y, backward
'''


def test_what_does_not_compute_is_left_alone():
    """No docstring, decorator, default, annotation, error or comment is touched, and every mutant is a program."""
    found = mutants(SOURCE, ["f"])
    assert {each.line for each in found} == {8, 13, 14}
    for each in found:
        compile(each.source, "mutant", "exec")
        assert each.source.startswith(SOURCE[: SOURCE.index("    y: int")])
        assert each.source != SOURCE
    assert len({each.source for each in found}) == len(found)
    assert "y: int = x - 1" in {each.after for each in found}
    assert "return dy * dy" in {each.after for each in found}  # the inner function sees the outer variables


@pytest.mark.slow
def test_every_formula_and_optimizer_is_a_target_with_enough_mutants():
    found = {kind: {each.name for each in targets(ROOT) if each.kind == kind} for kind in ("formula", "optimizer")}
    assert found["formula"] == {name for name, each in registry.items() if each.function.__module__[:9] == "layerwise"}
    assert found["optimizer"] == {name for name, each in OPTIMIZERS.items() if each.__module__[:9] == "layerwise"}
    for target in targets(ROOT):
        count = len(mutants((ROOT / target.file).read_text(encoding="utf-8"), target.functions))
        assert count >= LEAST_MUTANTS, target.name
        for test in target.tests:
            assert (ROOT / test).exists(), test


def test_every_function_of_a_target_is_there():
    """A function that was renamed would no longer be tried, and nothing would say so."""
    for target in targets(ROOT):
        tree = ast.parse((ROOT / target.file).read_text(encoding="utf-8"))
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        for owner in tree.body:
            if isinstance(owner, ast.ClassDef):
                defined |= {f"{owner.name}.{node.name}" for node in owner.body if isinstance(node, ast.FunctionDef)}
        assert set(target.functions) <= defined, target.name


@pytest.mark.slow
def test_every_known_survivor_is_a_mutant_of_today():
    today = {
        Key(target.name, each.operator, each.before, each.after)
        for target in targets(ROOT)
        for each in mutants((ROOT / target.file).read_text(encoding="utf-8"), target.functions)
    }
    assert known().keys() <= today


@pytest.mark.parametrize("text", [
    '[[survivor]]\ntarget = "a"\noperator = "b"\nline = "c"\nmutant = "d"\nreason = "because"\n',
    2 * '[[survivor]]\ntarget = "a"\noperator = "b"\nline = "c"\nmutant = "d"\nreason = "The same for every x."\n',
])  # fmt: skip
def test_a_survivor_needs_one_reason(text, tmp_path):
    (tmp_path / "survivors.toml").write_text(text)
    with pytest.raises(ValueError, match=r"survivors\.toml"):
        known(tmp_path / "survivors.toml")


def result(**ways: int) -> Result:
    found = Result(Target("toy", "formula", "src/layerwise/toy.py", ("f",), ()))
    found.ways.update(ways)
    found.survivors = mutants("def f(x):\n    return x + 1\n", ["f"])[: ways.get("survived", 0)]
    return found


def test_what_is_wrong_with_a_run_is_said():
    assert complaints([result(number=20)], {}, whole=True) == []
    unexplained = complaints([result(number=100, survived=1)], {}, whole=True)
    assert len(unexplained) == 1
    assert "survived, and no reason is given" in unexplained[0]
    few = result(number=7)
    assert complaints([few], {}, whole=True) == ["toy: 7 mutants, 8 are wanted"]
    assert complaints([few], {}, whole=False) == []
    gone = complaints([result(number=20)], {Key("toy", "sign", "a", "b"): "x"}, whole=True)
    assert "listed as a survivor, but there is none" in gone[0]
    weak = result(number=18, survived=2)
    reasons = {weak.key(each): "The same for all x." for each in weak.survivors}
    assert complaints([weak], reasons, whole=True) == []  # no mistakes, so that all mistakes are killed
    page = markdown([weak], [], reasons)
    assert "18 of 20 mutants killed (90.0%)" in page
    assert "The same for all x." in page
    reasons = {weak.key(each): "Nobody has found a test yet." for each in weak.survivors}
    assert complaints([weak], reasons, whole=True) == ["toy: 90.0% of the mistakes killed, 95% are wanted"]


def test_the_record_keeps_what_was_tried_until_the_code_changes(tmp_path):
    source = tmp_path / "src/layerwise/toy.py"
    source.parent.mkdir(parents=True)
    source.write_text("def f(x):\n    return x + 1\n")
    tried = result(number=18, survived=2)
    record.write(tmp_path / "record.json", {"toy": record.entry(tmp_path, tried)})
    entries = record.read(tmp_path / "record.json")
    (back,), untried = record.current(tmp_path, [tried.target], entries)
    assert (back.ways, untried) == (tried.ways, [])
    assert [back.key(each) for each in back.survivors] == [tried.key(each) for each in tried.survivors]
    source.write_text('def f(x):\n    """One more."""\n\n    return x + 1  # and no other\n')
    assert record.current(tmp_path, [tried.target], entries)[1] == []
    source.write_text("def f(x):\n    return x + 2\n")
    assert record.current(tmp_path, [tried.target], entries) == ([], ["toy"])
    assert "Not tried since they changed: toy." in markdown([], ["toy"], {})


FORMULAS = """
@formula(r"y = x", sample=samples)
def one(x):
    def backward(dy):
        return _helps(dy)

    return _helps(x), backward


@formula(r"y = x", sample=samples)
def two(x):
    return _helps(x), None


def samples(rng):
    yield from ()


def _helps(x):
    return _deeper(x)


def _deeper(x):
    return x
"""


def test_a_formula_brings_the_functions_that_it_calls(tmp_path):
    """Each once, and never the samples; a file without formulas is a target of its own."""
    folder = tmp_path / "src/layerwise/formulas"
    folder.mkdir(parents=True)
    (tmp_path / "tests/formulas").mkdir(parents=True)
    (folder / "new.py").write_text(FORMULAS)
    (folder / "windows.py").write_text("def cut(x):\n    return x\n")
    (tmp_path / "tests/formulas/test_new.py").write_text("def test_one_is_one(): one(1)")
    (tmp_path / "tests/formulas/test_other.py").write_text("def test_another_one(): ones(1)")
    one, two, windows = targets(tmp_path)[:3]
    assert (one.name, one.functions) == ("one", ("one", "_helps", "_deeper"))
    assert (two.name, two.functions) == ("two", ("two",))
    assert (windows.name, windows.kind, windows.functions) == ("windows", "other", ("cut",))
    assert one.tests[:3] == (
        "src/layerwise/formulas/new.py", "tests/formulas/test_new.py", "tests/formulas/test_gradients.py"
    )  # fmt: skip
    assert two.tests[1] == "tests/formulas/test_gradients.py"


def project(folder: Path, test: str) -> None:
    """A library of one formula, and its test."""
    for name, text in {
        "pyproject.toml": "[tool.pytest.ini_options]\naddopts = ['--import-mode=importlib', '--doctest-modules']\n",
        "src/layerwise/__init__.py": "",
        "src/layerwise/toy.py": "def f(x):\n    while x > 5:\n        x -= 3\n    return x + 1\n",
        "tests/test_toy.py": f"from layerwise.toy import f\n\ndef test_f():\n    {test}\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


PROVE = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tools.mutate import run, sandbox
from tools.mutate.targets import Target

run.SPARE_SECONDS = 1
target = Target("toy", "formula", "src/layerwise/toy.py", ("f",), ("src/layerwise/toy.py", "tests/test_toy.py"))
try:
    result, = run.prove(Path(sys.argv[2]), [target])
except run.ProofError as error:
    print("refused:", error)
else:
    print(dict(result.ways), [each.after for each in result.survivors])
"""


def prove(folder: Path, test: str) -> str:
    project(folder, test)
    command = [sys.executable, "-c", PROVE, str(ROOT), str(folder)]
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before  # not even byte code
    return done.stdout + done.stderr


@pytest.mark.slow
def test_a_good_test_kills_and_what_runs_for_ever_is_killed_by_the_clock(tmp_path):
    said = prove(tmp_path, "assert [f(x) for x in (1, 5, 6, 7, 12)] == [2, 6, 4, 5, 4]")
    assert "'number': " in said
    assert "'time': " in said
    assert "survived" not in said
    assert said.rstrip().endswith("[]")


def test_a_mutant_as_long_as_its_original_and_written_in_the_same_second_is_what_python_imports(tmp_path):
    module = tmp_path / "module.py"
    module.write_text("print(1 < 2)")
    command = [sys.executable, "-c", "import module"]  # the first import leaves byte code, the second may use it

    def imported() -> str:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment).stdout

    date = module.stat().st_mtime
    assert imported() == "True\n"
    write_mutant(module, "print(1 > 2)")
    assert int(module.stat().st_mtime) != int(date)
    assert imported() == "False\n"


@pytest.mark.slow
def test_a_weak_test_lets_mutants_live(tmp_path):
    said = prove(tmp_path, "assert f(1) > 0")
    assert "'return x'" in said
    assert "'survived': " in said


def test_tests_that_fail_anyway_prove_nothing(tmp_path):
    assert "refused: tests/test_toy.py fails without a mutant" in prove(tmp_path, "assert f(1) == 3")
