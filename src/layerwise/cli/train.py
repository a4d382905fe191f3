"""`layerwise train`: from data to a tested network in a folder of its own."""

from __future__ import annotations

import shlex
import textwrap
from pathlib import Path

from layerwise.cli.codes import DIVERGED, FINE, USAGE
from layerwise.cli.interrupts import Interrupted
from layerwise.cli.output import announced, look, note, say, say_all
from layerwise.comparison import result_of
from layerwise.errors import DivergedError, FileError, LayerwiseError, SettingError, TrainingInterrupted
from layerwise.insight.doctor import Doctor, Finding
from layerwise.report import result_lines
from layerwise.report.page import RunAccount, write
from layerwise.runs import RunFolder, Start, resumed, start, writing
from layerwise.runs import folder as folders
from layerwise.runs.advice import Advice, advice
from layerwise.runs.pictures import kept_epoch
from layerwise.training import History
from layerwise.training.changes import Changes
from layerwise.wording import setting

_WHAT_TO_TYPE = """\
layerwise train wants something to learn from. Type one of these:

  layerwise train digits                        a dataset by name
  layerwise train my.csv --target price         a table of your own
  layerwise train runs/digits-001               a run again, bit for bit
  layerwise train --resume runs/digits-001      an interrupted run to its end

All datasets: layerwise datasets. All options: layerwise train --help"""


