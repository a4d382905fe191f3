"""Two runs compared by what differs only: their settings, the first moment at which they part, and how far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.errors import DataError
from layerwise.types import Array
from layerwise.wording import setting

ABSENT = "-"


@dataclass(frozen=True)
class RunDifference:
    """What differs between a run and the one that it is held against.

    settings: path of each setting that differs, "optimizer.lr", its value there and its value here, in words. name: of
    the numbers that are compared. pinned, other: (N,) and (M,), one number an epoch or a step. parted: the first place,
    counted from 1, at which they differ; None if nowhere, as far as both go.
    """

    settings: tuple[tuple[str, str, str], ...]
    name: str
    pinned: Array
    other: Array
    parted: int | None

    @property
    def difference(self) -> Array:
        """other - pinned, as far as both go."""
        shared = min(len(self.pinned), len(self.other))
        return self.other[:shared] - self.pinned[:shared]

    def __str__(self) -> str:
        changes = "; ".join(f"{path} {before} → {after}" for path, before, after in self.settings)
        where = f"they part at {self.parted:,}" if self.parted is not None else "every number is the same"
        last = self.difference[-1]
        ends = f", and {self.name} ends {last:+.3g} from the pinned run" if self.parted is not None else ""
        return f"{changes or 'no setting differs'}: {where}{ends}"


def difference_of(
    pinned: Mapping[str, Sequence[float]],
    other: Mapping[str, Sequence[float]],
    settings: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {}),
    name: str | None = None,
) -> RunDifference:
    """Compare two histories by one of the numbers that both have.

    pinned, other: what `fit` returned, or names to numbers. settings: the tables of both, as `experiment.to_table()`
    gives them. name: of the numbers; unless given, the validation loss, or the training loss where there is none.
    Raises DataError where they share no numbers.

    >>> tables = {"seed": 0, "optimizer": {"name": "Adam", "lr": 0.01}}, {"seed": 0, "optimizer": {"name": "SGD"}}
    >>> found = difference_of({"train_loss": [1.0, 0.5, 0.25]}, {"train_loss": [1.0, 0.75, 0.5]}, tables)
    >>> print(found)
    optimizer.lr 0.01 → -; optimizer.name Adam → SGD: they part at 2, and train_loss ends +0.25 from the pinned run
    """
    shared = [each for each in ("val_loss", "train_loss", *pinned) if each in pinned and each in other]
    name = name or (shared[0] if shared else "")
    if name not in pinned or name not in other or not len(pinned[name]) or not len(other[name]):
        raise DataError(f"the runs have no numbers {name!r} to compare; both have {', '.join(shared) or 'none'}")
    first, second = (np.asarray(each[name], np.float64) for each in (pinned, other))
    length = min(len(first), len(second))
    differs = ~((first[:length] == second[:length]) | (np.isnan(first[:length]) & np.isnan(second[:length])))
    parted = int(differs.argmax()) + 1 if differs.any() else None
    return RunDifference(_changed(*settings), name, first, second, parted)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    old, new = _flat(before), _flat(after)
    rows = [(path, old.get(path, ABSENT), new.get(path, ABSENT)) for path in sorted(old.keys() | new.keys())]
    return tuple(row for row in rows if row[1] != row[2])


def _flat(value: Any, path: str = "") -> dict[str, str]:
    """Each setting by its path, `layers.0.out_features`, in words."""
    if isinstance(value, Mapping):
        pairs = [(str(name), each) for name, each in value.items()]
    elif isinstance(value, list | tuple) and any(isinstance(each, Mapping) for each in value):
        pairs = [(str(place), each) for place, each in enumerate(value)]
    else:
        return {path: setting(value)}
    found: dict[str, str] = {}
    for name, each in pairs:
        found |= _flat(each, f"{path}.{name}" if path else name)
    return found
