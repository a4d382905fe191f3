"""One trial: settings, how far they were trained, and how good they are on the validation part."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from layerwise.data import Dataset
from layerwise.errors import DivergedError, LayerwiseError, SettingError
from layerwise.training import checkpoint
from layerwise.training.evaluation import evaluate
from layerwise.training.experiment import Experiment
from layerwise.training.run import Run
from layerwise.tuning.space import changes_of


@dataclass(frozen=True)
class Trial:
    """What is known of some settings.

    settings: by name, as texts. epochs: that they were trained for. loss, accuracy: on the validation part, of the
    network as it is then; accuracy is None for quantities. curve: (epochs, loss) after each round. seconds: of
    training. failure: why it could not go on; empty otherwise.
    """

    number: int
    settings: Mapping[str, str]
    epochs: int = 0
    loss: float = math.inf
    accuracy: float | None = None
    curve: tuple[tuple[int, float], ...] = ()
    seconds: float = 0.0
    failure: str = ""


@dataclass(frozen=True)
class Task:
    """What a worker is handed: a trial, the experiment that it changes, how far to train, and where its state lies.

    It holds texts and numbers alone, so that it can be sent to another process. epochs: to reach. whole: of the run.
    """

    trial: Trial
    experiment: bytes
    epochs: int
    whole: int
    checkpoint: str


def advanced(task: Task) -> Trial:
    """Train a trial on to so many epochs, from its checkpoint if it has one, and judge it; it fails in words.

    The bits are those of a run made in one go, whoever calls it, and however often it was broken off.
    """
    begin = time.perf_counter()
    try:
        run, data = run_of(task)
        loss, accuracy = _judged(run, data)
    except DivergedError as error:
        return replace(task.trial, failure=f"diverged at step {error.step}")
    except LayerwiseError as error:
        return replace(task.trial, failure=str(error))
    seconds = task.trial.seconds + time.perf_counter() - begin
    curve = (*task.trial.curve, (task.epochs, loss))
    return replace(task.trial, epochs=task.epochs, loss=loss, accuracy=accuracy, curve=curve, seconds=round(seconds, 3))


def experiment_of(task: Task) -> Experiment:
    """The experiment with the settings of a trial."""
    base = Experiment.from_table(msgspec.json.decode(task.experiment))
    return changes_of(task.trial.settings, task.whole).to_experiment(base)


def run_of(task: Task) -> tuple[Run, Dataset]:
    """The run, brought to where the task wants it, and its state written."""
    experiment = experiment_of(task)
    data = _data(msgspec.json.encode(experiment.data, order="deterministic"), experiment.seed)
    run, file = experiment.build().run(data, progress=False), Path(task.checkpoint)
    if file.exists():
        run.go_back(checkpoint.read(file))
    missing = task.epochs * (run.source.steps or 0) - run.position.step
    if missing > 0 and not run.position.stopped:
        run.advance(missing)
        checkpoint.write(file, run.state())
    return run, data


def _judged(run: Run, data: Dataset) -> tuple[float, float | None]:
    found = evaluate(run.net, *data.validation, run.loss)
    if not math.isfinite(found["loss"]):
        raise SettingError("the loss on the validation part is not finite")
    return found["loss"], found.get("accuracy")


@lru_cache(maxsize=2)
def _data(table: bytes, seed: int) -> Dataset:
    """The data, once in each process."""
    source: dict[str, Any] = msgspec.json.decode(table)
    from layerwise import data as datasets

    return datasets.from_table(source, seed)
