"""The page of a run from its parts, and its place in the folder."""

from __future__ import annotations

from pathlib import Path

from layerwise import files
from layerwise.comparison.result import ClassResult, QuantityResult
from layerwise.pages import NOTHING, Chapter, Markup, element, joined, page, style_sheet
from layerwise.pages.image import address_of
from layerwise.report.page import confusion, findings, mistakes, repeat, scatter, summary, training
from layerwise.report.page.account import RunAccount
from layerwise.runs import Start
from layerwise.runs.pictures import network_drawing
from layerwise.training import predict
from layerwise.training.threads import blas_threads


def write(told: RunAccount) -> Path:
    """Write report.html into the folder of the run, whole or not at all. Returns its path. Raises FileError."""
    files.replace(told.folder.report, [run_page(told).encode()])
    return told.folder.report


def run_page(told: RunAccount) -> str:
    """The page as text: summary, curves, network, answers, confusion, mistakes, findings, and how to repeat the run.

    What the run has not got is left out: a run that was broken off has no test, a healthy one no findings.
    """
    title = f"{told.start.name}, {told.folder.path.name} · Layerwise report"
    return page(
        title,
        summary.summary(told),
        styles=[style_sheet("report.css", __package__)],
        chapters=_chapters(told),
        opening=("answer", "Answer"),
    )


def _chapters(told: RunAccount) -> list[Chapter]:
    result = told.result
    found = [Chapter("training", "Training", training.training(told))] if told.epochs else []
    found.append(Chapter("network", "Network", _network(told)))
    pictures = _answers(told)
    if pictures:
        found.append(Chapter("answers", "Answers", pictures))
    if isinstance(result, ClassResult):
        found.append(Chapter("confusion", "Confusion", confusion.confusion(result)))
    if result is not None and result.mistakes:
        found.append(Chapter("mistakes", mistakes.title_of(result), mistakes.mistakes(result), "Mistakes"))
    if told.findings:
        found.append(Chapter("doctor", "Doctor", findings.findings(told.findings)))
    return [*found, Chapter("repeat", "Repeat it", repeat.repeat(told))]


def _network(told: RunAccount) -> Markup:
    return element("div", Markup(network_drawing(told.start.net, told.start.data)), class_="wide network")


def _answers(told: RunAccount) -> Markup:
    """Where the network gives which answer, if its data has such a picture; and quantities over the truth."""
    if told.result is None:
        return NOTHING
    captions = {
        told.folder.boundary: "Which answer the network gives where, and the test part.",
        told.folder.fit: "The answer of the network, and the test part.",
    }
    pictures = [_picture(path, words) for path, words in captions.items() if path.exists()]
    if isinstance(told.result, QuantityResult):
        pictures.append(_over_truth(told.start, told.result.target))
    return joined(*pictures)


def _over_truth(start: Start, name: str) -> Markup:
    preparation, (x, y) = start.data.preparation, start.data.test
    with blas_threads(1):
        said = preparation.to_units(predict(start.net, x)).ravel()
    return scatter.scatter(preparation.to_units(y).ravel(), said, name)


def _picture(path: Path, words: str) -> Markup:
    return element("figure", element("img", src=address_of(path.read_bytes()), alt=words), element("figcaption", words))
