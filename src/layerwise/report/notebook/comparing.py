"""The answer to the question whether a network is the right tool, in a notebook."""

from __future__ import annotations

from layerwise.comparison.contest.comparison import Comparison
from layerwise.comparison.contest.models import MODELS
from layerwise.comparison.contest.text import closer, cost_cells, failures, rules, score_cells
from layerwise.comparison.result import ClassResult, QuantityResult
from layerwise.report.notebook.form import html
from layerwise.report.notebook.fragment import card, folded, letters, paragraph, table, title
from layerwise.report.text import result_lines


@html.register
def comparison(found: Comparison) -> str:
    """The verdict first, then alarms, the scores, and folded what they cost and how it was played."""
    take = f"Take {MODELS[found.best].title}." if found.best else ""
    scores, costs = score_cells(found), cost_cells(found)
    figures = set(range(1, len(scores[0])))
    return card(
        title(f"Verdict: {found.verdict}", take),
        *(paragraph(text) for text in (*found.judgement.sentences, *closer(found))),
        *(paragraph(f"Alarm ({alarm.code}): {alarm.sentence}", "wrong") for alarm in found.alarms),
        table(scores[0], scores[1:], right=figures),
        *(paragraph(text.strip(), "soft") for text in failures(found)),
        folded("What they cost", table(costs[0], costs[1:], right=set(range(1, len(costs[0]))))),
        folded("The rules", "".join(paragraph(text, "soft") for text in rules(found))),
    )


@html.register
def class_result(result: ClassResult) -> str:
    """Accuracy with its interval and rivals, the confusion matrix and the worst mistakes, as in a terminal."""
    return card(title("Test of a classifier", f"{result.samples:,} samples"), letters(_lines(result)))


@html.register
def quantity_result(result: QuantityResult) -> str:
    """The error with its interval and rivals."""
    return card(title(f"Test of {result.target}", f"{result.samples:,} samples"), letters(_lines(result)))


def _lines(result: ClassResult | QuantityResult) -> str:
    return "\n".join(result_lines(result))
