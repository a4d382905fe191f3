"""What may vary, and how a value is drawn: from a range, or among choices."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from layerwise.errors import KindError, SettingError
from layerwise.random import generator
from layerwise.training.changes import Changes
from layerwise.types import Generator

_RANGE = re.compile(r"\s*([^.|:]*(?:\.\d[^.|:]*)?)\.\.(.*?)(:log)?\s*")
_SHORT = ("lr", "batch_size", "hidden", "optimizer")
"""Names that stand for entries of the experiment, as the options of `layerwise train` do."""
_DRAWS = 1000


@dataclass(frozen=True)
class Range:
    """Numbers from low to high, both included. log: every factor is as likely as any other, as suits rates."""

    low: float
    high: float
    log: bool
    whole: bool

    def draw(self, rng: Generator) -> str:
        """A number, as a text that reads back as the same."""
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        value = float(rng.uniform(low, high))
        value = math.exp(value) if self.log else value
        if self.whole:
            return str(round(value))
        return f"{min(max(float(f'{value:.3g}'), self.low), self.high)!r}"


@dataclass(frozen=True)
class Choice:
    """Some values, each as likely as the others."""

    values: tuple[str, ...]

    def draw(self, rng: Generator) -> str:
        """One of them."""
        return self.values[int(rng.integers(len(self.values)))]


Space: TypeAlias = dict[str, Range | Choice]
"""What may vary, by the path of the entry: "optimizer.lr", "batch_size", "hidden"."""


def space_of(texts: Mapping[str, str]) -> Space:
    """What texts such as "1e-4..1e-1:log" and "32|64|128" mean.

    `low..high` is a range, of whole numbers if both ends are; with `:log` behind it every factor is equally likely.
    `a|b|c` are choices. Raises SettingError for what is neither, and for a range that is empty.

    >>> space = space_of({"lr": "1e-4..1e-1:log", "hidden": "32|64,64"})
    >>> space["lr"]
    Range(low=0.0001, high=0.1, log=True, whole=False)
    >>> space["hidden"].values
    ('32', '64,64')
    """
    if not isinstance(texts, Mapping):
        raise KindError(f'what may vary is a mapping such as {{"lr": "1e-4..1e-1:log"}}; got {texts!r}')
    if not texts:
        raise SettingError("nothing may vary, so there is nothing to look for: name at least one, lr=1e-4..1e-1:log")
    return {name.strip(): _meaning(name, str(text)) for name, text in texts.items()}


def drawn(space: Space, count: int, seed: int) -> list[dict[str, str]]:
    """So many settings, no two of them the same: a value for each name, as text.

    Where there are not so many different ones, as few as a thousand draws for each find.

    >>> drawn(space_of({"batch_size": "16|32"}), 5, seed=0)
    [{'batch_size': '32'}, {'batch_size': '16'}]
    """
    found: list[dict[str, str]] = []
    for number in range(count):
        rng = generator(seed, "tuning", step=number)
        draws = ({name: each.draw(rng) for name, each in space.items()} for _ in range(_DRAWS))
        new = next((settings for settings in draws if settings not in found), None)
        if new is None:
            break
        found.append(new)
    return found


def changes_of(settings: Mapping[str, str], epochs: int | None = None) -> Changes:
    """Drawn settings as changes of an experiment. epochs: of the whole run, where they are others."""
    entries = tuple(f"{name}={value}" for name, value in settings.items() if name not in _SHORT)
    hidden = settings.get("hidden")
    return Changes(
        epochs=epochs,
        lr=float(settings["lr"]) if "lr" in settings else None,
        batch_size=int(settings["batch_size"]) if "batch_size" in settings else None,
        hidden=None if hidden is None else _widths(hidden),
        optimizer=settings.get("optimizer"),
        entries=entries,
    )


def _widths(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) for part in parts):
        raise SettingError(f"hidden wants widths such as 64 or 128,64 between the bars; got {text!r}")
    return tuple(map(int, parts))


def _meaning(name: str, text: str) -> Range | Choice:
    if "|" in text:
        values = tuple(part.strip() for part in text.split("|"))
        if not all(values):
            raise SettingError(f"{name}: between two bars there is nothing in {text!r}")
        return Choice(values)
    found = _RANGE.fullmatch(text)
    if found is None:
        raise SettingError(
            f"{name}={text}: what may vary is a range, such as 1e-4..1e-1:log or 16..256, or choices, such as 32|64|128"
        )
    low, high = (_number(name, end) for end in found.group(1, 2))
    log = found[3] is not None
    if not low < high or (log and low <= 0):
        wanted = "above 0, since its logarithm is taken" if log and low <= 0 else "below the upper one"
        raise SettingError(f"{name}={text}: the lower end must be {wanted}")
    whole = all(re.fullmatch(r"\s*-?\d+\s*", end) for end in found.group(1, 2))
    return Range(low, high, log, whole)


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SettingError(f"{name}: {text.strip()!r} is no number, and so no end of a range")
    return value
