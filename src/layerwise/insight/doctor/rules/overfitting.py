"""Overfitting: training rows are known by heart, and new ones pay for it."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.reference import reachable
from layerwise.insight.doctor.rule import Rule
from layerwise.random import generator

GAP = 0.2
RISE = 1.3
COST = 0.15
WIDE = 0.4
DRAWS = 40


def find(examination: Examination) -> Finding | None:
    held, course = examination.held, examination.course
    if held is None or course is None or len(held.x) < 10 or examination.has_failed or examination.has_no_signal:
        return None
    skill, held_skill = examination.skill, examination.held_skill
    assert held_skill is not None
    gap = skill - held_skill
    losses = np.array(course.record.epochs.get("val_loss", ()))
    if len(losses) < 3 or not np.isfinite(losses).all():
        return None
    rise, best = float(losses[-1] / losses.min()) if losses.min() > 0 else 1.0, int(losses.argmin()) + 1
    cost = float(losses[-1] - losses.min()) / (examination.baseline or losses[0])
    has_grown = gap > GAP and rise > RISE and cost > COST
    is_wide = gap > WIDE and skill > 0.9 and (rise > 1.1 or _has_signal(examination))
    if not (has_grown or is_wide) or gap < 3 * _chance(examination):
        return None
    return Finding(
        "overfitting",
        "warning",
        f"The network knows its training rows (skill {skill:.2f}) and not the validation rows ({held_skill:.2f}). "
        f"The validation loss was least after epoch {best} of {len(losses)}, {losses.min():.3g}, and is "
        f"{losses[-1]:.3g} now.",
        Evidence("validation loss at the end", float(losses[-1]), float(losses.min()), "at its least"),
        "the size of the network and the length of the run beside the number of rows",
        (
            Cure("stop at the best epoch: listeners=[lw.EarlyStopping(patience=10)]"),
            Cure("weight decay or dropout, or a smaller network"),
            Cure("more rows"),
        ),
        "likely",
    )


def _has_signal(examination: Examination) -> bool:
    """Whether simple methods find in the validation part what the network does not have there."""
    held = examination.held
    assert held is not None
    there = reachable(held.x, held.target, examination.task, examination.start.takes_indices)
    return len(held.x) >= 40 and there > 0.3 and there > (examination.held_skill or 0.0) + 0.15


def _chance(examination: Examination) -> float:
    """The spread of the validation skill over other draws of as many rows: drawn with replacement from those there are.

    By the middle half of the draws, since R² of few rows has wild ones.
    """
    held, rng = examination.held, generator(0, "overfitting")
    assert held is not None
    output = quiet(lambda: examination.net(held.x))
    draws = [rng.integers(0, len(held.x), len(held.x)) for _ in range(DRAWS)]
    skills = [examination.task.skill(output[rows], held.target[rows]) for rows in draws]
    low, high = np.percentile(skills, (25, 75))
    return float(high - low) / 1.35


RULE = Rule(
    "overfitting",
    "after",
    "skill on training and on validation rows, in evaluation mode, and the validation loss over the epochs",
    "0.2 less skill on validation rows, and a validation loss that has risen by 30 % since its least, and by 0.15 "
    "of what a constant answer has; or 0.4 less beside 0.9 on training rows, and 10 % risen, or simple methods "
    "that find more in the validation part; three times what "
    "other draws of rows would change",
    "a gap alone is no disease: every network that learns has one. It has to have grown at the cost of new rows",
    find,
)
