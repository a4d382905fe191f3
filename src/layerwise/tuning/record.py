"""What a search has found so far, in a file that is whole or absent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from layerwise import files
from layerwise.errors import FileError, SettingError
from layerwise.tuning.trial import Trial

NAME = "tuning.json"


def write(folder: Path, plan: dict[str, Any], trials: Sequence[Trial]) -> None:
    """Keep the plan and all trials."""
    table = {"plan": plan, "trials": [_plain(each) for each in trials]}
    files.replace(folder / NAME, [json.dumps(table, indent=1, allow_nan=False).encode()])


def read(folder: Path) -> tuple[dict[str, Any], list[Trial]]:
    """The plan and the trials of a folder. Raises FileError for a file that is none."""
    path = folder / NAME
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return table["plan"], [_trial(each) for each in table["trials"]]
    except OSError as error:
        raise FileError(f"{folder} holds no search for settings ({error.strerror or error})") from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FileError(f"{path} is no record of a search for settings ({error!r}): begin a new one") from None


def require_same(folder: Path, was: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Refuse to go on with other settings than a search began with: its numbers would be others."""
    for name in wanted:
        if was.get(name) != wanted[name]:
            raise SettingError(
                f"{folder} was begun with {name} {was.get(name)}, and is now to have {wanted[name]}: "
                "go on with the same, or begin a new search in another folder"
            )


def _plain(trial: Trial) -> dict[str, Any]:
    table = asdict(trial)
    return table | {"loss": trial.loss if trial.epochs else None}


def _trial(table: dict[str, Any]) -> Trial:
    loss = float("inf") if table["loss"] is None else float(table["loss"])
    curve = tuple((int(epochs), float(value)) for epochs, value in table["curve"])
    return Trial(**(table | {"loss": loss, "curve": curve, "settings": dict(table["settings"])}))
