"""The search: rounds of trials, handed to an executor; the order in which its workers end changes no number."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import msgspec

from layerwise.checks import positive, require_kind
from layerwise.errors import FileError, LayerwiseError
from layerwise.training.experiment import Experiment
from layerwise.tuning import record
from layerwise.tuning.plan import Plan, going_on
from layerwise.tuning.space import drawn, space_of
from layerwise.tuning.trial import Task, Trial, advanced, experiment_of
from layerwise.tuning.tuned import Tuned


class Watch(Protocol):
    """Who is told how the search stands: the trials, and which of the plan's rounds is under way."""

    def __call__(self, trials: tuple[Trial, ...], number: int) -> None: ...


def silent(trials: tuple[Trial, ...], number: int) -> None:
    """Tell nobody."""


def tune(
    experiment: Experiment,
    vary: Mapping[str, str],
    folder: str | os.PathLike[str],
    *,
    trials: int = 27,
    epochs: int | None = None,
    method: str = "halving",
    seconds: float | None = None,
    seed: int = 0,
    executor: Executor | None = None,
    watch: Watch = silent,
) -> Tuned:
    """Look for settings with the least loss on the validation part; the test part is never looked at.

    Settings are drawn at random. By halving, all are trained for a few epochs, the best third three times as long, and
    so on, until one is left, which has had all its epochs; a trial goes on from where it stood. By random search each
    gets all its epochs. The same seed gives the same trials, losses and winner, whatever the executor, and however
    often the search was broken off: called again with the same folder, it goes on.

    experiment: what is changed. vary: what may vary, by the entry's path (or lr, batch_size, hidden, optimizer):
    "1e-4..1e-1:log", "16..256", "32|64,64"; see `space_of`. folder: for the record and the states of the trials.
    trials: how many settings are drawn. epochs: of a whole run; those of the experiment unless given. method:
    "halving" or "random". seconds: after so many no new work is begun. executor: any of `concurrent.futures`, or one
    that behaves like it; None computes here. watch: told after each trial.
    Raises SettingError and KindError for what can not be meant, FileError for a folder that can not be used. A trial
    that fails is kept as failed, with the reason.
    Source: Jamieson and Talwalkar (2016), successive halving; Bergstra and Bengio (2012), random search.

    >>> import tempfile, layerwise as lw
    >>> experiment = lw.training.experiment.Experiment.from_table({
    ...     "data": {"name": "moons"},
    ...     "layers": [{"name": "Linear", "in_features": 2, "out_features": 8}, {"name": "Tanh"},
    ...                {"name": "Linear", "in_features": 8, "out_features": 2}],
    ...     "loss": {"name": "CrossEntropyLoss"}, "optimizer": {"name": "Adam"}, "epochs": 9,
    ... })
    >>> folder = tempfile.mkdtemp()
    >>> found = tune(experiment, {"lr": "1e-4..1e-1:log", "hidden": "4|8|16"}, folder, trials=9)
    >>> [len([trial for trial in found.trials if trial.epochs >= epochs]) for _, epochs in found.plan.rounds]
    [9, 3, 1]
    >>> sorted(found.best.settings)
    ['hidden', 'lr']
    """
    require_kind("experiment", experiment, Experiment, 'Experiment.read("experiment.toml")')
    space = space_of(vary)
    plan = Plan(method, trials, experiment.epochs if epochs is None else epochs)
    ends = None if seconds is None else time.monotonic() + positive("seconds", seconds)
    base = msgspec.json.encode(experiment.to_table(), order="deterministic")
    wanted = {"vary": dict(vary), **asdict(plan), "seed": seed, "experiment": base.decode()}
    place = Path(folder)
    state = [Trial(number, settings) for number, settings in enumerate(drawn(space, trials, seed))]
    if (place / record.NAME).exists():
        was, state = record.read(place)
        record.require_same(place, was, wanted)
    else:
        _require_some(state, base, plan.epochs)
        _make(place)

    def task(trial: Trial, until: int) -> Task:
        return Task(trial, base, until, plan.epochs, str(place / f"trial-{trial.number:03d}.safetensors"))

    def keep(trial: Trial, number: int) -> None:
        state[trial.number] = trial
        record.write(place, wanted, state)
        watch(tuple(state), number)

    stopped = ""
    try:
        for number, tasks in _rounds(plan, state, task):
            for trial in _done(executor, tasks, ends):
                keep(trial, number)
            if ends is not None and time.monotonic() >= ends and number + 1 < len(plan.rounds):
                stopped = f"the {seconds:g} s are over"
                break
    except KeyboardInterrupt:
        stopped = "stopped by Ctrl-C"
    tuned = Tuned(plan, tuple(state), place, stopped, {trial.number: task(trial, trial.epochs) for trial in state})
    if not stopped:
        _clear(tuned)
    return tuned


def _rounds(plan: Plan, state: list[Trial], task: Callable[[Trial, int], Task]) -> Iterator[tuple[int, list[Task]]]:
    """Each round with what is left to do in it. A round begins when the one before is whole."""
    members = list(range(len(state)))
    for number, (places, epochs) in enumerate(plan.rounds):
        if number:
            members = going_on([state[each] for each in members], plan.rounds[number - 1][1], places)
        open_ = [state[each] for each in members if state[each].epochs < epochs and not state[each].failure]
        yield number, [task(trial, epochs) for trial in open_]


def _done(executor: Executor | None, tasks: Iterable[Task], ends: float | None) -> Iterator[Trial]:
    """The trials as they are advanced. What has not begun when the time is over is not begun."""
    if executor is None:
        for each in tasks:
            if ends is not None and time.monotonic() >= ends:
                return
            yield advanced(each)
        return
    futures = [executor.submit(advanced, each) for each in tasks]
    try:
        for future in as_completed(futures):
            if not future.cancelled():
                yield future.result()
            if ends is not None and time.monotonic() >= ends:
                _cancel(futures)  # those that are at work come to their end
    finally:
        _cancel(futures)


def _cancel(futures: Iterable[Future[Trial]]) -> None:
    for future in futures:
        future.cancel()


def _clear(tuned: Tuned) -> None:
    """Of a search that is over, keep the best trial's state alone."""
    for trial in tuned.trials:
        if trial != tuned.best:
            tuned.checkpoint(trial).unlink(missing_ok=True)


def _require_some(trials: Iterable[Trial], experiment: bytes, epochs: int) -> None:
    """Refuse a search in which no trial can be built, before there is a folder for it: nothing would be found."""
    problem: LayerwiseError | None = None
    for trial in trials:
        try:
            experiment_of(Task(trial, experiment, 0, epochs, "")).build()
        except LayerwiseError as error:
            problem = problem or error
        else:
            return
    if problem is not None:
        raise type(problem)(str(problem).replace("--set ", "")) from None  # who varies an entry has set none


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"could not make the folder {folder}: {error.strerror or error}") from None
