"""The formula sheet reads what the files hold."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import layerwise
from layerwise.errors import SettingError
from layerwise.formulas import registry
from layerwise.insight.formula_sheet import entries

HOME = Path(layerwise.__file__).parent


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_formula_has_an_entry_whose_code_stands_in_its_file() -> None:
    sheet = entries()
    assert [entry.name for entry in sheet] == list(registry)
    for entry in sheet:
        file, _, line = entry.source.partition(":")
        written = (HOME / file).read_text(encoding="utf-8")
        assert written.splitlines()[int(line) - 1].startswith(f"def {entry.name}(")
        assert squeezed(entry.forward) in squeezed(written), entry.name
        assert squeezed(entry.backward) in squeezed(written), entry.name
        assert '"""' not in entry.forward, entry.name


def test_every_entry_is_whole() -> None:
    for entry in entries():
        assert entry.what.endswith("."), entry.name
        assert all((entry.tex, entry.reference, entry.forward)), entry.name
        ast.parse(entry.forward)
        answers = "return" in entry.backward or "backward" in entry.forward
        assert answers or not entry.differentiable, f"{entry.name} shows no derivative"


def test_an_unknown_name_is_told_the_nearest() -> None:
    with pytest.raises(SettingError, match=r"'sotfmax'\. Did you mean 'softmax'"):
        entries(["sotfmax"])
