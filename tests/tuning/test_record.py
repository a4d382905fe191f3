"""The record of a search comes back as it was, and says what it can not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerwise.errors import FileError, SettingError
from layerwise.tuning import record
from layerwise.tuning.trial import Trial


def test_what_is_written_is_read(tmp_path: Path) -> None:
    trials = [
        Trial(0, {"lr": "0.1"}, 9, 0.25, 0.9, ((3, 0.5), (9, 0.25)), 1.5),
        Trial(1, {"lr": "9"}, failure="diverged at step 3"),
    ]
    record.write(tmp_path, {"seed": 1}, trials)
    assert record.read(tmp_path) == ({"seed": 1}, trials)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"plan": {}, "trials": [{}]}', '{"plan": 1, "trials": 3}'])
def test_a_damaged_record_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / record.NAME).write_text(text)
    with pytest.raises(FileError, match="is no record of a search"):
        record.read(tmp_path)


def test_an_empty_folder_holds_no_search(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="holds no search"):
        record.read(tmp_path)


def test_other_settings_are_refused(tmp_path: Path) -> None:
    record.require_same(tmp_path, {"seed": 1, "more": 2}, {"seed": 1})
    with pytest.raises(SettingError, match="was begun with seed 1, and is now to have 2"):
        record.require_same(tmp_path, {"seed": 1}, {"seed": 2})
