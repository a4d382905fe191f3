"""The exams as sections of docs/doctor.md."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tools.doctor_exams.exams import SEEDS_OF_A, cases
from tools.doctor_exams.paper import Paper
from tools.doctor_page import BEGIN, END, PAGE

from layerwise.insight.doctor.zoo.specimen import BACK, CLEARLY, SHARE, TIMES, WELL

RECORD = PAGE.with_name("doctor_exams.json")

TITLES = {"A": "Exam A: public cases", "B": "Exam B: the bug zoo", "C": "Exam C: healthy runs"}
CRITERION = (
    f"A case counts where it is sick and its cure helps. Cured, the network has a skill of {WELL:g} or more on rows "
    f"that it has not seen, and its validation loss ends no more than {BACK:g} of its way down back up. Sick, it has "
    f"{CLEARLY:g} less, or ends its training with {TIMES:g} times the loss, by {SHARE:.0%} of its first loss at least. "
    "Skill is the balanced accuracy above chance, the share of the variance that is explained, or what the case says."
)


def section(exam: str, seed: int, papers: list[Paper]) -> str:
    """The exam: what was done, what came out, and every paper of it."""
    body = {"A": _public, "B": _zoo, "C": _healthy}[exam](seed, papers)
    return "\n".join([f"### {TITLES[exam]}", "", *body])


def _public(seed: int, papers: list[Paper]) -> list[str]:
    first, last = SEEDS_OF_A * seed, SEEDS_OF_A * (seed + 1) - 1
    sick, cured = (_counted(papers, state) for state in ("sick", "cured"))
    right = sum(paper.right(cases("A")[paper.case].answers) for paper in sick)
    silent = sum(not paper.said for paper in cured)
    return [
        f"`python -m tools.doctor_exams A --seed {seed} --write`: runs that people have asked about in public, sick "
        f"and cured, with the seeds {first} to {last}. {CRITERION}",
        "",
        f"The true cause, or one whose cure is as right, is first or second in {_share(right, len(sick))} of the sick "
        f"runs that count; the doctor is silent above a note in {_share(silent, len(cured))} of their cured twins. "
        f"{len(papers) // 2 - len(sick)} of {len(papers) // 2} pairs do not count.",
        "",
        "| case | setting | cause | count | right | said of the sick | cured: silent | said of the cured |",
        "|---|---|---|---|---|---|---|---|",
        *(_public_row(case, papers) for case in cases("A").values()),
        "",
        "What differs from the case as it was asked: "
        + "; ".join(f"{case.name}: {case.differs}" for case in cases("A").values() if case.differs)
        + ".",
        "",
    ]


def _public_row(case: Any, papers: list[Paper]) -> str:
    own = [paper for paper in papers if paper.case == case.name]
    sick, cured = (_counted(own, state) for state in ("sick", "cured"))
    right = sum(paper.right(case.answers) for paper in sick)
    silent = sum(not paper.said for paper in cured)
    cause = ", ".join([f"**{case.cause}**", *case.equivalents])
    return (
        f"| {case.name} | {case.setting} | {cause} | {len(sick)} of {len(own) // 2} | {right} | {_said(sick)} | "
        f"{silent} | {_said(cured)} |"
    )


def _zoo(seed: int, papers: list[Paper]) -> list[str]:
    sick, cured = (_counted(papers, state) for state in ("sick", "cured"))
    right = sum(paper.right(cases("B")[paper.case].answers) for paper in sick)
    silent = sum(not paper.said for paper in cured)
    rows = []
    for paper in (paper for paper in papers if paper.state == "sick"):
        case = cases("B")[paper.case]
        mark = ("right" if paper.right(case.answers) else "missed") if paper.counts else "does not count"
        cause = ", ".join([f"**{case.cause}**", *case.equivalents])
        rows.append(f"| {case.name} | {case.family} | {cause} | {_said([paper])} | {mark} |")
    return [
        f"`python -m tools.doctor_exams B --seed {seed} --write`: every case of `layerwise doctor --zoo`, its data, "
        f"depth, width, optimizer and first weights drawn by the seed. {CRITERION}",
        "",
        f"First or second is the true cause, or one whose cure is as right, in {_share(right, len(sick))} of the cases "
        f"that count; of their cured twins the doctor says nothing above a note in {_share(silent, len(cured))}.",
        "",
        "| case | network | cause | said | |",
        "|---|---|---|---|---|",
        *rows,
        "",
    ]


def _healthy(seed: int, papers: list[Paper]) -> list[str]:
    from tools.doctor_exams.healthy import HOPELESS

    counted = [paper for paper in papers if paper.counts]
    silent = sum(not paper.said for paper in counted)
    fired = Counter(code for paper in counted for code in paper.said)
    noted = Counter(code for paper in counted for code in paper.noted)
    hopeless = [paper for paper in counted if paper.state == "hopeless"]
    no_signal = sum("no-signal" in paper.said + paper.noted for paper in hopeless)
    return [
        f"`python -m tools.doctor_exams C --seed {seed} --write`. A run is healthy where its network has a skill of "
        f"{WELL:g} or more on rows that it has not seen, and a validation loss that ends no more than {BACK:g} of its "
        f"way down back up. {len(hopeless)} runs are hopeless: their labels are drawn, and the skill stays below "
        f"{HOPELESS:g}. To say that there is no signal (`no-signal`) is right there; above a note it counts as a "
        "firing all the same.",
        "",
        f"The doctor says nothing above a note in {_share(silent, len(counted))} of the runs that are as stated "
        f"({len(papers) - len(counted)} of {len(papers)} were not); of the hopeless ones it says in "
        f"{no_signal} of {len(hopeless)} that there is no signal.",
        "",
        "| code | above a note | as a note |",
        "|---|---|---|",
        *(
            f"| {code} | {_share(fired[code], len(counted))} | {_share(noted[code], len(counted))} |"
            for code in sorted({*fired, *noted}, key=lambda code: (-fired[code], -noted[code], code))
        ),
        "",
        "All other rules were silent in all of them.",
        "",
        "| run | skill | said above a note | noted |",
        "|---|---|---|---|",
        *(
            f"| {paper.case} ({paper.state}{'' if paper.counts else ', not as stated'}) | {paper.skill:.2f} | "
            f"{', '.join(paper.said) or '-'} | {', '.join(paper.noted) or '-'} |"
            for paper in papers
        ),
        "",
    ]


def _counted(papers: list[Paper], state: str) -> list[Paper]:
    return [paper for paper in papers if paper.state == state and paper.counts]


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "none"


def _said(papers: list[Paper]) -> str:
    """What was said, each with how often."""
    found = Counter(", ".join(paper.said[:2]) or "nothing" for paper in papers)
    if len(papers) == 1:
        return next(iter(found))
    return "; ".join(f"{words} ({count})" for words, count in found.most_common())


def placed(text: str, record: dict[str, Any]) -> str:
    """The page with the sections of all exams that are in the record between its two marks; without any, as it is."""
    if not record:
        return text
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    sections = [
        section(exam, record[exam]["seed"], [Paper(**paper) for paper in record[exam]["papers"]])
        for exam in sorted(record)
    ]
    return f"{before}{begin}\n\n" + "\n".join([*sections, end + after])
