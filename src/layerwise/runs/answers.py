"""A trained network and new samples: reading both, and the answers as a table."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from layerwise import files, metrics, network
from layerwise.arrays import real_array, require_finite
from layerwise.data import Frame, Preparation, read_frame
from layerwise.data.tables.values import Texts
from layerwise.data.tables.words import counted, listed
from layerwise.errors import DataError, FileError, LayerwiseError
from layerwise.formulas import softmax
from layerwise.network import Network
from layerwise.runs import folder as folders
from layerwise.runs import origin as origins
from layerwise.runs.folder import RunFolder
from layerwise.training import predict
from layerwise.training.threads import blas_threads
from layerwise.types import Array
from layerwise.wording import percent, quantity

_NPY_HEADER = 100_000


@dataclass(frozen=True)
class Samples:
    """New samples, prepared. y: the true answers, of the rows `known`. notes: what the user should know of them."""

    x: Array
    y: Array | None = None
    known: Array | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """What the network says. header, rows: the table, a row a sample. score: how right it is, in words, or ""."""

    header: list[str]
    rows: list[list[str]]
    score: str

    def to_csv(self) -> bytes:
        """The table as CSV in UTF-8."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return text.getvalue().encode()


def trained(run: str) -> tuple[Network, Preparation]:
    """The network and the preparation of a run, by its folder or a checkpoint in it."""
    folder = folder_of(run)
    weights = folder.weights if Path(run).is_dir() else Path(run)
    if not weights.exists() and not Path(run).is_dir():
        raise FileError(f"there is no run {run}: give its folder, or a checkpoint in it{folders.others()}")
    if not weights.exists():
        raise FileError(f"{run} holds no weights yet: train it with  layerwise train --resume {run}")
    net = network.load(weights)
    return net, _preparation(folder.preparation)


def learnt_from(run: str, path: str) -> str:
    """A warning if the run was trained on exactly this file, under whatever name; else ""."""
    with contextlib.suppress(FileError):  # what says where the run comes from is lost: that is no reason to be silent
        file = origins.read(folder_of(run)).get("file")
        if isinstance(file, dict) and file.get("sha256") == origins.sha256(path):
            return (
                f"{Path(path).name} is the file that the network was trained on: how right it is there says nothing "
                "about new data"
            )
    return ""


def folder_of(run: str) -> RunFolder:
    """The folder of a run, by itself or by a checkpoint in it."""
    return folders.found(run) if Path(run).is_dir() else RunFolder(Path(run).parent)


def _preparation(path: Path) -> Preparation:
    with files.opened(path) as (file, _):
        content = file.read()
    try:
        spec = json.loads(content)
    except (ValueError, RecursionError):
        raise FileError(f"{path} is damaged: it is not JSON. Repeat the run to get a new one") from None
    try:
        return Preparation.from_spec(spec)
    except LayerwiseError as error:
        raise FileError(f"{path} is damaged: {error}") from None


def samples_in(path: str, preparation: Preparation) -> Samples:
    """Samples of a table with the columns of the training, in a file of any kind, or of a .npy file of numbers."""
    if Path(path).suffix.lower() == ".npy":
        return Samples(preparation.apply_matrix(_matrix(path, preparation)))
    frame = read_frame(path)
    if not frame.rows:
        raise DataError(f"{frame.label} has no rows: at least one row of data was expected")
    x, notes = preparation.applied(frame)
    notes = (*frame.notes, *_left_aside(frame, preparation), *notes)
    if preparation.target not in frame:
        return Samples(x, notes=notes)
    raw = frame.column(preparation.target)
    known = np.flatnonzero(preparation.known(raw))
    if not len(known):
        return Samples(x, notes=(f"not scored: no row of {frame.label} has a value of {preparation.target!r}", *notes))
    try:
        told = raw.at(known) if isinstance(raw, Texts) else raw[known]
        y = preparation.labels(told, lambda row: frame.place(int(known[row])))
    except DataError as error:
        return Samples(x, notes=(*notes, f"not scored: {error}"))
    return Samples(x, y, known, notes)


