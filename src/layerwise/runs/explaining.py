"""From the folder of a run to a worked example: some of its samples, in the words of its table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from layerwise.data import Dataset, Part
from layerwise.errors import DataError, SettingError
from layerwise.insight.explain import Example, Mirror, Sample, Words, both_modes, explain
from layerwise.runs.folder import RunFolder
from layerwise.runs.start import Start, resumed
from layerwise.training import Run
from layerwise.types import Array
from layerwise.wording import printable

PARTS = ("train", "validation", "test")
_NAMES = {"train": "training", "validation": "validation", "test": "test"}
_WEIGHT = re.compile(r"([\w.]+?)\s*\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]")


def explained(folder: RunFolder, rows: Sequence[int], part: str = "train", step: int | None = None) -> Example:
    """The update that these samples would make next: by the weights of the run, or as they were after `step` updates.

    rows: of the part, counted from 0. part: "train", "validation" or "test". step: the run is repeated up to there.
    Raises DataError for rows that there are not, SettingError for a step beyond the end of the run, and what a run that
    goes on raises where its data has changed.
    """
    ready, x, y = _ready(folder, rows, part)
    run = _at(folder, ready, step)
    table = ready.experiment
    return explain(
        run.net,
        x,
        y,
        loss=run.loss,
        optimizer=run.optimizer,
        regularizer=run.regularizer,
        clip_norm=table.clip_norm,
        clip_value=table.clip_value,
        lr=_rate(run),
        words=_words(ready.data, rows, part, x, y, f"{folder.path}, after {run.position.step:,} updates"),
    )


def mirrored(folder: RunFolder, rows: Sequence[int], part: str = "train", step: int | None = None) -> Mirror:
    """The same samples in training and in evaluation, side by side. Arguments and errors as of `explained`."""
    ready, x, _ = _ready(folder, rows, part)
    return both_modes(_at(folder, ready, step).net, x)


def _ready(folder: RunFolder, rows: Sequence[int], part: str) -> tuple[Start, Array, Array]:
    """The run, and the samples that are chosen from its data."""
    ready = resumed(folder)
    x, y = _chosen(ready.data, rows, part)
    if len(rows) == 1 and any(layer.mixes_samples for _, layer in ready.net.chain.walk()):
        raise SettingError(
            "this network normalises over the samples of a batch, so that one alone has no next step",
            f"give several, such as --sample {rows[0]},{(rows[0] + 1) % len(getattr(ready.data, part).x)}",
        )
    return ready, x, y


def weight_in(text: str) -> tuple[str, tuple[int, ...]]:
    """A weight by the name of its parameter and its place in it.

    >>> weight_in("0.weight[2, 1]"), weight_in("2.bias[0]")
    (('0.weight', (2, 1)), ('2.bias', (0,)))
    """
    found = _WEIGHT.fullmatch(text.strip())
    if found is None:
        raise SettingError(f"a weight is a parameter and a place in it, such as 0.weight[2,1]; got {text!r}")
    return found[1], tuple(map(int, found[2].split(",")))


def _chosen(data: Dataset, rows: Sequence[int], part: str) -> Part:
    x, y = getattr(data, part)
    for row in rows:
        if not 0 <= row < len(x):
            last = len(x) - 1
            raise DataError(f"the {_NAMES[part]} part of {data.name} has the samples 0 to {last}, got {row}")
    return Part(x[list(rows)], y[list(rows)])


def _at(folder: RunFolder, ready: Start, step: int | None) -> Run:
    """The run where it ended or broke off, or repeated from its beginning up to a step."""
    if step is None:
        return ready.setup.run(ready.data, resume=folder.checkpoint if folder.checkpoint.exists() else None)
    run = ready.setup.run(ready.data)
    if step:
        run.advance(step)
    if run.position.step < step:
        raise SettingError(f"the run is over after {run.position.step:,} updates: there is no step {step:,} in it")
    return run


def _rate(run: Run) -> float:
    """The learning rate of the next step; where the run is over, that of its last one."""
    schedule, position = run.schedule, run.position
    if schedule is None:
        return run.optimizer.lr
    back = 1 if position.epoch == run.epochs else 0
    return schedule(run.optimizer.lr, (position.step if schedule.per == "step" else position.epoch) - back)


def _words(data: Dataset, rows: Sequence[int], part: str, x: Array, y: Array, title: str) -> Words:
    """Each sample by its columns as they stood in the table; of an image the size."""
    preparation = data.preparation
    samples = []
    for row, sample, target in zip(rows, x, y, strict=True):
        if data.image_shape is not None:
            columns: tuple[tuple[str, str], ...] = (("an image of", "{1} x {2} pixels".format(*data.image_shape)),)
        else:
            columns = tuple((printable(name), printable(value)) for name, value in preparation.raw(sample))
        truth = data.classes[int(target)] if data.classes else f"{preparation.to_units(target).item():.6g}"
        samples.append(Sample(f"sample {row} of the {_NAMES[part]} part", columns, printable(truth)))
    answers = tuple(map(printable, data.classes)) or (printable(preparation.target),)
    return Words(title, tuple(samples), answers)
