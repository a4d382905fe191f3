"""Experiments side by side, in a notebook: the verdict, the picture, the numbers."""

from __future__ import annotations

import base64
import io

from layerwise.insight.side_by_side import SideBySide
from layerwise.insight.side_by_side.result import brief
from layerwise.plots import style
from layerwise.plots.side_by_side import side_by_side
from layerwise.report.notebook.form import html
from layerwise.report.notebook.fragment import card, escaped, folded, paragraph, table, title

_DPI = 90


@html.register
def experiment(found: SideBySide) -> str:
    """The question, what follows from the numbers, the picture, and folded the numbers of every arm."""
    rows = [
        [arm.name, *(brief(float(each)) for each in (arm.median, arm.numbers.min(), arm.numbers.max()))]
        for arm in found.arms
    ]
    seeds = f"{found.measure}, {len(found.arms[0].numbers)} seeds"
    numbers = table([seeds, "median", "least", "most"], rows, right={1, 2, 3})
    return card(title(found.title), paragraph(found.verdict), _picture(found), folded("The numbers", numbers))


def _picture(found: SideBySide) -> str:
    if len(found.arms) > len(style.CURVES):
        return paragraph(f"Not drawn: a picture shows {len(style.CURVES)} arms at most.", "soft")
    data = io.BytesIO()
    figure = side_by_side(found).get_figure(root=True)
    assert figure is not None
    figure.savefig(data, format="png", dpi=_DPI, metadata={"Software": None})
    width = round(float(figure.get_size_inches()[0]) * _DPI)
    source = f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"
    rules = f"image-rendering:auto;width:{width}px;max-width:100%;border-radius:6px"
    return f'<img alt="{escaped(found.title)}" style="{rules}" src="{source}">'
