"""Make the notebook from its source, run it, and write it with its outputs:  python -m tools.notebook

    python -m tools.notebook            write it
    python -m tools.notebook --check    write nothing, and say whether the one that is there is up to date

`notebooks/04_neural_networks.py` is the one text form; `notebooks/04_neural_networks.ipynb` is what it gives. The cells
run in this very Python, offline. The same source and the same versions give the same file.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
SOURCE = NOTEBOOKS / "04_neural_networks.py"
KEPT = SOURCE.with_suffix(".ipynb")
MOST_SECONDS = 180
MOST_BYTES = 700_000  # beyond this, web pages that show notebooks give up


def notebook_of(source: Path) -> Any:
    """The notebook that a source gives, without outputs. Cells are named by their number."""
    notebook = jupytext.read(source, fmt="py:percent")
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    notebook.metadata.pop("jupytext", None)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def run(notebook: Any) -> Any:
    """Execute all cells, in order, in a kernel of this Python. Raises what the first failing cell raises."""
    manager = AsyncKernelManager()
    spec = manager.kernel_spec  # whatever "python3" is on this machine, it shall be this Python
    assert spec is not None
    spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
    client = NotebookClient(
        notebook, km=manager, timeout=MOST_SECONDS, record_timing=False, coalesce_streams=True,
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )  # fmt: skip
    client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _compiles(output)]
    notebook.metadata["language_info"] = {"name": "python"}  # without the version of this machine
    return notebook


def _compiles(output: Any) -> bool:
    """Whether an output is the word at the first compilation on a machine, which the next run does not say."""
    return output.get("name") == "stderr" and output.text.startswith("layerwise: compiling ")


def cells(notebook: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """What a source says of each cell: its kind, its text, its settings."""
    return [(cell.cell_type, cell.source, dict(cell.metadata)) for cell in notebook.cells]


def shown(notebook: Any) -> list[list[str]]:
    """What each cell of code shows: the stream that it prints to, or the richest form of its value."""
    return [
        [
            output.get("name") or max(output.data, key=lambda kind: (kind.startswith("image"), kind))
            for output in cell.outputs
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def main() -> int:
    """Make, run, and write or compare. Returns 1 when the file is too large to be shown, or not what was made."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing: compare with the file that is there")
    check = parser.parse_args().check
    began = time.perf_counter()
    notebook = run(notebook_of(SOURCE))
    print(f"{len(notebook.cells)} cells in {time.perf_counter() - began:.0f} s")
    if check:
        kept = nbformat.read(KEPT, as_version=4)
        same = cells(kept) == cells(notebook) and shown(kept) == shown(notebook)
        print(f"{KEPT.name} is {'what its source gives' if same else 'out of date: run python -m tools.notebook'}")
        return int(not same)
    nbformat.write(notebook, KEPT)
    size = KEPT.stat().st_size
    print(f"{KEPT}: {size / 1000:.0f} KB")
    return int(size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
