"""The pictures of a comparison: skills, growth, importance, calibration, and what is answered outside the range."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.comparison.contest import Comparison
from layerwise.comparison.contest.beyond import best_of_trees
from layerwise.comparison.contest.models import DUMMY, NETWORK
from layerwise.pages import Markup, element
from layerwise.pages.image import address_of
from layerwise.plots import dots, lines, reliability_diagram, style
from layerwise.plots.scales import mark_logarithmic
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = 12
_FULL = 6.4
"""Inches of a picture that takes the width of the page."""
_LOOKS = {"linear": 0, NETWORK: 1, "boosting": 2, "forest": 3, "tree": 4, "neighbours": 5}
"""Which of the colours and markers a model has where all are drawn."""
_WORST = -1.0
"""Skills further down are drawn there: a model that is this bad needs no exact place."""


@dataclass(frozen=True)
class Picture:
    """heading: of its part of the page. caption: what is to be seen. axes: as drawn."""

    heading: str
    caption: str
    axes: Axes

    def shown(self) -> Markup:
        """The picture in the page itself, as PNG, as wide as it is beside one that takes the whole width."""
        content = io.BytesIO()
        figure = self.axes.get_figure(root=True)
        assert figure is not None
        figure.savefig(content, format="png", facecolor=figure.get_facecolor(), metadata={"Software": None})
        width = f"width: {100 * float(figure.get_figwidth()) / _FULL:.0f}%"
        image = element("img", alt=self.caption, style=width, src=address_of(content.getvalue()))
        return element("figure", image, element("figcaption", self.caption))


def skills(result: Comparison) -> Axes | None:
    """A row a model: a dot for each fold, and a stroke at the mean, from the dummy, 0, to perfect, 1."""
    names = [name for name, score in result.scores.items() if not score.failure and name != DUMMY]
    if result.folds_done < 2 or not names:
        return None
    rows = {name: np.maximum(_of_folds(result, name), _WORST) for name in names}
    kinds: dict[str, list[Any]] = {
        "traditional": [[] if name == NETWORK else rows[name] for name in names],
        "network": [rows[name] if name == NETWORK else [] for name in names],
    }
    return dots(names, kinds, label="skill: 0 a dummy, 1 perfect", bold=[NETWORK])


def _of_folds(result: Comparison, name: str) -> Array:
    """The skill of a model on each fold, beside the mean of the dummy."""
    own = [trial.gain for trial in result.trials if trial.model == name and trial.fold < result.folds_done]
    dummy = float(np.mean([trial.gain for trial in result.trials if trial.model == DUMMY]))
    return (np.array(own) - dummy) / (result.measure.perfect - dummy)


def pictures(result: Comparison) -> Iterator[Picture]:
    """Those of what was looked at."""
    if len(result.growth) > 1:
        yield Picture("More rows", "Trained on ever more rows, untuned, the mean over two folds.", _growth(result))
    if result.importances:
        caption = "What it costs to shuffle a column among the test rows."
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
    names = _ordered(result.growth[0].gains)
    curves = {name: [measure.score(step.gains[name]) for step in result.growth] for name in names}
    rows = [step.rows for step in result.growth]
    ax = lines(rows, curves, labels=("rows to train on", measure.name), log="x")
    for line in ax.lines:
        line.set(marker="o", markersize=5)
    ax.set_xticks(rows, labels=[f"{count:,}" for count in rows])
    return ax


def _importance(result: Comparison) -> Axes:
    shown = result.importances[:_COLUMNS]
    names = _ordered(shown[0].lost)
    kinds = {name: [each.lost[name] for each in shown] for name in names}
    verb = "lost" if result.measure.rising else "added"
    return dots([_short(each.column) for each in shown], kinds, label=f"{result.measure.name} {verb}")


def _ordered(names: Iterable[str]) -> list[str]:
    """The linear model and the network first, so that they have the same colours everywhere."""
    return sorted(names, key=lambda name: _LOOKS[name])


def _short(name: str) -> str:
    return name if len(name) <= 22 else f"{name[:21]}…"


def _beyond(result: Comparison) -> Axes:
    beyond = result.beyond
    assert beyond is not None
    chosen = _ordered(name for name in ("linear", best_of_trees(beyond), NETWORK) if name in beyond.answers)
    answered = f"probability of {beyond.class_name}" if beyond.class_name else "answer"
    ax = lines(beyond.at, {name: beyond.answers[name] for name in chosen}, labels=(beyond.column, answered))
    ax.axvspan(beyond.edge, max(beyond.at), color=style.LINE, alpha=0.35, linewidth=0, zorder=0)
    return ax


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
    return reliability_diagram({name: tables[name] for name in _ordered(chosen)})


def _limited(result: Comparison) -> Axes:
    """A point a model."""
    scores = {name: result.scores[name] for name in _ordered(name for name in result.scores if name != DUMMY)}
    ax = style.new_axes(6.4, 3.6)
    style.dress(ax, "", "seconds of one untuned fit", f"{result.measure.name}, untuned")
    drawn = [
        ax.scatter(
            score.untuned_seconds, score.untuned, s=50 * style.MARKER_SIZES[_LOOKS[name]], label=name, linewidths=0,
            c=style.CLASSES[_LOOKS[name]], marker=style.MARKERS[_LOOKS[name]], zorder=3,
        )
        for name, score in scores.items() if not score.failure
    ]  # fmt: skip
    ax.set_xscale("log")
    mark_logarithmic(ax.xaxis, *ax.dataLim.intervalx)
    ax.margins(x=0.08, y=0.12)
    ax.grid(True, which="major", color=style.LINE, linewidth=0.6, linestyle="solid", alpha=0.7)
    style.key(ax, drawn)
    return ax
