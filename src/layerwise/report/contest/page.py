"""A comparison as a page of its own: one file, no scripts, nothing fetched."""

from __future__ import annotations

import html
from collections.abc import Sequence

from layerwise.comparison.contest import Comparison
from layerwise.comparison.contest.models import MODELS, NETWORK
from layerwise.comparison.contest.text import closer, cost_cells, failures, rules, score_cells
from layerwise.plots import style
from layerwise.report.contest.pictures import Picture, pictures, skills
from layerwise.wording import quantity

_ROWS = 15
"""Of the tables of columns."""

_STYLE = f"""
body {{ font: 16px/1.55 "DejaVu Sans", Verdana, sans-serif; color: {style.INK}; background: {style.GROUND};
  max-width: 48rem; margin: 2.5rem auto; padding: 0 1.2rem; }}
h1 {{ font-size: 1.5rem; font-weight: 600; line-height: 1.3; margin: 0 0 .8rem; }}
h2 {{ font-size: 1.1rem; font-weight: 600; margin: 2.4rem 0 .5rem; }}
p {{ margin: .45rem 0; }} .soft, figcaption {{ color: {style.INK_SOFT}; font-size: .875rem; }}
.alarm {{ background: {style.SURFACE}; border-left: .25rem solid {style.POSITIVE}; padding: .6rem .9rem;
  margin: .8rem 0; }}
.wide {{ overflow-x: auto; margin: .6rem 0; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .85rem; }}
th, td {{ text-align: right; padding: .28rem .6rem; border-bottom: 1px solid {style.LINE}; white-space: nowrap; }}
th:first-child, td:first-child {{ text-align: left; padding-left: 0; }}
th {{ font-weight: 400; color: {style.INK_SOFT}; }} tr.network td {{ font-weight: 600; }}
figure {{ margin: .8rem 0 1.2rem; }} img {{ max-width: 100%; border: 1px solid {style.LINE}; }}
"""


def page(result: Comparison, name: str) -> str:
    """The whole page. name: of the data, for the title."""
    title = f"{name}: {result.verdict}" + (f", take {MODELS[result.best].title}" if result.best else "")
    alarms = [f'<p class="alarm"><b>Alarm, {_text(a.code)}.</b> {_text(a.sentence)}</p>' for a in result.alarms]
    above = skills(result)
    caption = "A dot a fold, a stroke at their mean."
    why = closer(result)
    parts = [
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{_text(title)}</title>',
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{_STYLE}</style>',
        f"<h1>{_text(title)}</h1>",
        *_paragraphs(result.judgement.sentences),
        *alarms,
        "<h2>How good each model is</h2>",
        "" if above is None else Picture("", caption, above).html(),
        _table(score_cells(result)),
        *_paragraphs(failures(result)),
        "<h2>What each model costs</h2>",
        _table(cost_cells(result)),
        *(["<h2>Why</h2>", *_paragraphs(why)] if why else []),
        *(f"<h2>{_text(each.heading)}</h2>{each.html()}" for each in pictures(result)),
        *_columns(result),
        "<h2>Under which rules</h2>",
        *_paragraphs(rules(result), "soft"),
        "</html>",
        "",
    ]
    return "\n".join(parts)


def _columns(result: Comparison) -> list[str]:
    """The columns in figures: what they are worth and their shapes."""
    found = []
    if result.importances and result.importances[0].coefficient is not None:
        several = len(result.classes) > 2
        head = ["column", "size of its coefficients" if several else "coefficient"]
        ordered = sorted(result.importances, key=lambda each: -abs(each.coefficient or 0.0))
        rows = [[each.column, quantity(each.coefficient or 0.0)] for each in ordered[:_ROWS]]
        towards = f", towards {result.classes[1]}" if len(result.classes) == 2 else ""
        note = f"Of the linear model, for one standard deviation of the column{towards}" + _rest(len(ordered))
        found += ["<h2>Coefficients</h2>", _table([head, *rows]), f'<p class="soft">{_text(note)}</p>']
    if result.shapes:
        head = ["column", "skewness", "excess kurtosis", "far out", "gaps", "values"]
        ordered_shapes = sorted(result.shapes, key=lambda each: -abs(each.skewness))
        rows = [
            [
                each.column, f"{each.skewness:.2f}", f"{each.kurtosis:.2f}", f"{100 * each.far:.1f} %",
                f"{100 * each.gaps:.1f} %", f"{each.different:,}",
            ]
            for each in ordered_shapes[:_ROWS]
        ]  # fmt: skip
        note = "Far out: more than 5 robust standard deviations from the median" + _rest(len(result.shapes))
        found += ["<h2>Shape of the columns</h2>", _table([head, *rows]), f'<p class="soft">{_text(note)}</p>']
    return found


def _rest(count: int) -> str:
    return "." if count <= _ROWS else f"; the first {_ROWS} of {count} columns."


def _paragraphs(sentences: Sequence[str], kind: str = "") -> list[str]:
    opening = f'<p class="{kind}">' if kind else "<p>"
    return [f"{opening}{_text(sentence)}</p>" for sentence in sentences]


def _text(text: str) -> str:
    return html.escape("".join(letter if letter.isprintable() else "?" for letter in text))


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = ["<tr>" + "".join(f"<th>{_text(cell)}</th>" for cell in head) + "</tr>"]
    for row in body:
        kind = ' class="network"' if row[0] == NETWORK else ""
        lines.append(f"<tr{kind}>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>")
    return '<div class="wide"><table>\n' + "\n".join(lines) + "\n</table></div>"
