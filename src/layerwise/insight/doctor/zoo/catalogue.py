"""All cases, in the order of their families."""

from __future__ import annotations

from layerwise.errors import SettingError, nearest
from layerwise.insight.doctor.zoo.case import FAMILIES, Case
from layerwise.insight.doctor.zoo.cases import dense, derivatives, others

CASES: tuple[Case, ...] = tuple(
    sorted((*dense.CASES, *derivatives.CASES, *others.CASES), key=lambda case: FAMILIES.index(case.family))
)


def find(name: str) -> Case:
    """A case by its name, or by its number in the list, counted from 1.

    Raises SettingError for a name or a number that there is not.

    >>> find("1").family
    'dense'
    """
    if name.isdecimal() and 1 <= int(name) <= len(CASES):
        return CASES[int(name) - 1]
    for case in CASES:
        if case.name.lower() == name.lower():
            return case
    raise SettingError(
        f"the zoo has {len(CASES)} cases, and none called {name!r}.{nearest(name, [case.name for case in CASES])}",
        "layerwise doctor --zoo lists them",
    )
