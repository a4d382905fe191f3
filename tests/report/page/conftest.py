"""Runs to tell of: of classes, of a quantity, of images; short, and each made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerwise.comparison import result_of
from layerwise.report.page import RunAccount
from layerwise.runs import RunFolder, start, writing
from layerwise.training.changes import Changes


def told(folder: Path, what: str, epochs: int = 3, target: str | None = None) -> RunAccount:
    """A run of some epochs, tested."""
    folder.mkdir(exist_ok=True)
    ready, place = start(what, target, Changes(epochs=epochs, hidden=(8,))), RunFolder(folder)
    writing.write_start(place, ready)
    history = ready.setup.train(ready.data)
    result = result_of(ready.net, ready.data)
    writing.write_result(place, result, ready.net, ready.data)
    return RunAccount(place, ready, history, epochs, result)


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> RunAccount:
    """Two classes of two numbers."""
    return told(tmp_path_factory.mktemp("moons"), "moons")


@pytest.fixture(scope="module")
def quantity(tmp_path_factory: pytest.TempPathFactory) -> RunAccount:
    """A quantity of ten columns."""
    return told(tmp_path_factory.mktemp("diabetes"), "diabetes")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> RunAccount:
    """Ten classes of images."""
    return told(tmp_path_factory.mktemp("digits"), "digits", epochs=1)
