"""A comparison as a page of its own: one file, no scripts, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layerwise import pages
from layerwise.comparison.contest.comparison import Comparison
from layerwise.comparison.contest.models import DUMMY, MODELS
from layerwise.comparison.contest.text import closer, cost_cells, failures, rules, score_cells
from layerwise.pages import NOTHING, Markup, element
from layerwise.types import Array

_STYLE = """
.skills { width: 100%; min-width: 560px; height: auto; font: 13px var(--font-text); margin-bottom: var(--s3); }
.skills text { fill: var(--ink); } .skills .soft { fill: var(--ink-soft); } .skills .grid { stroke: var(--line); }
.skills .network { fill: var(--accent); stroke: var(--accent); }
.skills .other { fill: var(--ink-soft); stroke: var(--ink-soft); }
"""


def page(result: Comparison, name: str) -> str:
    """The whole page. name: of the data, for the title."""
    title = f"{name}: {result.verdict}" + (f", take {MODELS[result.best].title}" if result.best else "")
    return pages.page(
        title,
        element("h1", title),
        *(element("p", sentence, class_="prose") for sentence in (*result.judgement.sentences, *closer(result))),
        *(element("p", element("b", f"Alarm, {each.code}. "), each.sentence, class_="alarm") for each in result.alarms),
        element("h2", "How good each model is"),
        _skills(result),
        _table(score_cells(result)),
        *(element("p", line) for line in failures(result)),
        element("h2", "What each model costs"),
        _table(cost_cells(result)),
        element("h2", "Under which rules"),
        *(element("p", sentence, class_="small prose") for sentence in rules(result)),
        styles=[_STYLE],
    )


def _table(rows: Sequence[Sequence[str]]) -> Markup:
    head, *body = rows
    return pages.table(body, head, figures=range(1, len(head)))


_LEFT, _WIDTH, _ROW = 100, 700, 28


def _skills(result: Comparison) -> Markup:
    """A row a model: a dot for each fold, and a stroke at the mean, from the dummy, 0, to perfect, 1."""
    names = [name for name, score in result.scores.items() if not score.failure and name != DUMMY]
    if result.folds_done < 2 or not names:
        return NOTHING
    skills = {name: _of_folds(result, name) for name in names}
    low = min(0.0, max(-1.0, float(min(each.min() for each in skills.values()))))
    height = _ROW * len(names) + 44

    def across(skill: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - 16) * (max(skill, low) - low) / (1 - low)

    parts = []
    for mark in [0.0, 0.25, 0.5, 0.75, 1.0]:
        x = across(mark)
        parts.append(element("line", class_="grid", x1=x, y1=4, x2=x, y2=height - 38))
        parts.append(element("text", f"{mark:g}", class_="soft", x=x, y=height - 22, text_anchor="middle"))
    words = "skill: 0 a dummy, 1 perfect; a dot a fold, a stroke the mean"
    parts.append(element("text", words, class_="soft", x=across(0.5), y=height - 5, text_anchor="middle"))
    for place, name in enumerate(names):
        y, kind = 4 + _ROW * (place + 0.5), "network" if MODELS[name].kind == "network" else "other"
        x = across(float(skills[name].mean()))
        parts.append(element("text", name, x=0, y=y + 4))
        parts += [
            element("circle", class_=kind, cx=across(each), cy=y, r=4, fill_opacity=0.35) for each in skills[name]
        ]
        parts.append(element("line", class_=kind, stroke_width=3, x1=x, y1=y - 9, x2=x, y2=y + 9))
    box, words = f"0 0 {_WIDTH} {height}", "Skill of each model on each fold"
    return element(
        "div", element("svg", *parts, class_="skills", viewBox=box, role="img", aria_label=words), class_="wide"
    )


def _of_folds(result: Comparison, name: str) -> Array:
    """The skill of a model on each fold, beside the mean of the dummy."""
    own = [trial.gain for trial in result.trials if trial.model == name and trial.fold < result.folds_done]
    dummy = float(np.mean([trial.gain for trial in result.trials if trial.model == DUMMY]))
    return (np.array(own) - dummy) / (result.measure.perfect - dummy)
