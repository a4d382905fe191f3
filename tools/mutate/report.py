"""docs/mutation.md: what was mutated, what was noticed, and what was not, with the reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tools.mutate import sequence
from tools.mutate.mutants import Mutant
from tools.mutate.operators import OPERATORS
from tools.mutate.survivors import Key, is_no_mistake
from tools.mutate.targets import Target

LEAST_MUTANTS = 8
LEAST_SHARE = 0.95


@dataclass
class Result:
    """All mutants of one target with the way each ended."""

    target: Target
    ways: Counter[str] = field(default_factory=Counter)
    survivors: list[Mutant] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.ways.total()

    @property
    def killed(self) -> int:
        return self.total - self.ways["survived"]

    def key(self, mutant: Mutant) -> Key:
        return Key(self.target.name, mutant.operator, mutant.before, mutant.after)

    def share(self, reasons: dict[Key, str]) -> float:
        """The share killed of those that are mistakes: a survivor that computes the same is none."""
        none = sum(is_no_mistake(reasons.get(self.key(mutant), "")) for mutant in self.survivors)
        return self.killed / max(1, self.total - none)


def complaints(results: list[Result], reasons: dict[Key, str], *, whole: bool) -> list[str]:
    """What is wrong with a run; nothing, if every promise is kept. whole: all mutants were tried."""
    found = []
    alive = {result.key(mutant) for result in results for mutant in result.survivors}
    for key in sorted(alive - reasons.keys(), key=str):
        found.append(f"{key.target}: survived, and no reason is given: {key.operator}: {key.line}  →  {key.mutant}")
    if not whole:
        return found
    tried = {result.target.name for result in results}
    for key in reasons.keys() - alive:
        if key.target in tried:
            found.append(f"{key.target}: listed as a survivor, but there is none: {key.line}  →  {key.mutant}")
    for result in results:
        if result.target.kind != "other" and result.total < LEAST_MUTANTS:
            found.append(f"{result.target.name}: {result.total} mutants, {LEAST_MUTANTS} are wanted")
        if (share := result.share(reasons)) < LEAST_SHARE:
            found.append(f"{result.target.name}: {share:.1%} of the mistakes killed, {LEAST_SHARE:.0%} are wanted")
    return found


def markdown(results: list[Result], untried: list[str], reasons: dict[Key, str]) -> str:
    """The whole page. untried: the names of targets without a trial of the code of today."""
    killed, total = sum(result.killed for result in results), sum(result.total for result in results)
    ways = sum((result.ways for result in results), Counter[str]())
    parts = [
        HEAD,
        f"**{killed:,} of {total:,} mutants killed ({killed / max(1, total):.1%}) in {len(results)} targets; "
        f"{total - killed} survivors, each with its reason below.** Of the killed, {ways['number']:,} failed a "
        f"comparison of numbers, {ways['exception']:,} raised an exception, {ways['time']} ran out of time.\n",
        *([f"Not tried since they changed: {', '.join(untried)}.\n"] if untried else []),
        _table(results),
        "## Survivors\n",
        "A survivor counts against the share above, also when it is no mistake at all.\n",
        *(_survivors(result, reasons) for result in results if result.survivors),
        "## Operators\n",
        _operators(),
    ]
    return "\n".join(parts)


HEAD = """# The mutation proof

Made by `python -m tools.mutate` from [mutation.json](mutation.json), which keeps the last full trial of each target; do
not edit by hand.

A test suite that passes proves little: it may pass on wrong code as well. Here every formula and every optimizer is
made wrong in every way that the operators below know, one mistake at a time, and the tests of that formula are run.
Killed means that they failed. The tests that need PyTorch, and those that measure time, take no part.
"""


def _table(results: list[Result]) -> str:
    lines = [
        "| target | file | mutants | killed | survived | by a number | by an exception | by the clock |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for result in results:
        file = result.target.file.removeprefix("src/layerwise/")
        ways = " | ".join(str(result.ways[way]) for way in ("survived", "number", "exception", "time"))
        lines.append(f"| {result.target.name} | `{file}` | {result.total} | {result.killed} | {ways} |")
    return "\n".join(lines) + "\n"


def _survivors(result: Result, reasons: dict[Key, str]) -> str:
    lines = [f"### {result.target.name}\n"]
    for mutant in result.survivors:
        reason = reasons.get(result.key(mutant), "NO REASON GIVEN")
        lines.append(f"- line {mutant.line}, {mutant.operator}: `{mutant.before}` → `{mutant.after}`  \n  {reason}")
    return "\n".join(lines) + "\n"


def _operators() -> str:
    known = {name: (function.__doc__ or "").strip() for name, function in OPERATORS.items()} | sequence.SEQUENCE
    return "\n".join(f"- **{name}**: {text}" for name, text in known.items()) + "\n"
