"""The pictures of a run, in the units of its table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from layerwise import files, plots
from layerwise.data import Dataset, Preparation
from layerwise.data.column import Column
from layerwise.data.scaling import restored
from layerwise.network import Network
from layerwise.runs.folder import RunFolder
from layerwise.training import predict
from layerwise.training.events import Listener
from layerwise.training.listeners import EarlyStopping
from layerwise.training.threads import blas_threads
from layerwise.types import Array

_LONGEST = 4
"""Ranges that differ by more are not drawn to one scale: the picture would be a strip."""
_UNIT = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$|[\s_](mm|cm|dm|m|km|in|ft|mi|mg|g|kg|lb|s|ms|min|h|°?C|°?F|K|%)\s*$")


def draw_network(folder: RunFolder, net: Network, data: Dataset) -> None:
    """network.svg."""
    files.replace(folder.network_drawing, [network_drawing(net, data).encode()])


def network_drawing(net: Network, data: Dataset) -> str:
    """The network as SVG, with the names of the features and of the answers."""
    inputs = None if data.image_shape else data.features
    outputs = data.classes or (data.preparation.target,)
    return plots.architecture(net, input_shape=data.train.x.shape[1:], inputs=inputs, outputs=outputs).svg


def draw_losses(folder: RunFolder, history: Mapping[str, Sequence[float]], kept: int | None) -> None:
    """loss.png. kept: the epoch whose weights the network has, if it is one of the history."""
    plots.save_figure(plots.loss_curve(history, kept=kept), folder.loss_curve)


def draw_answers(folder: RunFolder, net: Network, data: Dataset) -> None:
    """boundary.png for classes of two numbers, fit.png for a quantity of one, both with the test part; else nothing."""
    columns = data.preparation.columns
    if any(len(column.features) != 1 or column.categories for column in columns):
        return
    if data.classes and len(columns) == 2:
        with blas_threads(1):
            ax = plots.decision_boundary(
                _in_units(net, data.preparation), _raw(data.test.x, columns), data.test.y, data.classes,
                labels=(columns[0].name, columns[1].name), part="test", equal=_to_one_scale(data.test.x, columns),
            )  # fmt: skip
        plots.save_figure(ax, folder.boundary)
    if not data.classes and len(columns) == 1:
        labels = (columns[0].name, _with_unit(data.preparation))
        truth = restored(data.test.y, data.preparation.target_mean, data.preparation.target_scale)
        with blas_threads(1):
            answers = _in_units(net, data.preparation)
            ax = plots.fitted_curve(answers, _raw(data.test.x, columns), truth, labels=labels, part="test")
        plots.save_figure(ax, folder.fit)


def kept_epoch(listeners: Iterable[Listener], epochs: int) -> int:
    """The epoch whose weights a run of so many keeps: its last one, unless early stopping went back to its best."""
    early = [each for each in listeners if isinstance(each, EarlyStopping) and each.restore_best and each.best_epoch]
    return early[-1].best_epoch if early else epochs


def _in_units(net: Network, preparation: Preparation) -> Callable[[Array], Array]:
    """The network as a function of raw columns; its answers are quantities in their units, or logits."""

    def answer(raw: Array) -> Array:
        output = predict(net, preparation.apply_matrix(raw))
        return output if preparation.classes else preparation.to_units(output)

    return answer


def _raw(x: Array, columns: Sequence[Column]) -> Array:
    return np.stack([restored(x[:, k], column.mean, column.scale) for k, column in enumerate(columns)], axis=1)


def _to_one_scale(x: Array, columns: Sequence[Column]) -> bool:
    """Whether both features are of one unit, and of ranges that one scale can show."""
    first, second = columns
    unit = _unit(first.name)
    plane = all((column.mean, column.scale) == (0.0, 1.0) for column in columns)  # of a set made by a formula
    low, high = sorted(np.ptp(_raw(x, columns), axis=0))
    return (plane or (unit != "" and unit == _unit(second.name))) and bool(high <= _LONGEST * low)


def _unit(name: str) -> str:
    """The unit that the name of a column ends with, or "".

    >>> _unit("petal width (cm)"), _unit("height_cm"), _unit("price"), _unit("time [s]")
    ('cm', 'cm', '', 's')
    """
    found = _UNIT.search(name)
    return (found[1] or found[2]).strip() if found else ""


def _with_unit(preparation: Preparation) -> str:
    return f"{preparation.target} ({preparation.unit})" if preparation.unit else preparation.target
