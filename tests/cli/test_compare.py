"""`layerwise compare`: what it prints, where, and its exit code."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from tests.cli.program import started
from tests.support.html import Read

from layerwise.cli import compare as command
from layerwise.cli import live_table, main
from layerwise.comparison.contest import Standing
from layerwise.comparison.contest import compare as comparison_of
from layerwise.comparison.contest.table import problem_of_table

Said = pytest.CaptureFixture[str]
QUICK = ["--folds", "3", "--repeats", "1", "--configurations", "2", "--model", "linear", "--model", "tree"]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def shop(path: Path, rows: int = 90) -> Path:
    """A table with numbers, gaps, a text, a date in rising order, a customer, an index, and what was paid."""
    draw = np.random.default_rng(3)
    lines = ["id,day,customer,hours,kind,paid"]
    for row in range(rows):
        hours, kind = draw.uniform(1, 9), ("repair", "visit")[row % 2]
        paid = 50 * hours + 100 * (row % 2) + draw.normal(0, 10)
        gap = row % 17 == 3
        day = f"2024-{1 + row // 28:02}-{1 + row % 28:02}"
        lines.append(
            f"{row},{day},c{row % 12},{'' if gap else f'{hours:.2f}'},{kind},{'' if row == 5 else f'{paid:.2f}'}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_table_becomes_a_problem() -> None:
    problem, notes = problem_of_table(shop(Path("shop.csv")), "paid", groups="customer", time="day")
    assert len(problem) == 89  # one has no target
    assert problem.features.names == ("hours", "kind")
    assert problem.features.categories == (None, ("repair", "visit"))
    assert np.isnan(problem.features.columns[0]).sum() > 3
    assert problem.groups is not None
    assert len(np.unique(problem.groups)) == 12
    assert problem.time is not None
    assert (np.diff(problem.time) >= 1).all()
    assert any("id" in sentence for sentence in notes)


def test_the_verdict_of_a_table(capsys: Said) -> None:
    shop(Path("shop.csv"))
    assert main(["compare", "shop.csv", "--target", "paid", "--group", "customer", *QUICK]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("Verdict: traditional; take a linear model")
    assert "by group" in said.out
    assert "fold 3 of 3 done" in said.err
    assert max(map(len, said.out.splitlines())) <= 80


def test_the_page_is_whole_and_fetches_nothing(capsys: Said) -> None:
    assert main(["compare", "iris", "--report", "report.html", "--no-progress", *QUICK]) == 0
    page = Path("report.html").read_text(encoding="utf-8")
    assert "<h1>iris: traditional, take a linear model</h1>" in page
    assert "data:image/png;base64," in page
    Read(page).require_alone()
    assert main(["compare", "iris", "--report", "none/report.html", "--no-progress", *QUICK]) == 1
    said = capsys.readouterr()
    assert "could not write none/report.html" in said.err
    assert said.out.count("Verdict") == 2  # the work is not thrown away


def test_json_has_all_of_it(capsys: Said) -> None:
    assert main(["compare", "iris", "--json", "--no-progress", *QUICK]) == 0
    said = capsys.readouterr()
    data = json.loads(said.out)
    assert not said.err
    assert set(data["scores"]) == {"dummy", "linear", "tree"}
    assert data["verdict"] == "traditional"
    assert data["budget"]["configurations"] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["irris"], "Did you mean 'iris'"),
        (["none.csv", "--target", "a"], "none.csv"),
        (["shop.csv"], "needs --target COLUMN"),
        (["shop.csv", "--target", "pai"], "Did you mean 'paid'"),
        (["shop.csv", "--target", "paid", "--group", "custommer"], "Did you mean 'customer'"),
        (["shop.csv", "--target", "paid", "--time", "kind"], "too few different values"),
        (["iris", "--target", "a"], "taken whole"),
        (["iris", "--model", "forrest"], "Did you mean 'forest'"),
        (["iris", "--metric", "rmse"], "accuracy"),
        (["iris", "--budget", "0"], "budget_seconds must be above 0"),
    ],
)
def test_mistakes_are_told(arguments: list[str], words: str, capsys: Said) -> None:
    shop(Path("shop.csv"))
    assert main(["compare", *arguments]) == 1
    assert words in capsys.readouterr().err


def test_ctrl_c_prints_what_is_done(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(problem, watch, **settings):
        def stop(standing: Standing) -> None:
            if standing.done == 2:
                raise KeyboardInterrupt

        return comparison_of(problem, watch=stop, **settings)

    monkeypatch.setattr(command, "comparison_of", interrupted)
    assert main(["compare", "iris", *QUICK]) == 130
    said = capsys.readouterr().out
    assert "2 of 3 folds" in said
    assert "stopped by Ctrl-C" in said


@pytest.mark.slow
def test_ctrl_c_in_a_terminal_while_the_network_trains(tmp_path: Path) -> None:
    """The live table is there, the key is pressed in the middle of a fit, and what is done is printed below."""
    import os
    import pty
    import signal

    ours, theirs = pty.openpty()
    asked = ("compare", "breast_cancer", "--model", "linear", "--model", "network", "--configurations", "1")
    with started(*asked, folder=tmp_path, changes={"TERM": "xterm"}, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said, pressed = b"", False
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # how Linux tells the end of a pseudo-terminal
                break
            if not chunk:
                break
            said += chunk
            row = said.rpartition(b"network")[2]  # of the table that was drawn last
            if not pressed and b"2 of 10" in row and b"at work" in row:
                process.send_signal(signal.SIGINT)
                pressed = True
        assert process.wait() == 130
    os.close(ours)
    text = said.decode()
    assert pressed
    assert "Ctrl-C keeps what is done" in text
    after = text.partition("Verdict: ")[2]
    assert "2 of 10 folds" in after
    assert "stopped by Ctrl-C" in after
    assert "Traceback" not in text


def test_the_live_table_says_what_is_done_and_left() -> None:
    from rich.console import Console

    drawings: list[str] = []

    def watch(standing: Standing) -> None:
        console = Console(width=80, record=True, file=io.StringIO())
        console.print(live_table.drawn(standing))
        drawings.append(console.export_text())

    comparison_of("iris", models=["linear", "tree"], folds=2, repeats=1, configurations=1, watch=watch)
    assert len(drawings) == 12 + 6  # before and after each of three models, twice; and what comes after
    assert "now: permuted labels" in drawings[-1]
    assert "0 of 2" in drawings[0]
    assert "at work" in drawings[0]
    assert "2 of 2" in drawings[-1]
    assert "at work" not in drawings[-1]
    assert "%" in drawings[-1]
