"""Batches in the order of the labels, or a split by them: what one batch teaches, the next one unlearns."""

from __future__ import annotations

from itertools import islice

import numpy as np

from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule
from layerwise.training.samples import Shuffled

BATCHES = 200
RATIO = 4.0


def find(examination: Examination) -> Finding | None:
    return _batches(examination) or _split(examination)


def _batches(examination: Examination) -> Finding | None:
    """Batches that differ in their mean target by more than chance."""
    source = examination.run.source
    if isinstance(source, Shuffled):
        return None
    targets = [np.asarray(batch.target) for batch in islice(source.parts(0), BATCHES)]
    if len(targets) < 4:
        return None
    whole = np.concatenate(targets)
    values = examination.task.truth(whole)
    numbers = examination.task.numbers(whole)
    ends = np.cumsum([len(each) for each in targets])[:-1]
    means = np.array([part.mean(axis=0) for part in np.split(numbers, ends)])
    rows = len(whole) / len(targets)
    spread = float(numbers.var(axis=0).sum())
    if spread == 0 or rows < 2:
        return None
    ratio = float(((means - numbers.mean(axis=0)) ** 2).mean(axis=0).sum()) / (spread / rows)
    if not ratio > RATIO:
        return None
    entropy = ""
    if examination.task.kind != "quantities":
        own = np.mean([_entropy(part) for part in np.split(values, ends)])
        entropy = f" The labels of a batch have an entropy of {own:.3g}, those of all {_entropy(values):.3g}."
    return _finding(
        f"The batches differ in their targets {ratio:.3g} times as much as shuffled ones would: they come in an order."
        f"{entropy}",
        Evidence("variance of the batches' mean targets over that of shuffled ones", ratio, 1.0, "shuffled"),
        "how the batches are made",
        Cure("shuffle before every epoch; give lw.fit the arrays, and it does"),
    )


def _split(examination: Examination) -> Finding | None:
    """Classes of the validation part that never come in training."""
    held = examination.run.validation
    if held is None or examination.task.kind != "labels" or examination.data.target.dtype.kind not in "iu":
        return None
    known, asked = np.unique(examination.data.target), np.asarray(held.target).ravel()
    unknown = ~np.isin(asked, known) & (asked >= 0)
    share = float(unknown.mean())
    enough = len(examination.data.target) >= 10 * len(known)
    if not (enough and share > 0.5 and len(known) < 100):
        return None
    return _finding(
        f"{share:.0%} of the validation rows belong to classes that never come in the training part: the data were cut "
        "in the order of their labels.",
        Evidence("share of validation rows of classes that are not in training", share, 0.0, "wanted"),
        "how the data are split",
        Cure("shuffle before the split, or split each class for itself (stratified)"),
    )


def _entropy(labels: np.ndarray) -> float:
    shares = np.unique(labels, return_counts=True)[1] / labels.size
    return float(-(shares * np.log(shares)).sum())


def _finding(sentence: str, evidence: Evidence, suspect: str, cure: Cure) -> Finding:
    return Finding("unshuffled", "sick", sentence, evidence, suspect, (cure,), "certain")


RULE = Rule(
    "unshuffled",
    "before",
    "the mean target of each batch of the learner's own; the classes of the validation part",
    "the batch means vary more than four times as much as those of shuffled batches; more than half of the validation "
    "rows belong to classes without a training row",
    "the mean of n shuffled rows has the variance Var(y)/n, so that the ratio is near 1, and n where each batch is "
    "of one class. Over four batches and more it passes 4 by chance once in a thousand",
    find,
    explains=(
        "overfitting",
        "labels-damaged",
        "no-signal",
        "batchnorm-statistics",
        "plateau",
        "imbalance",
        "underfitting",
    ),
)
