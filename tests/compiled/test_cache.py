"""Numba's cache: a disk that is full, or a folder that can not be made, ends no run; a change of any loop is seen."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import timeit
from pathlib import Path

import pytest

import layerwise as lw

pytest.importorskip("numba")

PROGRAM = """
import sys
import numpy as np
{before}
import layerwise as lw
from layerwise.compiled import fast, in_use
from layerwise.formulas import relu

y, _ = fast(relu)(np.array([[-1.0, 2.0]]))
print(y.tolist(), in_use())
"""
FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # no file may grow beyond 1,000 bytes: the cache's are larger
"""
NOWHERE = """
import numba.core.caching
numba.core.caching.CacheImpl._locator_classes.clear()  # as where neither the program's folder nor the home is ours
"""


def run(before: str, cache: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(before=before)],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.skipif(os.name != "posix", reason="Windows knows no limit of this kind")
def test_a_full_disk_ends_nothing(tmp_path):
    done = run(FULL, tmp_path)
    assert done.stdout == "[[0.0, 2.0]] True\n", done.stderr
    assert not list(tmp_path.rglob("*.nbc"))  # nothing could be kept, and no half of a file is left
    again = run("", tmp_path)
    assert again.stdout == done.stdout, again.stderr
    assert list(tmp_path.rglob("*.nbc"))


def test_a_cache_that_is_damaged_ends_nothing(tmp_path):
    run("", tmp_path)
    for index in tmp_path.rglob("*.nbi"):
        index.unlink()
        index.mkdir()  # can be opened neither to read nor to write
    done = run("", tmp_path)
    assert done.stdout == "[[0.0, 2.0]] True\n", done.stderr


def test_a_folder_that_can_not_be_made_is_passed_over(tmp_path):
    (tmp_path / "file").write_text("")
    done = run("", tmp_path / "file" / "cache")
    assert done.stdout == "[[0.0, 2.0]] True\n", done.stderr


def test_without_any_place_for_a_cache_the_formulas_compute_and_say_why(tmp_path):
    done = run(NOWHERE, tmp_path)
    assert done.stdout == "[[0.0, 2.0]] False\n", done.stderr
    assert "computing without compiled twins, since Numba does not load: cannot cache function" in done.stderr


# --- one stamp for all sources --------------------------------------------------------------------------------------

TILE = """
import sys
import numpy as np
from layerwise.compiled import cache, recurrent_kernels
from layerwise.compiled.tiles import TALL
W, u, z = np.ones((1, 5, TALL)), np.ones(5 * 16), np.zeros(TALL * 16)
recurrent_kernels.product(W, 0, TALL, 0, 5, u, z, 16, False)
print(z[0], sum(recurrent_kernels.product.stats.cache_hits.values()), cache.__file__)
"""

IN_FLOAT32 = TILE.replace("5, TALL)", "5, TALL), np.float32").replace("* 16)", "* 16, np.float32)")


