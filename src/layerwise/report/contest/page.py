"""A comparison as a page of its own: one file, no scripts, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from layerwise import pages
from layerwise.comparison.contest import Comparison
from layerwise.comparison.contest.models import MODELS, NETWORK
from layerwise.comparison.contest.text import closer, cost_cells, failures, rules, score_cells
from layerwise.pages import Markup, element
from layerwise.report.contest.pictures import Picture, pictures, skills
from layerwise.wording import quantity

_ROWS = 15
"""Of the tables of columns."""


def page(result: Comparison, name: str) -> str:
    """The whole page. name: of the data, for the title."""
    title = f"{name}: {result.verdict}" + (f", take {MODELS[result.best].title}" if result.best else "")
    above = skills(result)
    why = closer(result)
    return pages.page(
        title,
        element("h1", title),
        *_paragraphs(result.judgement.sentences, "prose"),
        *(element("p", element("b", f"Alarm, {each.code}. "), each.sentence, class_="alarm") for each in result.alarms),
        element("h2", "How good each model is"),
        None if above is None else Picture("", "A dot a fold, a stroke at their mean.", above).shown(),
        _scores(score_cells(result)),
        *_paragraphs(failures(result)),
        element("h2", "What each model costs"),
        _scores(cost_cells(result)),
        *([element("h2", "Why"), *_paragraphs(why, "prose")] if why else []),
        *(part for each in pictures(result) for part in (element("h2", each.heading), each.shown())),
        *_coefficients(result),
        *_shapes(result),
        element("h2", "Under which rules"),
        *_paragraphs(rules(result), "small prose"),
    )


def _coefficients(result: Comparison) -> Iterator[Markup]:
    """What each column is worth to the linear model."""
    if not result.importances or result.importances[0].coefficient is None:
        return
    several = len(result.classes) > 2
    head = ["column", "size of its coefficients" if several else "coefficient"]
    ordered = sorted(result.importances, key=lambda each: -abs(each.coefficient or 0.0))
    rows = [[each.column, quantity(each.coefficient or 0.0)] for each in ordered[:_ROWS]]
    towards = f", towards {result.classes[1]}" if len(result.classes) == 2 else ""
    note = f"Of the linear model, for one standard deviation of the column{towards}" + _rest(len(ordered))
    yield from (element("h2", "Coefficients"), _figures(head, rows), element("p", note, class_="small"))


def _shapes(result: Comparison) -> Iterator[Markup]:
    """How the numbers of each column lie."""
    if not result.shapes:
        return
    head = ["column", "skewness", "excess kurtosis", "far out", "gaps", "values"]
    ordered = sorted(result.shapes, key=lambda each: -abs(each.skewness))
    rows = [
        [
            each.column, f"{each.skewness:.2f}", f"{each.kurtosis:.2f}", f"{100 * each.far:.1f} %",
            f"{100 * each.gaps:.1f} %", f"{each.different:,}",
        ]
        for each in ordered[:_ROWS]
    ]  # fmt: skip
    note = "Far out: more than 5 robust standard deviations from the median" + _rest(len(result.shapes))
    yield from (element("h2", "Shape of the columns"), _figures(head, rows), element("p", note, class_="small"))


def _rest(count: int) -> str:
    return "." if count <= _ROWS else f"; the first {_ROWS} of {count} columns."


def _paragraphs(sentences: Iterable[str], kind: str | None = None) -> list[Markup]:
    return [element("p", sentence, class_=kind) for sentence in sentences]


def _scores(rows: Sequence[Sequence[str]]) -> Markup:
    """A row a model; the network's is strong."""
    head, *body = rows
    strong = [[element("b", cell) for cell in row] if row[0] == NETWORK else row for row in body]
    return pages.table(strong, head, figures=range(1, len(head)))


def _figures(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    return pages.table(rows, head, figures=range(1, len(head)))
