"""What a run leaves in its folder, each file whole or absent."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from layerwise import files
from layerwise.comparison.result import Result
from layerwise.data import Dataset
from layerwise.network import Network
from layerwise.runs import origin as origins
from layerwise.runs.folder import RunFolder
from layerwise.runs.start import Start
from layerwise.training.threads import blas_threads

_EXAMPLES = 10


def write_start(folder: RunFolder, start: Start) -> None:
    """What must be there before the first step, so that an interrupted run can go on and answer."""
    from layerwise.plots import network_svg

    start.experiment.save(folder.experiment)
    origins.write(folder, start.origin)
    write_json(folder.preparation, start.data.preparation.to_spec())
    files.replace(folder.network_drawing, [network_svg(start.net).encode()])
    write_examples(folder, start.data)


def write_history(folder: RunFolder, history: Mapping[str, Sequence[float]]) -> None:
    """history.csv, one line an epoch, and the picture of the losses."""
    if not history:
        return
    columns = list(history)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", *columns])
    for epoch, row in enumerate(zip(*history.values(), strict=True), 1):
        writer.writerow([epoch, *(repr(float(value)) for value in row)])
    files.replace(folder.history, [text.getvalue().encode()])
    from layerwise import plots

    plots.save_figure(plots.loss_curve(history), folder.loss_curve)


def write_result(folder: RunFolder, result: Result, net: Network, data: Dataset) -> None:
    """The figures of the test and, for classes in the plane, the decision boundary with the test samples."""
    write_json(folder.result, result.as_table())
    if data.classes and data.test.x.shape[1:] == (2,):
        from layerwise import plots

        first, second = data.features
        with blas_threads(1):
            ax = plots.decision_boundary(net, data.test.x, data.test.y, data.classes, labels=(first, second))
        plots.save_figure(ax, folder.boundary)


def write_examples(folder: RunFolder, data: Dataset) -> None:
    """A few test samples as a CSV file with the columns that the network was trained on, and the truth."""
    preparation = data.preparation
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*preparation.sources, preparation.target])
    samples = len(data.test.x)
    for row in dict.fromkeys(samples * k // _EXAMPLES for k in range(_EXAMPLES)):  # from all over the test part
        y = data.test.y[row]
        cells = [value for _, value in preparation.raw(data.test.x[row], digits=6)]
        if all(cells):  # a text that training never saw can not be told from its zeros
            writer.writerow([*cells, preparation.raw_target(y)])
    files.replace(folder.examples, [text.getvalue().encode()])


def write_json(path: Any, table: Mapping[str, Any]) -> None:
    """A JSON file that people can read."""
    files.replace(path, [json.dumps(table, indent=2, ensure_ascii=False).encode() + b"\n"])
