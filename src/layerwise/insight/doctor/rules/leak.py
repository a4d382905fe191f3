"""A leak: one feature alone gives the answer, more exactly than features do."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.probes.answers import difference
from layerwise.insight.doctor.reference import MOST, reachable
from layerwise.insight.doctor.rule import Rule
from layerwise.types import Array

ALL = 0.98
LESS = 0.15
APART = 6.0


def find(examination: Examination) -> Finding | None:
    return _of_the_future(examination) or _of_a_feature(examination)


def _of_the_future(examination: Examination) -> Finding | None:
    """Targets that are the next step of the input, and answers that depend on it."""
    x, target = np.asarray(examination.x), np.asarray(examination.target)
    if not (x.ndim == 2 and x.shape == target.shape and examination.start.takes_indices and x.shape[1] > 3):
        return None
    if (x[:, 1:] == target[:, :-1]).mean() < 0.9 or examination.randomness > 0:
        return None
    net, middle = examination.start, x.shape[1] // 2
    other = x.copy()
    other[:, middle:] = np.roll(x[:, middle:], 1, axis=0)
    plain, changed = quiet(lambda: net(x)), quiet(lambda: net(other))
    moved = difference(plain[:, :middle], changed[:, :middle])
    if moved < 1e-4:
        return None
    return Finding(
        "leak",
        "sick",
        "The answer at a step depends on steps after it, and the target there is the next step: the network can "
        "read off what it is asked for.",
        Evidence("change of earlier answers where later steps are exchanged, beside their size", moved, 0.0, "wanted"),
        "the layers that see the whole sequence: attention, a second direction, a convolution without padding to "
        "the left",
        (Cure("MultiheadAttention(..., causal=True)"), Cure("a recurrence of one direction")),
        "certain",
    )


def _of_a_feature(examination: Examination) -> Finding | None:
    x = np.asarray(examination.data.x[:MOST])
    if x.ndim != 2 or examination.start.takes_indices or not 3 <= x.shape[1] <= 200 or len(x) < 60:
        return None
    target = np.asarray(examination.data.target[:MOST])
    feature = _closest(x, examination.task.numbers(target))
    alone = _reach(examination, x[:, [feature]], target)
    if alone < ALL or not _is_a_copy(x[:, feature].astype(np.float64), examination.task.numbers(target)):
        return None
    others = _reach(examination, np.delete(x, feature, axis=1), target)
    if others > alone - LESS:
        return None
    return Finding(
        "leak",
        "warning",
        f"Feature {feature} alone gives the answer (skill {alone:.3f} on rows not seen), and all others together do "
        f"not ({others:.3f}). Is it known when the answer is wanted, or is it made from the target?",
        Evidence("skill by this feature alone", alone, others, "by all others"),
        f"column {feature} of x",
        (Cure("drop the feature, if it is not known before the answer is"),),
        "likely",
    )


def _closest(x: Array, y: Array) -> int:
    """The feature whose ranks go most with the target's."""
    ranks = np.argsort(np.argsort(x, axis=0), axis=0).astype(np.float64)
    ranks -= ranks.mean(axis=0)
    y = y - y.mean(axis=0)
    products = np.abs(ranks.T @ y) / np.maximum(
        np.linalg.norm(ranks, axis=0)[:, None] * np.linalg.norm(y, axis=0), 1e-12
    )
    return int(products.max(axis=1).argmax())


def _is_a_copy(values: Array, y: Array) -> bool:
    """Whether a feature says the target itself: quantities in a straight line; classes far apart, each with a value of
    its own. A border through a cloud of values is no copy."""
    if y.shape[1] == 1 and not np.isin(y, (0, 1)).all():
        return abs(float(np.corrcoef(values, y[:, 0])[0, 1])) > 0.998
    classes = y if y.shape[1] > 1 else np.concatenate([y, 1 - y], axis=1)
    members = [values[column > 0] for column in classes.T if (column > 0).any()]
    centres = np.sort([each.mean() for each in members])
    inside = max(each.std() for each in members)
    return bool(len(members) > 1 and np.diff(centres).min() > APART * max(inside, 1e-12))


def _reach(examination: Examination, x: Array, target: Array) -> float:
    return reachable(x, target, examination.task, indices=False)


RULE = Rule(
    "leak",
    "after",
    "whether answers depend on later steps of which the targets are made; what simple methods reach by the one "
    "feature whose ranks go most with the target, and by all others",
    "an answer changes with a later step, and the targets are the next steps; 0.98 or more by one feature alone "
    "and at least 0.15 less by the others, from three features on; quantities on a straight line with it "
    "(correlation 0.998), classes six spreads apart",
    "honest features share what they know: in the bundled tables no feature reaches 0.98 alone and leaves the "
    "others behind",
    find,
)
