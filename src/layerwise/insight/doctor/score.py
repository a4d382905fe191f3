"""How much a network has learnt, as one number that the doctor computes itself: 0 by chance, 1 all of it.

The loss and the metric of the patient may be what is sick, so neither is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.losses import BCEWithLogitsLoss, LabelLoss, Loss
from layerwise.losses.elementwise import YesOrNoLoss
from layerwise.types import Array


@dataclass(frozen=True)
class Task:
    """What is to be learnt. kind: "labels" (one class of K), "yes-no" (each output for itself), or "quantities".

    half: the output above which a yes is meant.
    """

    kind: str
    half: float = 0.0

    def skill(self, output: Array, target: Array) -> float:
        """The share of what is above chance that is right: of labels (accuracy - top) / (1 - top), with the share `top`
        of the commonest answer; of quantities R² = 1 - Σ(y - ŷ)² / Σ(y - ȳ)². 0 where there is nothing to tell apart.
        """
        if not np.isfinite(output).all():
            return -1.0
        if self.kind == "quantities":
            return _r2(output, target)
        answers, truth = self.answers(output), self.truth(target)
        if self.kind == "labels":  # labels below 0 are ignored ones
            answers, truth = answers[truth >= 0], truth[truth >= 0]
        if not truth.size:
            return 0.0
        top = _top(truth)
        return 0.0 if top == 1 else float(((answers == truth).mean() - top) / (1 - top))

    def answers(self, output: Array) -> Array:
        """The answers that the outputs stand for: labels, or yes and no; quantities as they are."""
        if self.kind == "labels":
            return output.argmax(axis=-1)
        return output > self.half if self.kind == "yes-no" else output

    def truth(self, target: Array) -> Array:
        """The right answers in the same form."""
        if self.kind == "labels":
            return target if target.dtype.kind in "iu" else target.argmax(axis=-1)
        return target > 0.5 if self.kind == "yes-no" else target

    def numbers(self, target: Array) -> Array:
        """The truth as numbers (N, M) of which means and distances can be taken: classes one-hot."""
        truth = self.truth(target)
        if self.kind != "labels":
            return truth.reshape(len(truth), -1).astype(np.float64)
        return (truth.reshape(len(truth), -1, 1) == np.unique(truth)).reshape(len(truth), -1).astype(np.float64)


def task_of(loss: Loss, output: Array, target: Array) -> Task:
    """What is to be learnt, by the loss where it is the library's, else by the form of the targets."""
    if isinstance(loss, LabelLoss) or (target.dtype.kind in "iu" and target.shape == output.shape[:-1]):
        return Task("labels")
    if isinstance(loss, YesOrNoLoss):
        return Task("yes-no", 0.0 if isinstance(loss, BCEWithLogitsLoss) else 0.5)
    if target.shape == output.shape and np.isin(target, (0, 1)).all() and _rises_for_ever(loss, output[:1]):
        return Task("yes-no", 0.0)
    return Task("quantities")


def constant(loss: Loss, task: Task, target: Array, outputs: int) -> float | None:
    """The loss of the best answer that looks at no input, where the loss is one of the library's; None elsewhere."""
    name = type(loss).__name__
    if not type(loss).__module__.startswith("layerwise.losses") or len(target) == 0:
        return None
    mean = task.numbers(target).mean(axis=0) if task.kind != "labels" else None
    if name in ("CrossEntropyLoss", "NLLLoss"):
        share = _shares(task.truth(target), outputs)
        row: Any = np.log(np.maximum(share, 1e-12))
    elif name == "BCEWithLogitsLoss" and mean is not None:
        row = np.log(np.maximum(mean, 1e-12)) - np.log(np.maximum(1 - mean, 1e-12))
    elif name == "L1Loss" and mean is not None:
        row = np.median(task.numbers(target), axis=0)
    elif mean is not None:
        row = mean
    else:
        return None
    shape = (*target.shape, outputs) if task.kind == "labels" and target.dtype.kind in "iu" else target.shape
    alike = np.broadcast_to(np.asarray(row).reshape(shape[1:]) if np.size(row) != outputs else row, shape)
    return float(loss(np.ascontiguousarray(alike, np.float64), target)[0])


def _shares(truth: Array, classes: int) -> Array:
    counts = np.bincount(truth.ravel()[truth.ravel() >= 0], minlength=classes)[:classes]
    return counts / max(1, counts.sum())


def _top(truth: Array) -> float:
    """The share of the commonest answer; of several outputs of yes and no, of each for itself."""
    if truth.dtype == bool:
        yes = truth.reshape(len(truth), -1).mean(axis=0)
        return float(np.maximum(yes, 1 - yes).mean())
    return float(np.unique(truth, return_counts=True)[1].max() / truth.size)


def _r2(output: Array, target: Array) -> float:
    if output.size != target.size:
        return -1.0
    error = np.square(output.astype(np.float64) - target.reshape(output.shape)).sum()
    spread = np.square(target - target.mean(axis=0, dtype=np.float64)).sum()
    return float(np.clip(1 - error / spread, -1.0, 1.0)) if spread > 0 else 0.0


def _rises_for_ever(loss: Loss, output: Array) -> bool:
    """Whether a yes is the better answered the larger the output: so it is with logits, and not with quantities."""
    yes = np.ones(output.shape)
    try:
        with np.errstate(all="ignore"):
            near, far = (loss(np.full(output.shape, value), yes)[0] for value in (1.0, 4.0))
    except Exception:  # a learner's own loss may refuse what it likes
        return False
    return bool(np.isfinite(far) and far < near)
