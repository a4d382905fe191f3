"""A comparison as a page of its own: one file, no scripts, nothing fetched."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from layerwise.comparison.contest.comparison import Comparison
from layerwise.comparison.contest.models import DUMMY, MODELS
from layerwise.comparison.contest.text import closer, cost_cells, failures, rules, score_cells
from layerwise.types import Array

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2433; --soft: #5b6472; --line: #d7dbe2; --page: #ffffff; --net: #b3480a;
  --other: #2f5da8; --warn: #fff4e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #a4adbb; --line: #3a4150; --page: #161a22;
  --net: #f0935a; --other: #8fb4f5; --warn: #3a2d16; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 46rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; } .soft { color: var(--soft); font-size: .875rem; }
.alarm { background: var(--warn); border-left: .25rem solid var(--net); padding: .5rem .75rem; margin: .75rem 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; } th { font-weight: 600; }
svg { width: 100%; height: auto; display: block; } svg text { font: 13px system-ui, sans-serif; fill: var(--ink); }
svg .soft { fill: var(--soft); } svg .grid { stroke: var(--line); }
.net { fill: var(--net); stroke: var(--net); } .other { fill: var(--other); stroke: var(--other); }
"""


def page(result: Comparison, name: str) -> str:
    """The whole page. name: of the data, for the title."""
    title = f"{name}: {result.verdict}" + (f", take {MODELS[result.best].title}" if result.best else "")
    alarms = "".join(
        f'<p class="alarm"><b>Alarm, {_text(each.code)}.</b> {_text(each.sentence)}</p>' for each in result.alarms
    )
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{_text(title)}</title>',
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{_STYLE}</style>',
            f"<h1>{_text(title)}</h1>",
            *(f"<p>{_text(sentence)}</p>" for sentence in (*result.judgement.sentences, *closer(result))),
            alarms,
            "<h2>How good each model is</h2>",
            _skills(result),
            _table(score_cells(result)),
            *(f"<p>{_text(line)}</p>" for line in failures(result)),
            "<h2>What each model costs</h2>",
            _table(cost_cells(result)),
            "<h2>Under which rules</h2>",
            *(f'<p class="soft">{_text(sentence)}</p>' for sentence in rules(result)),
            "</html>",
            "",
        ]
    )


def _text(text: str) -> str:
    return html.escape("".join(letter if letter.isprintable() else "?" for letter in text))


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = ["<tr>" + "".join(f"<th>{_text(cell)}</th>" for cell in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in body]
    return '<div class="wide"><table>\n' + "\n".join(lines) + "\n</table></div>"


_LEFT, _WIDTH, _ROW = 100, 700, 28


def _skills(result: Comparison) -> str:
    """A row a model: a dot for each fold, and a stroke at the mean, from the dummy, 0, to perfect, 1."""
    names = [name for name, score in result.scores.items() if not score.failure and name != DUMMY]
    if result.folds_done < 2 or not names:
        return ""
    skills = {name: _of_folds(result, name) for name in names}
    low = min(0.0, max(-1.0, float(min(each.min() for each in skills.values()))))
    height = _ROW * len(names) + 44

    def across(skill: float) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - 16) * (max(skill, low) - low) / (1 - low), 1)

    parts = [f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Skill of each model on each fold">']
    for mark in [0.0, 0.25, 0.5, 0.75, 1.0]:
        x = across(mark)
        parts.append(f'<line class="grid" x1="{x}" y1="4" x2="{x}" y2="{height - 38}"/>')
        parts.append(f'<text class="soft" x="{x}" y="{height - 22}" text-anchor="middle">{mark:g}</text>')
    parts.append(
        f'<text class="soft" x="{across(0.5)}" y="{height - 5}" text-anchor="middle">skill: 0 a dummy, 1 perfect; '
        "a dot a fold, a stroke the mean</text>"
    )
    for place, name in enumerate(names):
        y, kind = 4 + _ROW * (place + 0.5), "net" if MODELS[name].kind == "network" else "other"
        parts.append(f'<text x="0" y="{y + 4}">{_text(name)}</text>')
        parts += [
            f'<circle class="{kind}" cx="{across(each)}" cy="{y}" r="4" fill-opacity="0.35"/>' for each in skills[name]
        ]
        x = across(float(skills[name].mean()))
        parts.append(f'<line class="{kind}" stroke-width="3" x1="{x}" y1="{y - 9}" x2="{x}" y2="{y + 9}" />')
    return "\n".join([*parts, "</svg>"])


def _of_folds(result: Comparison, name: str) -> Array:
    """The skill of a model on each fold, beside the mean of the dummy."""
    own = [trial.gain for trial in result.trials if trial.model == name and trial.fold < result.folds_done]
    dummy = float(np.mean([trial.gain for trial in result.trials if trial.model == DUMMY]))
    return (np.array(own) - dummy) / (result.measure.perfect - dummy)
