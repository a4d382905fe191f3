"""The record behind docs/mutation.md: how each target's last full trial ended, and the code that was tried then.

A trial of one target replaces its entry, so that the page can be brought up to date target by target. An entry whose
code has changed since says nothing about the code of today; the page leaves it out, and says so.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from tools.mutate.mutants import Mutant
from tools.mutate.report import Result
from tools.mutate.targets import Target
from tools.mutate.units import function

Entries = dict[str, dict[str, Any]]


def digest(root: Path, target: Target) -> str:
    """What stands for the code of a target: all of its functions, without their comments and docstrings."""
    tree = ast.parse((root / target.file).read_text(encoding="utf-8"))
    texts = []
    for path in target.functions:
        node = function(tree, path)
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        texts.append(ast.unparse(node))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def read(path: Path) -> Entries:
    """All entries by the names of their targets."""
    entries: Entries = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return entries


def write(path: Path, entries: Entries) -> None:
    """One entry a line, so that a change of one is a change of one line."""
    lines = [f"{json.dumps(name)}: {json.dumps(entries[name], ensure_ascii=False)}" for name in sorted(entries)]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def entry(root: Path, result: Result) -> dict[str, Any]:
    """The entry of a full trial of a target."""
    survivors = [[each.operator, each.line, each.before, each.after] for each in result.survivors]
    return {"code": digest(root, result.target), "ways": dict(result.ways), "survivors": survivors}


def current(root: Path, targets: list[Target], entries: Entries) -> tuple[list[Result], list[str]]:
    """The results that hold for the code of today, and the names of the targets that have none."""
    results, missing = [], []
    for target in targets:
        found = entries.get(target.name)
        if found is None or found["code"] != digest(root, target):
            missing.append(target.name)
            continue
        survivors = [Mutant(*each, source="") for each in found["survivors"]]
        results.append(Result(target, Counter(found["ways"]), survivors))
    return results, missing
