"""How to have the run again: the commands, the whole table, and what its bits depend on."""

from __future__ import annotations

import shlex

from layerwise.pages import Markup, element, joined, table
from layerwise.report.page.account import RunAccount
from layerwise.wording import setting


def repeat(told: RunAccount) -> Markup:
    """Commands to copy, the table of the experiment, and the origin."""
    rows: list[Markup] = []
    for meaning, command in _commands(told):
        rows += [element("dt", meaning), element("dd", element("code", command))]
    experiment = element(
        "details",
        element("summary", "The experiment, as one table"),
        element("pre", told.start.experiment.to_toml()),
        open=True,
    )
    origin = element("details", element("summary", "What its bits depend on"), table(_origin(told), class_="facts"))
    return joined(element("dl", *rows, class_="commands"), experiment, origin)


def _commands(told: RunAccount) -> list[tuple[str, str]]:
    run = str(told.folder.path)
    first: list[tuple[str, tuple[str, ...]]]
    if told.result is None:
        first = [("its end, as if there had been no break", ("train", "--resume", run))]
        if told.folder.last_good.exists():
            first = [("again, with another rate", ("train", run, "--lr", "0.001"))]
    else:
        first = [
            ("the same run, bit for bit", ("train", run)),
            ("answers for new rows", ("predict", run, str(told.folder.examples))),
        ]
    rows = [*first, ("one update with all its numbers", ("explain", run, "--sample", "0"))]
    return [(meaning, shlex.join(["layerwise", *words])) for meaning, words in rows]


def _origin(told: RunAccount) -> list[tuple[Markup | str, ...]]:
    """Versions, threads and, of a file, its sha256."""
    origin = told.start.origin
    rows = [("layerwise", str(origin.get("layerwise", "")))]
    rows += [(name, setting(value)) for name, value in getattr(told.history, "environment", {}).items()]
    file = origin.get("file")
    if isinstance(file, dict):
        rows += [("file", str(file["path"])), ("its sha256", str(file["sha256"]))]
    return [(element("span", name, class_="soft"), value) for name, value in rows]
