"""Every registered thing beside PyTorch's, from the tables of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from tests import test_losses, test_regularizers, test_schedules, torch_initializers
from tests.formulas import torch_twins
from tests.formulas.samples import FORMULAS, cases, in_a_tuple, in_dtype, upstream_for
from tests.layers import table as layer_table
from tests.losses import test_labels
from tests.optimizers.paths import PATHS, ours, torchs
from tools.parity.rows import Row, largest
from tools.parity.spy import Spy

from layerwise import losses
from layerwise.random import generator
from layerwise.regularizers import REGULARIZERS
from layerwise.schedules import SCHEDULES

CELLS = {f"{name.lower()}_step": f"`torch.nn.{name}Cell`" for name in ("RNN", "LSTM", "GRU")}
WALKS = {name.lower(): f"`torch.nn.{name}` on packed sequences" for name in ("RNN", "LSTM", "GRU")}
PEERS = CELLS | WALKS
"""Where PyTorch has a module and no function, the twin calls it in a roundabout way."""

DTYPES = (np.float64, np.float32)
Pairs = Iterator[tuple[Any, Any]]


def rows(torch: Any) -> list[Row]:
    """One row for each formula, layer, loss, regularizer, optimizer, schedule and initializer that a table knows."""
    kinds = (formulas, layers, loss_rows, regularizers, optimizers, schedules, initializers)
    return [row for kind in kinds for row in kind(torch)]


def formulas(torch: Any) -> Iterator[Row]:
    """Values and gradients on the formula's own samples, kinks and edges included."""
    for entry in FORMULAS:
        called: list[str] = []
        spy = Spy(torch, called)
        twin = torch_twins.TWINS[entry.name]
        wide, narrow = (largest(_formula_pairs(spy, entry, dtype)) for dtype in DTYPES)
        functions = ", ".join(f"`{name}`" for name in called if not name.endswith("as_tensor"))
        peer = PEERS.get(entry.name) or functions or "arithmetic of tensors"
        yield Row("formula", entry.name, peer, wide, narrow, " ".join((twin.__doc__ or "").split()))


def _formula_pairs(torch: Any, entry: Any, dtype: type) -> Pairs:
    for case in cases(entry):
        upstream = upstream_for(entry.run(**case.arguments)[0]).astype(dtype)
        arguments = in_dtype(case.arguments, dtype)
        value, backward = entry.run(**arguments)
        right, gradients = torch_twins.run(torch, entry, arguments, upstream)
        yield value, right
        for name, gradient in zip(entry.differentiable, in_a_tuple(backward(upstream)), strict=True):
            yield gradient, gradients[name]


def layers(torch: Any) -> Iterator[Row]:
    """Outputs, gradients and state, in evaluation and in training; what draws masks in evaluation only."""
    for name in sorted(layer_table.registered()):
        mine = [row for row in layer_table.TABLE if type(row.make()).__name__ == name]
        twin = type(mine[0].twin(torch.nn))
        peer = f"`torch.nn.{twin.__name__}`" if hasattr(torch.nn, twin.__name__) else "arithmetic of tensors"
        wide, narrow = (largest(_layer_pairs(torch, mine, dtype)) for dtype in DTYPES)
        yield Row("layer", name, peer, wide, narrow, _layer_note(mine))


def _layer_pairs(torch: Any, table: list[Any], dtype: type) -> Pairs:
    for row in table:
        for shape in row.shapes:
            for training in (False, True):
                if not (training and layer_table.draws(row)):
                    yield from layer_table.both_sides(torch, row, shape, dtype, training).values()


def _layer_note(table: list[Any]) -> str:
    return "masks are drawn otherwise: in training, see the formula" if any(map(layer_table.draws, table)) else ""


def loss_rows(torch: Any) -> Iterator[Row]:
    """Values and gradients, with every setting of class weights, ignored labels and smoothing."""
    for name, row in test_losses.TABLE.items():
        wide, narrow = (largest(_loss_pairs(torch, name, row, dtype)) for dtype in DTYPES)
        yield Row("loss", name, f"`torch.nn.{name}`", wide, narrow)