def started(root: Path, program: str = TILE, **variables: str) -> subprocess.Popen[str]:
    """A process that runs a copy of the library, with its cache beside it."""
    own = {"NUMBA_CACHE_DIR": str(root / "cache"), "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, **own, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def product(root: Path, **variables: str) -> tuple[float, int]:
    """What a product of ones comes to in a process of its own, and how many loops came from the cache."""
    process = started(root, **variables)
    said, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    value, hits, file = said.split()
    assert Path(file).is_relative_to(root)
    return float(value), int(hits)


@pytest.fixture
def copy(tmp_path):
    """A copy of the library's sources."""
    root = tmp_path / "copy"
    shutil.copytree(Path(lw.__file__).parent, root / "layerwise", ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.mark.slow
def test_a_loop_is_compiled_anew_when_what_it_calls_has_changed(copy):
    """Numba alone looks at the file of the loop, and would go on with the old tile."""
    assert product(copy) == (5.0, 0)
    assert product(copy) == (5.0, 1)
    code = copy / "layerwise" / "compiled" / "vector_code.py"
    text, wanted = code.read_text(encoding="utf-8"), "[row, column, sums[len(found)]]"
    assert text.count(wanted) == 1
    code.write_text(text.replace(wanted, "[row, row, column]"), encoding="utf-8")
    assert product(copy) == (2.0, 0)
    assert product(copy) == (2.0, 1)
    code.write_text(text, encoding="utf-8")
    assert product(copy)[0] == 5.0


def test_another_date_of_the_same_sources_changes_nothing(copy):
    product(copy)
    for source in copy.rglob("*.py"):
        os.utime(source, (1e9, 1e9))
    assert product(copy) == (5.0, 1)


def test_an_install_that_can_not_be_written_works(copy, tmp_path):
    """Numba then keeps its cache in the user's folder, with our stamp there as well."""
    (copy / "layerwise" / "compiled" / "__pycache__").write_text("no folder can be made here, not even by root")
    home = tmp_path / "home"
    variables = {"NUMBA_CACHE_DIR": "", "XDG_CACHE_HOME": str(home), "HOME": str(home), "LOCALAPPDATA": str(home)}
    assert product(copy, **variables) == (5.0, 0)
    assert product(copy, **variables) == (5.0, 1)
    assert list(home.rglob("*.nbc"))


def test_processes_that_compile_at_once_do_not_break_each_other(copy):
    several = [started(copy) for _ in range(3)]
    said = [each.communicate(timeout=300) for each in several]
    assert [out.split()[0] for out, _ in said] == ["5.0"] * 3, said
    assert product(copy) == (5.0, 1)


def test_a_file_under_the_wrong_number_is_not_used(copy):
    """Two processes that save at once may both take number 1, and the index then names the other's file."""
    assert started(copy).communicate(timeout=120)[0].startswith("5.0 ")
    assert started(copy, IN_FLOAT32).communicate(timeout=120)[0].startswith("5.0 ")
    one, two = sorted(copy.rglob("recurrent_kernels.product-*.nbc"))
    one_bytes, two_bytes = one.read_bytes(), two.read_bytes()
    assert one_bytes != two_bytes
    one.write_bytes(two_bytes)
    two.write_bytes(one_bytes)
    assert product(copy)[0] == 5.0


@pytest.mark.parametrize("content", [b"", b"half", b"\x80\x04"])
def test_half_an_index_ends_nothing_and_is_written_anew(content, copy):
    product(copy)
    for index in copy.rglob("*.nbi"):
        index.write_bytes(content)
    assert product(copy) == (5.0, 0)
    assert product(copy) == (5.0, 1)


def test_without_numbas_stamp_loops_are_compiled_at_each_start():
    """A later version may keep it elsewhere: rather slow than wrong."""
    from numba import njit

    from layerwise.compiled import cache, compiling

    def one(x):
        return x + 1

    kept = njit(cache=False)(one)
    assert not cache.tend(kept)

    class Other:
        def __init__(self, py_func):
            pass

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "tend", lambda kept: False)
        assert compiling.kernel(one)(1) == 2


def test_the_stamp_is_quick_and_not_made_before_it_is_wanted():
    from layerwise.compiled import cache

    assert min(timeit.repeat(cache.stamp.__wrapped__, number=1, repeat=5)) < 0.05  # seconds; about 0.001
    code = "import sys, layerwise as lw; lw.Linear(2, 1); print('layerwise.compiled.cache' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_loops_call_nothing_outside_of_what_the_stamp_covers():
    """The files with loops import from this folder, from NumPy and Numba, and types."""
    folder = Path(lw.__file__).parent / "compiled"
    loops = [path for path in folder.glob("*.py") if "@kernel" in path.read_text(encoding="utf-8")]
    assert len(loops) >= 8
    for path in loops:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("layerwise"):
                allowed = ("layerwise.compiled.", "layerwise.types")
                # The one twin with a loop in its own file reads the formula for what the loop can not take.
                allowed += ("layerwise",) if path.name == "embedding.py" else ()
                assert node.module.startswith(allowed), f"{path.name}: {node.module}"