def _left_aside(frame: Frame, preparation: Preparation) -> tuple[str, ...]:
    """Which columns of the file play no part, unless training left them out as well."""
    before = {decision.name for decision in preparation.decisions}
    used = {*preparation.sources, preparation.target}
    further = [name for name in frame.names if name not in used and name not in before]
    if not further or not before:
        return ()
    return (f"left aside, as training had no such column{'s'[: len(further) != 1]}: {listed(further, 5)}",)


def _matrix(path: str, preparation: Preparation) -> Array:
    """The numbers of a .npy file as rows (N, D): one sample a row, images (N, H, W), or a single image (H, W)."""
    width = len(preparation.columns)
    texts = [column.name for column in preparation.columns if column.categories]
    if texts:
        raise DataError(f"the column {texts[0]!r} holds texts, which a .npy file can not: give a CSV file")
    values = real_array(Path(path).name, _load_npy(path))
    if values.ndim == 2 and values.shape[1] == width:
        rows = values
    elif values.ndim >= 2 and values[0].size == width:
        rows = values.reshape(len(values), width)
    elif values.size == width:
        rows = values.reshape(1, width)
    else:
        raise DataError(
            f"{Path(path).name} has shape {values.shape}, and a sample is {width} numbers: "
            f"give shape (N, {width}), or (N, H, W) with H x W = {width}"
        )
    require_finite(Path(path).name, rows)
    return rows


def _load_npy(path: str) -> Array:
    with files.opened(path) as (file, size):
        try:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, _, dtype = read(file, max_header_size=_NPY_HEADER)
            # Before anything is allocated: a small file may claim a huge array.
            if dtype.hasobject or file.tell() + math.prod(shape) * dtype.itemsize > size:
                raise ValueError("it is cut off, or holds objects instead of numbers")
            file.seek(0)
            return np.load(file, allow_pickle=False)
        except (ValueError, EOFError, SyntaxError, MemoryError) as error:
            raise FileError(f"{path} is not a readable .npy file: {str(error).splitlines()[0]}") from None


def answers(net: Network, preparation: Preparation, samples: Samples) -> Answers:
    """The class with the probability of each class, or the quantity in the units of the target."""
    with blas_threads(1):  # equal bits on every machine with the same program
        output = predict(net, samples.x)
    if output.shape[1:] != (len(preparation.classes) or 1,):
        raise FileError("the weights and the preparation of this run do not belong together: repeat the run")
    header = f"predicted {preparation.target}"
    if not preparation.classes:
        values = preparation.to_units(output).ravel()
        score = "" if samples.y is None else _quantity_score(values[samples.known], preparation, samples.y)
        return Answers([header], [[f"{value:.7g}"] for value in values], score)
    labels = metrics.predicted_classes(output)
    probabilities, _ = softmax(output.astype(np.float64))
    rows = _class_rows(preparation.classes, labels, probabilities)
    score = "" if samples.y is None else _class_score(labels[samples.known], samples.y, preparation.target)
    return Answers([header, *(f"p({name})" for name in preparation.classes)], list(rows), score)


def _class_rows(classes: Sequence[str], labels: Array, probabilities: Array) -> Iterable[list[str]]:
    for label, row in zip(labels, probabilities, strict=True):
        yield [classes[label], *(f"{p:.6g}" for p in row)]


def _class_score(labels: Array, y: Array, target: str) -> str:
    right = labels == y
    low, high = metrics.wilson_interval(float(right.mean()), len(y))
    known = f"the {counted(len(y), 'row')}, whose {target!r} is known"
    return (
        f"right for {int(right.sum()):,} of {known}: {percent(right.mean())} "
        f"(95 % interval {100 * low:.1f} to {100 * high:.1f} %)"
    )


def _quantity_score(values: Array, preparation: Preparation, y: Array) -> str:
    errors = values - preparation.to_units(y).ravel()
    unit = f" {preparation.unit}" if preparation.unit else ""
    rmse = float(np.sqrt((errors**2).mean()))
    return f"error (RMSE) {quantity(rmse)}{unit} on the {counted(len(y), 'row')}, whose {preparation.target!r} is known"
