"""The glossary: each term in plain words, its formula, lines that run, and the misunderstanding to beware of."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from layerwise.errors import SettingError, nearest


@dataclass(frozen=True)
class Term:
    """One entry of the glossary.

    also: other names of the same thing. meaning: what it is. tex: its formula; code: lines that run, with what they
    show, where `lw`, `np` and `math` are known; either may be empty. beware: the misunderstanding it guards against.
    see: related terms. section: the heading of the notebook under which it is taught; empty where it has none.
    """

    name: str
    meaning: str
    beware: str
    also: tuple[str, ...] = ()
    tex: str = ""
    code: str = ""
    see: tuple[str, ...] = ()
    section: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The name and all others."""
        return (self.name, *self.also)


@cache
def terms() -> Mapping[str, Term]:
    """All terms by name, in the order of the alphabet.

    >>> "epoch" in terms()
    True
    """
    text = resources.files(__package__).joinpath("glossary.toml").read_text(encoding="utf-8")
    entries = sorted(tomllib.loads(text).items(), key=lambda entry: entry[0].lower())
    return {name: _term(name, entry) for name, entry in entries}


def term(name: str) -> Term:
    """The entry of a term, by any of its names, in capitals or not.

    Raises SettingError for a term that is not there, which names the nearest.

    >>> term("Mini-Batch").name
    'batch'
    >>> term("epoch").meaning
    'One pass through all training samples, each seen once, in an order drawn anew.'
    """
    by_name = {each.lower(): entry for entry in terms().values() for each in entry.names}
    found = by_name.get(" ".join(name.lower().split()))
    if found is None:
        hint = nearest(name, by_name) if len(nearest(name, by_name)) < 60 else " `layerwise glossary` lists all terms."
        raise SettingError(f"the glossary has no term {name!r}.{hint}")
    return found


def _term(name: str, entry: Mapping[str, object]) -> Term:
    words = {key: str(entry.get(key, "")).strip() for key in ("is", "beware", "tex", "code", "section")}
    lists = {key: tuple(map(str, _listed(entry.get(key)))) for key in ("also", "see")}
    return Term(
        name, words["is"], words["beware"], lists["also"], words["tex"], words["code"], lists["see"], words["section"]
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
