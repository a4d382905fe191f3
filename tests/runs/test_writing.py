"""What a run leaves in its folder: values as they came."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import layerwise as lw
from layerwise.comparison import QuantityResult, result_of
from layerwise.runs import RunFolder, writing


def as_table(path: Path, columns: dict[str, list[str]], target: str) -> lw.data.Dataset:
    rows = [",".join(columns), *(",".join(cells) for cells in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(rows), encoding="utf-8")
    return lw.data.read_csv(path, target=target)


ROUNDED = {
    "many zeros": [
        0 if k % 3 else round(1000 * draw, 2) for k, draw in enumerate(np.random.default_rng(0).random(120))
    ],
    "around zero": [k - 60 for k in range(120)],
    "tenths": [round(0.1 * (k - 50), 1) for k in range(120)],
    "far from zero": [100_000 + k for k in range(120)],
    "seven digits": [1_000_000 + 13 * k for k in range(120)],
    "small": [round(1e-4 * k, 6) for k in range(120)],
    "both signs, in money": [round(99.99 * (k % 7 - 3), 2) for k in range(120)],
}


@pytest.mark.parametrize("kind", ROUNDED)
def test_examples_hold_the_cells_of_the_file(tmp_path: Path, kind: str) -> None:
    given = ROUNDED[kind]
    x = [f"{value:.8g}" for value in np.random.default_rng(1).permutation(given)]
    data = as_table(tmp_path / "t.csv", {"x": x, "y": [f"{value:.8g}" for value in given]}, "y")
    writing.write_examples(RunFolder(tmp_path), data)
    rows = list(csv.reader((tmp_path / "examples.csv").read_text().splitlines()))
    pairs = set(zip(map(float, x), map(float, given), strict=True))
    assert rows[0] == ["x", "y"]
    assert {(float(a), float(b)) for a, b in rows[1:]} <= pairs
    assert len(rows) == 11


@pytest.mark.parametrize("kind", ROUNDED)
def test_mistakes_and_the_least_target_are_as_they_came(tmp_path: Path, kind: str) -> None:
    given = ROUNDED[kind]
    data = as_table(tmp_path / "t.csv", {"x": [str(k) for k in range(120)], "y": [f"{v:.8g}" for v in given]}, "y")
    assert f"{min(given):,.7g} to {max(given):,.7g}" in " ".join(data.describe(200).split())
    result = result_of(lw.Network(lw.Linear(1, 1)), data)
    assert isinstance(result, QuantityResult)
    known = {f"{value:.4g}" for value in given}
    assert {f"{float(mistake.true.replace(',', '')):.4g}" for mistake in result.mistakes} <= known
