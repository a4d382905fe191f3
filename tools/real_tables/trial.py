"""One table at the first command: trained by the command line, and compared with what an independent reader finds."""

from __future__ import annotations

import contextlib
import io
import shlex
import tempfile
from pathlib import Path
from typing import Any

from tools.real_tables.collection import Table
from tools.real_tables.comparison import compare

from layerwise.cli import main

SHORT = ("--epochs", "2", "--hidden", "16", "--no-progress")
"""Reading and preparing are the point, and that training starts and ends."""


def tried(table: Table, path: Path) -> dict[str, Any]:
    """What is written down about a table. first: whether the first command trained; said: else what it answered."""
    code, said = trained(path, table.target)
    found: dict[str, Any] = {"table": table.name, "target": table.target, "first": code == 0}
    if code:
        found |= {"said": said, "word": table.word}
        if not table.word or table.word not in said or trained(path, table.target, table.word)[0]:
            return found | {"trained": False}
    compared = compare(path, table.target)
    return found | {
        "trained": True,
        "task": compared.data.task,
        "rows": compared.rows,
        "columns": compared.columns,
        "left out": sum(not each.is_used and each.kind != "target" for each in compared.data.preparation.decisions),
        "notes": len(compared.data.notes),
        "cells": compared.cells,
        "told": compared.told,
        "silent": list(compared.silent),
    }


def trained(path: Path, target: str, word: str = "") -> tuple[int, str]:
    """The exit code of `layerwise train`, and what it said of an error."""
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        words = ["train", str(path), "--target", target, *shlex.split(word), *SHORT, "--out", f"{folder}/run"]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            code = main(words)
    return code, " ".join(said.getvalue().split()) if code else ""
