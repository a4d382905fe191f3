"""A rule: what the doctor looks for, as data; and the registry of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from layerwise.insight.doctor.codes import CODES
from layerwise.insight.doctor.finding import Finding

if TYPE_CHECKING:
    from layerwise.insight.doctor.examination import Examination

PHASES = ("before", "during", "after")


@dataclass(frozen=True)
class Rule:
    """One disease, and how it is recognised.

    code: of `CODES`; a rule's file bears its name. phase: "before" the first step, "during" the run, "after" it.
    looks_at: what it reads or measures. threshold: when it speaks. reason: why this threshold, and no other.
    find: from an examination to a finding, or None. explains: the codes of signs that follow from it: where both are
    found, the sign is told as its consequence.
    """

    code: str
    phase: str
    looks_at: str
    threshold: str
    reason: str
    find: Callable[[Examination], Finding | None]
    explains: tuple[str, ...] = ()
    of_refusals: bool = False
    """Whether it also speaks of setups that the library refuses to train."""

    def __post_init__(self) -> None:
        assert self.phase in PHASES, self.phase
        assert {self.code, *self.explains} <= set(CODES), self


@cache
def rules() -> dict[str, Rule]:
    """All rules by code, in the order of their phases: every module of `rules/` has one, called RULE."""
    package = importlib.import_module("layerwise.insight.doctor.rules")
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    found = [importlib.import_module(f"{package.__name__}.{name}").RULE for name in names]
    return {rule.code: rule for rule in sorted(found, key=lambda rule: PHASES.index(rule.phase))}


def looked(rule: Rule, examination: Examination) -> Finding | None:
    """What a rule finds. A part of the learner's own may raise what it likes where it is given single rows or other
    numbers: such a rule has then nothing to say. Of the library's own parts every error comes through."""
    try:
        return rule.find(examination)
    except Exception:
        if examination.is_all_of_the_library:
            raise
        return None
