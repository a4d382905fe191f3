"""What the report of a run tells, put together once, whatever has ended the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from layerwise.comparison.result import Result
from layerwise.runs import RunFolder, Start


class Finding(Protocol):
    """What somebody has noticed in a run. severity: "note", "warning" or "sick". sentence: what, with its number.

    evidence: the numbers, in words by `str`. cures: what helps, each by itself, in words by `str`.
    """

    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def evidence(self) -> object: ...
    @property
    def cures(self) -> Sequence[object]: ...


@dataclass(frozen=True)
class RunAccount:
    """A run, as far as it came.

    folder, start: where it is, and what it began with; `start.net` has the weights that are kept. history: one number
    an epoch by name; empty before the first epoch ended. kept: the epoch whose weights are kept. result: of the test;
    None for a run that was not tested. ended: what ended such a run, as the beginning of a sentence. findings: what
    was noticed.
    """

    folder: RunFolder
    start: Start
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    kept: int | None = None
    result: Result | None = None
    ended: str = ""
    findings: Sequence[Finding] = ()

    @property
    def epochs(self) -> int:
        """How many epochs are complete."""
        return len(self.history.get("train_loss", ()))

    @property
    def noun(self) -> str:
        """What a sample of the data is called."""
        return "image" if self.start.data.image_shape else "sample"
