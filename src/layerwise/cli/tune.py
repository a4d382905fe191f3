"""`layerwise tune`: look for settings that suit the data."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec

from layerwise.checks import whole_number
from layerwise.cli.codes import FINE, MISTAKE
from layerwise.cli.interrupts import Interrupted
from layerwise.cli.output import announced, look, note, say
from layerwise.comparison import result_of
from layerwise.errors import SettingError
from layerwise.plots import save_figure, tried
from layerwise.report import result_lines
from layerwise.report.tuning import going_on, plan_in_words, ranking, settings_in_words, tuned_lines
from layerwise.runs import folder as folders
from layerwise.runs.start import start
from layerwise.training.changes import Changes
from layerwise.training.experiment import Experiment
from layerwise.tuning import Trial, Tuned, record
from layerwise.tuning import tune as search
from layerwise.tuning.plan import Plan
from layerwise.tuning.search import Watch, silent

_USUAL = {"lr": "3e-4..3e-2:log", "batch_size": "16|32|64|128"}
"""What varies unless the learner says; of a plain row of layers the widths as well."""
_WIDTHS = "32|128|64,64|128,128|256,128"


def tune(
    what: str | None,
    target: str | None,
    changes: Changes,
    vary: Sequence[str],
    *,
    trials: int,
    method: str,
    seconds: float | None,
    seed: int,
    workers: int,
    out: str | None,
    resume: str | None,
    progress: bool,
) -> int:
    """Search, tell what did best, test that once, and say how to train it again. Returns the exit code."""
    whole_number("--workers", workers)
    if resume is not None:
        if what is not None or vary or changes != Changes():
            raise SettingError("--resume goes on with a search as it was begun: leave out the data and the settings")
        return _search(*_begun(Path(resume)), Path(resume), seconds, workers, progress)
    if what is None:
        raise SettingError("layerwise tune wants something to learn from, such as layerwise tune digits")
    with announced(f"reading {what}", progress):
        ready = start(what, target, changes)
    space = _space(vary) or _usual(ready.experiment)
    settings = {"trials": trials, "epochs": ready.experiment.epochs, "method": method, "seed": seed}
    Plan(method, trials, ready.experiment.epochs)
    with folders.new(f"tune-{ready.name}", out) as folder:
        return _search(ready.experiment, space, settings, folder.path, seconds, workers, progress)


def _begun(folder: Path) -> tuple[Experiment, dict[str, str], dict[str, Any]]:
    """The experiment, what varies, and the settings of a search that was begun."""
    plan, _ = record.read(folder)
    experiment = Experiment.from_table(msgspec.json.decode(plan["experiment"]))
    return experiment, plan["vary"], {name: plan[name] for name in ("trials", "epochs", "method", "seed")}


def _search(
    experiment: Experiment,
    vary: dict[str, str],
    settings: dict[str, Any],
    folder: Path,
    seconds: float | None,
    workers: int,
    progress: bool,
) -> int:
    plan = Plan(settings["method"], settings["trials"], settings["epochs"])
    say(*look().wrapped(f"what varies: {', '.join(f'{name}={text}' for name, text in vary.items())}", "  ", first=""))
    say(*look().wrapped(plan_in_words(plan), "  ", first=""), "")
    with _shown(plan, progress) as watch, _executor(workers) as executor:
        tuned = search(experiment, vary, folder, **settings, seconds=seconds, executor=executor, watch=watch)
    return _told(tuned, experiment.seed)


def _told(tuned: Tuned, seed: int) -> int:
    say(*tuned_lines(tuned, look()))
    if tuned.stopped:
        note(*look().wrapped(f"layerwise: {tuned.stopped}. To go on:"), f"  {going_on(tuned)}")
    if tuned.best is None:
        if tuned.stopped:
            raise Interrupted
        return MISTAKE
    _draw(tuned)
    if tuned.stopped.startswith("stopped"):
        raise Interrupted
    _test(tuned, seed)
    return FINE


def _draw(tuned: Tuned) -> None:
    assert tuned.best is not None
    trials = [each for each in tuned.trials if each.epochs or each.failure]
    axes = tried(
        [each.settings for each in trials],
        [each.loss for each in trials],
        [each.epochs for each in trials],
        best=[each.number for each in trials].index(tuned.best.number),
    )
    save_figure(axes[0], tuned.folder / "tried.png")


def _test(tuned: Tuned, seed: int) -> None:
    """The best on the test part, for the first time; and the commands for more."""
    experiment, net, data = tuned.finished()
    place = tuned.folder / "best.toml"
    experiment.save(place)
    say("", *result_lines(result_of(net, data, seed), look()), "")
    say(*look().wrapped(f"{tuned.folder}: best.toml, tried.png, {record.NAME}", "  ", first="saved in "))
    say(look().bold("next"), f"  {shlex.join(['layerwise', 'train', str(place)])}")
    say(look().dim("      trains the best settings again, bit for bit, into a run of its own"))


def _space(texts: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for name, sign, _ in pairs:
        if not sign or not name.strip():
            raise SettingError(f"--vary wants a name and what it may be, such as lr=1e-4..1e-1:log; got {name!r}")
    return {name.strip(): text.strip() for name, _, text in pairs}


def _usual(experiment: Experiment) -> dict[str, str]:
    try:
        Changes(hidden=(8,)).to_experiment(experiment)
    except SettingError:  # no plain row of layers
        return dict(_USUAL)
    return {"lr": _USUAL["lr"], "hidden": _WIDTHS, "batch_size": _USUAL["batch_size"]}


def _executor(workers: int) -> Any:
    """Processes of their own, begun afresh: a fork would copy threads in the middle of their work."""
    if workers == 1:
        return nullcontext[Executor | None](None)
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


@contextmanager
def _shown(plan: Plan, wanted: bool) -> Iterator[Watch]:
    """A live table where there is a terminal, else a line for each round."""
    if not wanted:
        yield silent
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.live import Live

        with Live(console=Console(stderr=True), auto_refresh=False, transient=True) as live:
            yield lambda trials, number: live.update(_table(plan, trials, number), refresh=True)
    else:
        yield lambda trials, number: _line(plan, trials, number)


def _table(plan: Plan, trials: tuple[Trial, ...], number: int) -> Any:
    from rich.table import Table

    places, epochs = plan.rounds[number]
    done = sum(each.epochs >= epochs for each in trials)
    title = (
        f"round {number + 1} of {len(plan.rounds)}: {done} of {places} trained for {epochs} epochs; Ctrl-C keeps all"
    )
    table = Table(title=title, title_justify="left", title_style="", box=None, pad_edge=False)
    for head in ("epochs", "loss", "settings"):
        table.add_column(head, justify="left" if head == "settings" else "right")
    for each in ranking(trials)[:8]:
        table.add_row(f"{each.epochs}", f"{each.loss:.4f}", settings_in_words(each))
    return table


def _line(plan: Plan, trials: tuple[Trial, ...], number: int) -> None:
    places, epochs = plan.rounds[number]
    done = [each for each in trials if each.epochs >= epochs or each.failure]
    if sum(each.epochs >= epochs for each in trials) < places and len(done) < len(trials):
        return
    best = next(iter(ranking(trials)), None)
    if best is not None:
        note(f"{places} trained for {epochs} epochs; best so far {best.loss:.4f}: {settings_in_words(best)}")
