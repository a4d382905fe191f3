"""What a comparison has done and what is left: a live table in a terminal, a line a fold anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from layerwise.cli.output import note
from layerwise.comparison.contest.models import DUMMY
from layerwise.comparison.contest.standing import Standing, Watch


@contextmanager
def shown_live(wanted: bool) -> Iterator[Watch | None]:
    """What `compare` is to tell: it draws on standard error, and is taken away when the body ends."""
    if not wanted:
        yield None
    elif sys.stderr.isatty():
        console = Console(stderr=True)
        # Drawn when something happens, and by no thread of its own, which would take turns from the training.
        with Live(console=console, auto_refresh=False, transient=True) as live:
            yield lambda standing: live.update(drawn(standing), refresh=True)
    else:
        yield _fold_line


def _fold_line(standing: Standing) -> None:
    """Each fold that every model has done, as a line."""
    if standing.phase != "folds" or standing.doing or not standing.trials or len(standing.trials) % len(standing.names):
        return
    best = _best(standing)
    note(f"fold {standing.done} of {len(standing.folds)} done, {standing.budget.spent:.0f} s; {best}")


def _best(standing: Standing) -> str:
    """Which model is ahead in the folds so far."""
    means = {name: _mean(standing, name) for name in standing.names if name != DUMMY}
    name = max(means, key=lambda each: means[each])
    return f"ahead so far: {name}, {standing.measure.name} {standing.measure.words(means[name])}"


def _mean(standing: Standing, name: str) -> float:
    gains = [trial.gain for trial in standing.trials if trial.model == name and not trial.failure]
    return float(np.mean(gains)) if gains else -np.inf


def drawn(standing: Standing) -> Group:
    """One row a model: the folds it has done, its mean score so far, and what it took; above, where all stands."""
    budget = standing.budget
    phase = f"fold {standing.fold + 1} of {len(standing.folds)}" if standing.phase == "folds" else standing.phase
    above = f"{budget.spent:.0f} s of {budget.seconds:g} s at most; now: {phase}; Ctrl-C keeps what is done"
    table = Table(box=None, pad_edge=False)
    table.add_column("model")
    for head in ("folds", f"{standing.measure.name} so far", "one fit", ""):
        table.add_column(head, justify="left" if not head else "right")
    for name in standing.names:
        own = [trial for trial in standing.trials if trial.model == name]
        done = f"{len(own)} of {len(standing.folds)}"
        if failure := standing.failed(name):
            table.add_row(name, done, "failed", "", failure)
            continue
        seconds = f"{np.mean([trial.fit_seconds for trial in own]):.2f} s" if own else ""
        score = standing.measure.words(_mean(standing, name)) if own else ""
        table.add_row(name, done, score, seconds, "at work" if standing.doing == name else "")
    return Group(above, table)
