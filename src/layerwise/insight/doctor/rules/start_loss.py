"""The loss does not start where a network that knows nothing starts: at ln K, or the variance of the targets."""

from __future__ import annotations

from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule

TIMES = 3.0


def find(examination: Examination) -> Finding | None:
    expected = examination.baseline
    loss = examination.loss_of(examination.start)
    if expected is None or not expected > 0 or not loss > TIMES * expected:
        return None
    return Finding(
        "start-loss",
        "note",
        f"The loss begins at {loss:.4g}, and an answer that looks at no input has {expected:.4g}.",
        Evidence("loss at the start", loss, expected, "of the best constant answer"),
        "the first weights, and the scale of inputs and targets",
        (
            Cure("scaled inputs and targets"),
            Cure(
                "first weights of variance 2/fan-in; a last bias at the mean of the targets, or the logarithm of "
                "the shares"
            ),
        ),
        "likely",
    )


RULE = Rule(
    "start-loss",
    "before",
    "the loss of the network as it came, beside that of the best answer that looks at no input",
    "more than three times as large",
    "usual first weights begin within a factor of two of ln K and Var(y). A network that was trained before begins "
    "below. Never more than a note: a run may recover",
    find,
)
