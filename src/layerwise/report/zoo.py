"""The bug zoo in words: the list of its cases, a run of one that is sick, and its cure."""

from __future__ import annotations

from collections.abc import Sequence

from layerwise.insight.doctor.codes import CODES
from layerwise.insight.doctor.zoo import Case, Course, Specimen
from layerwise.report.curve import curve_lines
from layerwise.report.look import PLAIN, Look
from layerwise.wording import quantity


def list_lines(cases: Sequence[Case], look: Look = PLAIN, named: bool = False) -> list[str]:
    """All cases by number, with what the learner sees; named: with the name of each disease."""
    lines = [*look.wrapped(f"The bug zoo: {len(cases)} sick networks, each a line away from health."), ""]
    family = ""
    for number, case in enumerate(cases, start=1):
        if case.family != family:
            family = case.family
            lines += [*([""] if number > 1 else []), look.bold(family)]
        words = f"{case.name}: {case.sees}" if named else case.sees
        lines += look.wrapped(words, "      ", f"  {number:>2}  ")
    return [*lines, "", "Watch one:  layerwise doctor --zoo 7"]


def sick_lines(number: int, case: Case, specimen: Specimen, course: Course, look: Look = PLAIN) -> list[str]:
    """One case, watched sick: what it is trained on, its curve, and what can be seen. The disease is not named."""
    return [
        *look.titled(f"case {number}", f": a {case.family} network that is sick"),
        "",
        *look.wrapped(_setup(specimen), "  "),
        "",
        *curve_lines(course.losses, look),
        *look.wrapped(_end(course), "  "),
        "",
        *look.wrapped(case.sees, "  "),
    ]


def cure_lines(case: Case, sick: Course, cured: Course, look: Look = PLAIN) -> list[str]:
    """The name of the disease, the line between sick and cured, why it is right, and the curve of the cured run."""
    before, after = case.lines
    return [
        *look.titled(case.name, f" ({case.cause}: {CODES[case.cause].name})"),
        "",
        *look.wrapped(f"The difference, {case.place}:", "  "),
        *look.wrapped(before, "      ", "  - "),
        *look.wrapped(after, "      ", "  + "),
        "",
        *look.wrapped(case.cure, "  "),
        "",
        look.bold("cured"),
        *curve_lines(cured.losses, look),
        *look.wrapped(_end(cured), "  "),
        *look.wrapped(f"On rows that it has not seen: skill {cured.skill:.2f}, sick {sick.skill:.2f} "
                      "(0 is as good as a constant answer, 1 without an error).", "  "),
    ]  # fmt: skip


def _setup(specimen: Specimen) -> str:
    patient = specimen.patient
    layers = ", ".join(type(layer).__name__.removeprefix("Own") for layer in patient.net.layers)
    return (
        f"{layers}; {len(patient.net.theta):,} parameters; {type(patient.loss).__name__}, {patient.optimizer!r}, "
        f"{patient.epochs:,} {'epoch' if patient.epochs == 1 else 'epochs'}"
    )


def _end(course: Course) -> str:
    if course.diverged:
        return "Then the loss left the range of the numbers."
    return f"It ends at {quantity(course.losses[-1])}."
