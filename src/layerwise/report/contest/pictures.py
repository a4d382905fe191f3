"""The pictures of a comparison: skills, growth, importance, calibration, and what is answered outside the range."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from layerwise.comparison.contest import Comparison
from layerwise.comparison.contest.models import DUMMY, MODELS, NETWORK
from layerwise.plots import dots, lines, reliability_diagram, style
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = 12
_WORST = -1.0
"""Skills further down are drawn there: a model that is this bad needs no exact place."""


@dataclass(frozen=True)
class Picture:
    """heading: of its part of the page. caption: what is to be seen. axes: as drawn."""

    heading: str
    caption: str
    axes: Axes

    def html(self) -> str:
        """The picture in the page itself, as PNG."""
        content = io.BytesIO()
        figure = self.axes.get_figure(root=True)
        assert figure is not None
        figure.savefig(content, format="png", facecolor=figure.get_facecolor(), metadata={"Software": None})
        image, caption = base64.b64encode(content.getvalue()).decode(), escape(self.caption)
        return (
            f'<figure><img alt="{caption}" src="data:image/png;base64,{image}">'
            f"<figcaption>{caption}</figcaption></figure>"
        )


def skills(result: Comparison) -> Axes | None:
    """A row a model: a dot for each fold, and a stroke at the mean, from the dummy, 0, to perfect, 1."""
    names = [name for name, score in result.scores.items() if not score.failure and name != DUMMY]
    if result.folds_done < 2 or not names:
        return None
    rows = [np.maximum(_of_folds(result, name), _WORST) for name in names]
    return dots(names, {"folds": rows}, label="skill: 0 a dummy, 1 perfect", bold=[NETWORK])


def _of_folds(result: Comparison, name: str) -> Array:
    """The skill of a model on each fold, beside the mean of the dummy."""
    own = [trial.gain for trial in result.trials if trial.model == name and trial.fold < result.folds_done]
    dummy = float(np.mean([trial.gain for trial in result.trials if trial.model == DUMMY]))
    return (np.array(own) - dummy) / (result.measure.perfect - dummy)


def pictures(result: Comparison) -> Iterator[Picture]:
    """Those of what was looked at."""
    if len(result.growth) > 1:
        yield Picture(
            "More rows", "Trained on ever more rows, untuned, the mean over two folds.", _growth(result)
        )  # fmt: skip
    if result.importances:
        caption = f"What is lost when a column is shuffled among the test rows, in {result.measure.name}."
        yield Picture("What each column is worth", caption, _importance(result))
    if result.beyond is not None:
        yield Picture("Outside the range", _beyond_caption(result), _beyond(result))
    if any(score.reliability for score in result.scores.values()):
        caption = "On the diagonal what a model says is what happens; below it, it promises too much."
        yield Picture("Calibration", caption, _calibration(result))
    if result.folds_done >= 2:
        caption = "The time of one untuned fit, and how far it gets: what is best where computation is limited."
        yield Picture("Limited computation", caption, _limited(result))


def _growth(result: Comparison) -> Axes:
    measure = result.measure
    names = sorted(result.growth[0].gains, key=lambda name: MODELS[name].rank)
    curves = {name: [measure.score(step.gains[name]) for step in result.growth] for name in names}
    return lines([step.rows for step in result.growth], curves, labels=("rows to train on", measure.name), log="x")


def _importance(result: Comparison) -> Axes:
    shown = result.importances[:_COLUMNS]
    names = sorted(shown[0].lost, key=lambda name: MODELS[name].rank)
    kinds = {name: [each.lost[name] for each in shown] for name in names}
    return dots([_short(each.column) for each in shown], kinds, label=f"lost {result.measure.name}")


def _short(name: str) -> str:
    return name if len(name) <= 22 else f"{name[:21]}…"


def _beyond(result: Comparison) -> Axes:
    beyond = result.beyond
    assert beyond is not None
    chosen = [name for name in ("linear", _best_of_trees(result), NETWORK) if name in beyond.answers]
    answered = f"probability of {beyond.class_name}" if beyond.class_name else "answer"
    ax = lines(beyond.at, {name: beyond.answers[name] for name in chosen}, labels=(beyond.column, answered))
    ax.axvspan(beyond.edge, max(beyond.at), color=style.LINE, alpha=0.35, linewidth=0, zorder=0)
    return ax


def _best_of_trees(result: Comparison) -> str:
    names = [name for name in ("tree", "forest", "boosting") if name in result.scores]
    return max(names, key=lambda name: np.nan_to_num(result.scores[name].skill, nan=-np.inf), default="")


def _beyond_caption(result: Comparison) -> str:
    assert result.beyond is not None
    return (
        f"Answers when {result.beyond.column} alone goes on and all else stays in the middle; in the grey part no row "
        "was learnt from."
    )


def _calibration(result: Comparison) -> Axes:
    tables = {name: score.reliability for name, score in result.scores.items() if score.reliability and name != DUMMY}
    best = [result.best, NETWORK, "linear", *sorted(tables, key=lambda name: -result.scores[name].skill)]
    chosen = list(dict.fromkeys(name for name in best if name in tables))[:3]
    return reliability_diagram({name: tables[name] for name in chosen})


def _limited(result: Comparison) -> Axes:
    """A point a model, with its name beside it."""
    scores = [score for score in result.scores.values() if not score.failure and score.model != DUMMY]
    ax = style.new_axes(6.4, 3.4)
    style.dress(ax, "", "seconds of one untuned fit", f"{result.measure.name}, untuned")
    ax.set_xscale("log")
    for score in scores:
        number = 1 if score.model == NETWORK else 0
        ax.scatter(
            score.untuned_seconds, score.untuned, s=44, c=style.CLASSES[number], marker=style.MARKERS[number],
            linewidths=0, zorder=3,
        )  # fmt: skip
        ax.annotate(
            score.model, (score.untuned_seconds, score.untuned), xytext=(7, 4), textcoords="offset points",
            fontsize=style.LABEL, fontfamily=style.FONT, color=style.INK,
        )  # fmt: skip
    ax.margins(x=0.14, y=0.12)
    ax.grid(True, which="major", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    return ax
