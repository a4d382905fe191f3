"""The notebook is its source, it runs offline in under three minutes, and it is kept with its pictures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("jupytext")
pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

from tools.notebook import KEPT, MOST_BYTES, MOST_SECONDS, SOURCE, cells, notebook_of, shown  # noqa: E402

ROOT = SOURCE.parents[1]
OFFLINE = """
import socket

def refuse(*address, **more):
    raise OSError(f"a notebook that runs offline asked for {address}")

socket.create_connection = socket.getaddrinfo = refuse
"""


def test_the_kept_notebook_is_its_source() -> None:
    kept = nbformat.read(KEPT, as_version=4)
    nbformat.validate(kept)
    assert cells(kept) == cells(notebook_of(SOURCE)), "run python -m tools.notebook"


def test_the_kept_notebook_is_small_and_shows_its_pictures() -> None:
    assert KEPT.stat().st_size < MOST_BYTES
    kinds = [kind for cell in shown(nbformat.read(KEPT, as_version=4)) for kind in cell]
    assert kinds.count("image/png") >= 15
    assert "stderr" not in kinds


def test_each_picture_is_followed_by_what_to_see_in_it() -> None:
    made = notebook_of(SOURCE).cells
    pictures = [
        number for number, cell in enumerate(made) if cell.source.splitlines()[-1].startswith(("show(", "SVG("))
    ]
    assert len(pictures) >= 15
    for number in pictures:
        assert made[number + 1].source.startswith("*"), made[number].source.splitlines()[-1]


@pytest.mark.slow
def test_it_runs_offline_and_shows_what_the_kept_one_shows(tmp_path: Path) -> None:
    """All its assertions hold: by hand and by Layerwise the same numbers. A process of its own, for its sockets."""
    (tmp_path / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "tools.notebook", "--check"], cwd=ROOT, env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, encoding="utf-8", timeout=MOST_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is what its source gives" in done.stdout
