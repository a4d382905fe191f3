"""A derivative is wrong: the gradient of the network is not the slope of its loss."""

from __future__ import annotations

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.finding import Confirmation, Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule
from layerwise.insight.gradient_check import gradcheck
from layerwise.insight.gradient_report import GradientReport

ROWS = 6


def find(examination: Examination) -> Finding | None:
    wrong = examination.wrong_slopes
    if not wrong:
        return None
    report = _checked(examination)
    if report is not None and report.ok:
        return None
    name, error = max(wrong.items(), key=lambda each: each[1])
    cause, place = _cause(report, name)
    return Finding(
        "gradient-wrong",
        "sick",
        f"The gradient that comes back is not the slope of the loss: {cause}.",
        Evidence(f"relative error of the gradient at {name}", error, 1e-7, "a right one stays below"),
        place,
        (Cure("mend the backward of this layer or loss; lw.gradcheck(net, x, target, loss) tells when it is right"),),
        "certain",
        experiment=lambda: _again(error),
    )


def _checked(examination: Examination) -> GradientReport | None:
    patient = examination.patient
    try:
        return gradcheck(patient.net, examination.x[:ROWS], examination.target[:ROWS], patient.loss)
    except (LayerwiseError, ValueError, IndexError):
        return None


def _cause(report: GradientReport | None, name: str) -> tuple[str, str]:
    """The sentence of the array that is wrong by itself, and where it is."""
    wrong = () if report is None else report.wrong
    for each in wrong:
        if each.mismatch is not None and each.mismatch.kind != "passed on":
            return f"{each.name} {each.mismatch.sentence}", f"the backward of {each.name}"
    return f"the slope along {name} is another", f"the backward of {name}, or of what comes after it"


def _again(error: float) -> Confirmation:
    return Confirmation("the slope measured along random directions", "relative error", 1e-7, error, error > 1e-3)


RULE = Rule(
    "gradient-wrong",
    "before",
    "the gradient of every parameter along four random directions, in float64; then the full gradient check",
    "relative error above 1e-3 in the median of the directions, and wrong in the full check, too",
    "a right gradient is near 1e-8 and a wrong one near 1; the median forgives a kink that one direction meets",
    find,
    explains=("plateau", "underfitting", "vanishing", "exploding", "diverged", "rate-too-low", "rate-too-high",
              "dead-units", "saturated-units", "init-too-small", "no-signal"),
)  # fmt: skip
