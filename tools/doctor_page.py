"""Write docs/doctor.md from the registry of the doctor's rules, or see whether it holds.

    python -m tools.doctor_page [--write]

Without --write the page stays as it is, and the exit code is 1 if it no longer holds. The part between the two marks,
the record of the exams, is left as it is.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from layerwise.insight.doctor.codes import CODES, KINDS
from layerwise.insight.doctor.ranking import MOST
from layerwise.insight.doctor.rule import Rule, rules

PAGE = Path(__file__).resolve().parents[1] / "docs" / "doctor.md"
BEGIN, END = "<!-- exams: begin -->", "<!-- exams: end -->"

_HEAD = """\
# The doctor

<!-- Written by python -m tools.doctor_page --write, from the rules themselves; the exams are written by their own
tool. -->

```python
report = lw.doctor(net, data.train, loss=loss, optimizer=optimizer, validation=data.validation)  # what fit takes
print(report)  # or report.findings, report.to_json()
report.findings[0].confirm()  # runs the experiment that speaks for or against it

lw.fit(..., listeners=[lw.Doctor()])  # live, within a run
```

On the command line: `layerwise doctor RUN`, and `layerwise train --doctor`; see [command-line.md](command-line.md). A
learner's own update goes in as `step=`, a function `step(net, x, target)`: it then trains in place of the library,
and is compared with the exact update of the loss and the optimizer that are given.

## What it does

**Before** the first step it reads the setup and tries it on copies: the layers, the loss and the targets beside each
other, the loss at the start, rows alone and in their batch, two evaluations of the same rows, the gradient beside the
slope. **During** the run it keeps the loss of every update, and looks at updates 1, 2, 4, 8 and so on. **After** it,
it asks how much has been learnt.

That is one number, the *skill*: 0 is what an answer has that looks at no input, 1 is all of it; for labels (accuracy
- top) / (1 - top), with the share `top` of the commonest answer, for quantities R². The doctor computes it by itself,
since loss and metric may be what is sick. Beside it stands what *simple methods* reach: nearest neighbours and a
penalised straight line, each row answered by the others. A run has *failed* where its skill on training rows is less
than half of theirs; it is *behind* where it is 0.15 less. Where they reach nothing (up to 0.05 + 1.5/√N, which is
chance), a run has failed if the network can not even learn sixteen rows by heart; if it can, there is no signal in
the data, and that is told as a note.

Where a run has failed or is behind, the doctor *tries*: the same run with another rate, scaled inputs, fresh weights,
no penalty, other activations, for up to {updates:,} updates (of a large network {fewest}) from the same start. A
change that brings half of what was
left to learn, and more than 0.15, names the cause. A sign, such as a dead layer, is told after its cause, as its
consequence.

## What a finding is

`code`, `severity`, `sentence`, `evidence` (measured, expected, their ratio), `suspect` (the line of the setup to look
at), `cures` (any of them will do), `sure`, `follows_from`, and `confirm()`.

| severity | means |
| --- | --- |
| sick | the run can not do what it was set up for |
| warning | it does it worse than it could |
| note | worth knowing, no disease |

| sure | means |
| --- | --- |
| certain | an identity holds to the last digits |
| likely | the cure was tried and helped, or the numbers are those of this cause and of few others |
| possible | one of several causes that look alike |

**The ranking.** Heavier severities come first, then what is surer, then causes before signs, in the order of the
tables below. What follows from a cause that was found is a note and says from which. Above a note are {most} findings
at the most: what comes after them is told as a note. """

_TITLES = {
    "structure": "The structure of the setup",
    "mathematics": "The mathematics",
    "data": "The data",
    "setting": "The settings",
    "sign": "Signs",
}


def page(exams: str) -> str:
    """The whole page. exams: what stands between the marks."""
    from layerwise.insight.doctor.trial import FEWEST
    from layerwise.insight.doctor.trial import MOST as UPDATES

    parts = [_HEAD.format(fewest=FEWEST, updates=UPDATES, most=MOST), f"## The {len(rules())} rules\n"]
    for kind in KINDS:
        parts.append(f"### {_TITLES[kind]}\n")
        parts += [_section(rules()[code]) for code, what in CODES.items() if what.kind == kind]
    parts.append("## The exams\n")
    return "\n".join(parts) + f"\n{BEGIN}{exams}{END}\n"


def _section(rule: Rule) -> str:
    """A rule, as a paragraph of four lines."""
    follows = f"- explains: {', '.join(f'`{code}`' for code in rule.explains)}\n" if rule.explains else ""
    return (
        f"**`{rule.code}`**: {CODES[rule.code].name} ({rule.phase})\n\n"
        f"- looks at: {rule.looks_at}\n- speaks where: {rule.threshold}\n- because: {rule.reason}\n{follows}"
    )


def kept(text: str) -> str:
    """What stands between the marks of a page; empty lines where there is none yet."""
    return text.partition(BEGIN)[2].partition(END)[0] if BEGIN in text else "\n\nNot run yet.\n\n"


def main() -> int:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/doctor.md")
    chosen = parser.parse_args()
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    text = page(kept(before))
    if chosen.write:
        PAGE.write_text(text, encoding="utf-8")
    if before != text and not chosen.write:
        print("docs/doctor.md is not what the rules say: python -m tools.doctor_page --write")
        return 1
    print(f"{len(rules())} rules")
    return 0


if __name__ == "__main__":
    sys.exit(main())
