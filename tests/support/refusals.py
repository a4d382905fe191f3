"""One way to ask whether bad input is refused: the right type of error, a sentence with the right words."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.tally import Tally

from layerwise.errors import FileError, LayerwiseError, SettingError

_TABLES = ("assemble", "column", "preparation", "preparation_spec", "scaling", "splits")


def refused(tally: Tally, error: type[LayerwiseError], words: str | tuple[str, ...], call: Callable[[], Any]) -> None:
    """Require that the call raises exactly this error, with all of these words in its message, and count it."""
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert isinstance(caught.value, ValueError | TypeError | OSError | AttributeError)
    for word in (words,) if isinstance(words, str) else words:
        assert word in str(caught.value)
    noted(tally, caught.value)


def noted(tally: Tally, error: LayerwiseError, case: str = "") -> None:
    """Count a refusal that a test has looked at. case: its name, where many share one sentence."""
    tally.refuse(_kind(error), case or re.sub(r"[^\s']*/", "", str(error)))


def _kind(error: LayerwiseError) -> str:
    """What was bad: a file, a setting, the cells of a table, or an array; by the error, and by who raised it."""
    raised = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    if isinstance(error, FileError):
        return "files"
    if isinstance(error, SettingError) or raised.name in ("arguments.py", "checks.py", "specs.py", "experiment.py"):
        return "settings"
    of_tables = raised.parent.name in ("tables", "interpretation")
    return "CSV" if of_tables or (raised.stem in _TABLES and raised.parent.name == "data") else "arrays"