def widths(text: str | None) -> tuple[int, ...] | None:
    """The widths of the hidden layers in a text such as 128,64."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise SettingError(f"--hidden wants the widths of the hidden layers, such as 128,64; got {text!r}")
    return tuple(map(int, parts))


def train(
    what: str | None,
    target: str | None,
    changes: Changes,
    *,
    out: str | None,
    resume: str | None,
    progress: bool,
    doctor: bool = False,
) -> int:
    """Describe, train, test, and tell what can be done next. Returns the exit code."""
    if resume is not None:
        if what is not None or target is not None or out is not None or changes != Changes():
            command = _command("train", "--resume", resume)
            raise SettingError(f"--resume goes on with a run as it is: write {command} without other settings")
        return _resume(folders.found(resume), progress, doctor)
    if what is None:
        note(_WHAT_TO_TYPE)
        return USAGE
    with announced(f"reading {what}", progress):
        ready = start(what, target, changes)
    with folders.new(ready.name, out) as folder:
        _introduce(ready)
        return _run(folder, ready, progress, doctor)


def _resume(folder: RunFolder, progress: bool, doctor: bool) -> int:
    with folder.held():
        if folder.last_good.exists():
            again = _command("train", str(folder.path), "--lr", "0.001")
            raise SettingError(f"{folder.path} diverged and would again: repeat it with another rate, such as {again}")
        with announced(f"reading {folder.path} and its data", progress):
            ready = resumed(folder)
        say(f"going on with {folder.path}")
        return _run(folder, ready, progress, doctor)


def _run(folder: RunFolder, ready: Start, progress: bool, doctor: bool) -> int:
    """Train in a folder, from its checkpoint if it has one, and test. The folder is held by the caller."""
    going_on = folder.checkpoint if folder.checkpoint.exists() else None
    watching = _doctor(speaking=doctor)
    try:
        if not folder.examples.exists():  # the last of the files that belong to the start
            writing.write_start(folder, ready)
        history = ready.setup.train(
            ready.data, checkpoint=folder.checkpoint, resume=going_on, progress=progress, listeners=[watching]
        )
        _finish(folder, ready, history, watching, progress)
    except DivergedError as error:
        return _diverged(folder, ready, error, watching)
    except KeyboardInterrupt as stopped:
        if not folder.experiment.exists():
            raise
        why = str(stopped).partition(";")[0] or "interrupted"
        if isinstance(stopped, TrainingInterrupted):
            _report_unfinished(folder, ready, stopped.history, why, watching)
        _tell_how_to_go_on(folder, why)
        raise Interrupted from None
    except LayerwiseError:
        if folder.checkpoint.exists():
            _tell_how_to_go_on(folder, "the run could not be finished")
        raise
    return FINE


def _doctor(speaking: bool) -> Doctor:
    """The doctor as a listener. speaking: on standard error, above the line of the progress, as soon as it finds."""

    def tell(finding: Finding) -> None:
        note("", *look().wrapped(_found(finding), "  "))

    return Doctor(tell=tell if speaking else None)


def _found(finding: Finding) -> str:
    return f"doctor, {finding.severity}: {finding.sentence} ({finding.code})"


def _diagnosis(folder: RunFolder, watching: Doctor) -> list[str]:
    """What the doctor has found that is more than a note, and the command that looks closer."""
    heavy = [finding for finding in watching.report.findings if finding.severity != "note"]
    told = [line for finding in heavy for line in look().wrapped(_found(finding), "  ", first="")]
    return [*told, f"  {_command('doctor', str(folder.path))}", ""] if told else []


def _introduce(ready: Start) -> None:
    """The data, the network, and how it is trained."""
    for sentence in ready.notes:
        note(*look().wrapped(f"layerwise: {sentence}"))
    here = look()
    say(ready.data.describe(here.width), "")
    input_shape = tuple(ready.data.train.x.shape[1:])
    say(here.bold("network"), textwrap.indent(ready.net.summary(input_shape, here.width - 2), "  "), "")
    say(*here.wrapped(_plan(ready), "  ", first="training: "))


def _plan(ready: Start) -> str:
    """How the network is trained, in one sentence."""
    table = ready.experiment
    words = [_settings(table.optimizer)]
    if table.schedule is not None:
        words.append(_settings(table.schedule))
    if table.regularizer is not None:
        words.append(_settings(table.regularizer))
    words += [f"batches of {table.batch_size}", f"{table.epochs} epochs"]
    words += [_settings(listener) for listener in table.listeners or ()]
    return ", ".join([*words, f"seed {table.seed}"])


def _settings(table: dict[str, object]) -> str:
    settings = ", ".join(f"{name}={setting(value)}" for name, value in table.items() if name != "name")
    return f"{table['name']}({settings})"


def _finish(folder: RunFolder, ready: Start, history: History, watching: Doctor, progress: bool) -> None:
    """Test, write what is left to write, and tell."""
    with announced("testing, drawing, and comparing with a linear model", progress):
        kept = kept_epoch(ready.setup.listeners, history.epochs)
        writing.write_history(folder, history, kept)
        result = result_of(ready.net, ready.data, ready.experiment.seed)
        writing.write_result(folder, result, ready.net, ready.data)
        page = write(RunAccount(folder, ready, history, kept, result, findings=watching.report.findings))
    say("", *result_lines(result, look()), "")
    say(*_diagnosis(folder, watching), *_where(page), "")
    say_all(_next(folder, advice(ready.experiment, history, result.samples, kept)))


def _next(folder: RunFolder, change: Advice) -> list[str]:
    """Where everything is, and the commands that a user may want now."""
    made = [path.name for path in sorted(folder.path.iterdir()) if not path.name.startswith(".")]
    run = str(folder.path)
    rows = [
        (_command("predict", run, str(folder.examples)), "its answers for a few of the test samples"),
        (_command("train", run), "the same run again, bit for bit"),
        (_command("train", run, *change.options), change.meaning),
    ]
    return [
        *look().wrapped(f"{run}: {', '.join(made)}", "  ", first="saved in "),
        look().bold("next"),
        *(line for command, meaning in rows for line in _row(command, meaning)),
    ]


def _row(command: str, meaning: str) -> list[str]:
    """A command, never broken, and below it what it does."""
    return [f"  {command}", *map(look().dim, look().wrapped(meaning, "      "))]


def _command(*words: str) -> str:
    return shlex.join(["layerwise", *words])


def _diverged(folder: RunFolder, ready: Start, error: DivergedError, watching: Doctor) -> int:
    ready.net.save(folder.last_good)
    if isinstance(error.history, History):
        writing.write_history(folder, error.history)
    note(*look().wrapped(f"layerwise: {error}"))
    note(f"They are in {folder.last_good}")
    note(*_diagnosis(folder, watching))
    _report_unfinished(folder, ready, error.history, str(error), watching)
    return DIVERGED


def _report_unfinished(folder: RunFolder, ready: Start, history: object, why: str, watching: Doctor) -> None:
    """The page of a run that was not tested. Where it can not be written, the end of the run is still told."""
    records = history if isinstance(history, History) else History()
    try:
        ended = f"{why[0].upper()}{why[1:].rstrip('.')}."
        page = write(RunAccount(folder, ready, records, ended=ended, findings=watching.report.findings))
    except FileError as error:
        note(*look().wrapped(f"layerwise: {error}"))
    except KeyboardInterrupt:  # a second Ctrl-C: what is said next is said all the same
        pass
    else:
        note(*_where(page))


def _where(page: Path) -> list[str]:
    return look().wrapped(str(page), "  ", first="report: ")


def _tell_how_to_go_on(folder: RunFolder, why: str) -> None:
    command = _command("train", "--resume", str(folder.path))
    note(f"layerwise: {why}. To go on, as if there had been no break:", f"  {command}")
