"""Which conventions an example has a part in, on its own numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from layerwise.insight.explain.conventions import (
    Comparison,
    dropped_or_kept,
    flipped_or_not,
    one_or_half_lambda,
    rate_inside_or_outside,
    rows_or_columns,
)
from layerwise.insight.explain.operation import Operation
from layerwise.optimizers import SGD, Momentum


def conventions_of(operations: Sequence[Operation]) -> tuple[Comparison, ...]:
    """Each convention once, by the first operation that it is about."""
    return (*_affine(operations), *_momentum(operations), *_dropout(operations), *_rest(operations))


def _first(operations: Sequence[Operation], formula: str, phase: str, address: str = "") -> Operation | None:
    found = (each for each in operations if each.formula == formula and each.phase == phase)
    return next((each for each in found if not address or each.address == address), None)


def _affine(operations: Sequence[Operation]) -> Iterator[Comparison]:
    forward = _first(operations, "linear", "forward")
    back = None if forward is None else _first(operations, "linear", "backward", forward.address)
    if forward is not None and back is not None:
        given = forward.arguments
        yield rows_or_columns(given["x"], given["W"], given["b"], back.arguments["dz"])


def _momentum(operations: Sequence[Operation]) -> Iterator[Comparison]:
    """On the gradient of this update, three times: with one rate, and with half the rate after the first step."""
    for each in operations:
        optimizer = each.scope.get("self")
        kept = optimizer.gamma if isinstance(optimizer, Momentum) else getattr(optimizer, "momentum", 0.0)
        if isinstance(optimizer, Momentum | SGD) and kept and each.arguments["lr"]:
            rate, gradient = float(each.arguments["lr"]), each.arguments["grad"]
            yield rate_inside_or_outside(gradient, [rate] * 3, kept)
            yield rate_inside_or_outside(gradient, [rate, rate / 2, rate / 2], kept)


def _dropout(operations: Sequence[Operation]) -> Iterator[Comparison]:
    """With the weights of the affine map behind it; where there is none, with weights of 1."""
    dropout = _first(operations, "dropout", "forward")
    if dropout is None:
        return
    x, mask, p = (dropout.arguments[name] for name in ("x", "mask", "p"))
    behind = next(iter(operations[list(operations).index(dropout) + 1 :]), None)
    W = np.eye(x.shape[-1])
    if behind is not None and behind.formula == "linear" and behind.phase == "forward":
        W = behind.arguments["W"]
    yield dropped_or_kept(x, mask, p, W)


def _rest(operations: Sequence[Operation]) -> Iterator[Comparison]:
    penalty = _first(operations, "l2_penalty", "update")
    if penalty is not None:
        yield one_or_half_lambda(penalty.arguments["w"], penalty.arguments["strength"])
    convolution = _first(operations, "conv2d", "forward")
    if convolution is not None:
        image, kernel = convolution.arguments["x"][0, 0], convolution.arguments["W"][0, 0]
        if all(size >= width for size, width in zip(image.shape, kernel.shape, strict=True)):
            yield flipped_or_not(image, kernel)