def _loss_pairs(torch: Any, name: str, row: Any, dtype: type) -> Pairs:
    for n, k in test_losses.SHAPES:
        target = row.target(n, k)
        target = target if target.dtype.kind == "i" else target.astype(dtype)
        yield from _both(torch, name, {}, test_losses.outputs(name, n, k, dtype), target)
    for setting in test_labels.GRID:
        if setting[0] == name:
            keywords = test_labels.settings(*setting)
            yield from _both(torch, name, keywords, test_labels.outputs(name, dtype), test_labels.labels(setting[2]))
    if name == "CrossEntropyLoss":
        for smoothing in test_labels.SMOOTHING:
            keywords = {"label_smoothing": smoothing}
            yield from _both(torch, name, keywords, test_labels.logits(dtype), test_labels.probabilities(dtype))


def _both(torch: Any, name: str, keywords: dict[str, Any], output: Any, target: Any) -> Pairs:
    theirs = dict(keywords)
    if theirs.get("weight") is not None:
        theirs["weight"] = torch.tensor(theirs["weight"], dtype=torch.from_numpy(output).dtype)
    right, right_gradient = test_labels.torchs(torch, getattr(torch.nn, name)(**theirs), output, target)
    value, backward = getattr(losses, name)(**keywords)(output, target)
    yield value, right
    yield backward(), right_gradient


def regularizers(torch: Any) -> Iterator[Row]:
    """The penalty and its gradient on fifty weights, one of them 0."""
    for name in test_regularizers.BY_HAND:
        found = [largest(_penalty_pairs(torch, name, dtype)) for dtype in DTYPES]
        yield Row("regularizer", name, "arithmetic of tensors", *found)


def _penalty_pairs(torch: Any, name: str, dtype: type) -> Pairs:
    w = generator(1, "w").normal(size=50).astype(dtype)
    w[3] = 0
    tensor = torch.from_numpy(w.copy()).requires_grad_()
    theirs = 0.1 * (tensor.abs().sum() if name == "L1" else tensor.square().sum())
    theirs.backward()
    value, gradient = REGULARIZERS[name](0.1)(w)
    yield value, theirs.item()
    yield gradient, tensor.grad.numpy()


def optimizers(torch: Any) -> Iterator[Row]:
    """theta after every step of 200 in float64 and of 100 in float32, on all paths of the optimizer together."""
    kinds: dict[str, list[str]] = {}
    for name, path in PATHS.items():
        kinds.setdefault(type(path.make()).__name__, []).append(name)
    for kind, paths in kinds.items():
        wide = largest((ours(PATHS[path]), torchs(torch, PATHS[path])) for path in paths)
        narrow = largest(
            (ours(PATHS[path], 100, np.float32), torchs(torch, PATHS[path], 100, np.float32)) for path in paths
        )
        twin = PATHS[paths[0]].torch
        note = f"{len(paths)} path{'s'[: len(paths) != 1]}"
        yield Row("optimizer", kind, f"`torch.optim.{twin[0]}`", wide, narrow, note)


def schedules(torch: Any) -> Iterator[Row]:
    """The rate at 60 times from two first rates; rates are Python's floats, so there is no float32."""
    for name in dict.fromkeys(name for name, _ in test_schedules.TABLE):
        settings = [each for kind, each in test_schedules.TABLE if kind == name]
        wide = largest(pair for each in settings for lr in (0.1, 3e-4) for pair in _rates(torch, name, each, lr))
        yield Row("schedule", name, f"`torch.optim.lr_scheduler.{name}`", wide, None)


def _rates(torch: Any, name: str, settings: dict[str, Any], lr: float) -> Pairs:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=0.9)
    theirs, mine = test_schedules.torchs(torch, {"name": name, **settings}, optimizer), SCHEDULES[name](**settings)
    for t in range(test_schedules.STEPS):
        if t:
            optimizer.step()
            theirs.step()
        yield mine(lr, t), optimizer.param_groups[0]["lr"]


def initializers(torch: Any) -> Iterator[Row]:
    """Every weight, from the same random numbers; drawn in float64 and rounded by the layer, so there is no float32."""
    for name, (_, twin, settings) in torch_initializers.TWINS.items():
        words = ", ".join(f"{key}={value:.4g}" if key == "a" else f"{key}={value!r}" for key, value in settings.items())
        wide = largest(torch_initializers.both_sides(torch, name, shape) for shape in torch_initializers.SHAPES)
        yield Row("initializer", name, f"`torch.nn.init.{twin}({words})`", wide, None)
