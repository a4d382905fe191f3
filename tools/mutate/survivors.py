"""Survivors that are known: each with the reason why no test can, or need, notice it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("survivors.toml")

NO_MISTAKE = ("The same ", "Only speed", "Only memory")
"""How the reason of a mutant begins that computes what the original computes."""


@dataclass(frozen=True)
class Key:
    """Which mutant: by its text, so that moving a function changes nothing."""

    target: str
    operator: str
    line: str
    mutant: str


def known(path: Path = FILE) -> dict[Key, str]:
    """The reasons by mutant. A survivor without a reason, or one that is listed twice, is an error."""
    reasons: dict[Key, str] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", []):
        key = Key(entry["target"], entry["operator"], entry["line"], entry["mutant"])
        if key in reasons:
            raise ValueError(f"{path.name} lists this survivor twice: {key}")
        if len(entry["reason"].split()) < 4:
            raise ValueError(f"{path.name} gives no reason for {key}")
        reasons[key] = entry["reason"]
    return reasons


def is_no_mistake(reason: str) -> bool:
    """Whether the mutant computes what the original computes, so that no test of its values can tell them apart."""
    return reason.startswith(NO_MISTAKE)
