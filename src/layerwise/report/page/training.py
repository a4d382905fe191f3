"""How a run went: its losses, its accuracy or its rate by epoch, and what is to be seen in them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from layerwise.insight.loss_gap import loss_gap
from layerwise.layers import Dropout
from layerwise.pages import NOTHING, Markup, element, joined, table
from layerwise.report.page.account import RunAccount
from layerwise.report.page.chart import Curve, chart
from layerwise.training.threads import blas_threads
from layerwise.wording import percent, quantity


def training(told: RunAccount) -> Markup:
    """The curves, and what they say in a sentence."""
    best = _least(told.history.get("val_loss", ()))
    figures = [_losses(told, best), *_second(told, best)]
    return joined(
        element("div", *figures, class_="pair"),
        element("p", " ".join(filter(None, [_kept(told, best), _how(told)])), class_="small prose"),
        _gap(told),
    )


def _losses(told: RunAccount, best: int | None) -> Markup:
    curves = [Curve("training", told.history["train_loss"], "train")]
    if "val_loss" in told.history:
        curves.append(Curve("validation", told.history["val_loss"]))
    return chart("Loss", curves, mark=None if best is None else (best, f"lowest, epoch {best}"))


def _second(told: RunAccount, best: int | None) -> list[Markup]:
    """The accuracy; for quantities the rate, where a schedule has changed it."""
    accuracy, rates = told.history.get("val_accuracy"), told.history.get("lr", ())
    if accuracy is not None:
        note = f"ends at {percent(accuracy[-1])}" if math.isfinite(accuracy[-1]) else ""
        mark = None if best is None else (best, "")
        curve = Curve("", accuracy)
        return [chart("Validation accuracy", [curve], note=note, mark=mark, written=lambda v: f"{100 * v:.4g} %")]
    if len(set(rates)) > 1:
        return [
            chart("Learning rate", [Curve("", rates, "train")], straight=True, note=f"ends at {quantity(rates[-1])}")
        ]
    return []


def _kept(told: RunAccount, best: int | None) -> str:
    if best is None:
        return ""
    losses = told.history["val_loss"]
    lowest = f"The validation loss was lowest after epoch {best}, {losses[best - 1]:.3g}"
    if told.kept is None or told.kept == best:
        return f"{lowest}." if told.kept is None else f"{lowest}; the weights of that epoch are kept."
    return f"{lowest}; the weights kept are those of epoch {told.kept}, {losses[told.kept - 1]:.3g}."


def _how(told: RunAccount) -> str:
    """What the two losses are, which explains a part of what lies between them."""
    drops = any(isinstance(layer, Dropout) for _, layer in told.start.net.chain.walk())
    meanwhile = "while the weights moved and units were dropped" if drops else "while the weights moved"
    return (
        f"Training loss is the mean over the batches of an epoch, {meanwhile}; validation loss comes after the epoch, "
        "of the whole part."
    )


def _gap(told: RunAccount) -> Markup:
    """How much of what lies between the two losses is what; known for the weights at the end of the last epoch only."""
    losses, epochs = told.history.get("val_loss", ()), told.epochs
    if told.result is None or told.kept != epochs or not losses or not math.isfinite(losses[-1]):
        return NOTHING
    start, settings = told.start, told.start.experiment
    with blas_threads(1):
        gap = loss_gap(
            start.net,
            start.data.train,
            start.data.validation,
            loss=start.setup.loss,
            recorded=told.history["train_loss"][-1],
            epoch=epochs,
            batch_size=settings.batch_size,
            seed=settings.seed,
        )
    rows: list[tuple[str, str]] = [
        (f"validation - training loss after epoch {epochs:,}", _signed(gap.total)),
        ("of it: weights that moved within the epoch", _signed(gap.moving)),
        ("of it: training mode, such as dropout", _signed(gap.mode)),
        ("of it: samples that were never learnt from", _signed(gap.split)),
    ]
    return element("details", element("summary", "Where the gap comes from"), table(rows, figures=[1]))


def _signed(value: float) -> str:
    return f"{value:+.2g}".replace("-", "−")


def _least(values: Sequence[float]) -> int | None:
    """The epoch, from 1, of the smallest finite number."""
    finite = [(value, epoch) for epoch, value in enumerate(values, 1) if math.isfinite(value)]
    return min(finite)[1] if finite else None
