"""Every application in its short version, from the command line, with no network; the list; the page; the mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.support.html import Read

from layerwise.applications import APPLICATIONS, Account, Application, Picture, Request, Score, Table, application
from layerwise.applications.page import html, write
from layerwise.cli import main
from layerwise.plots import lines
from layerwise.report.look import Look

Said = pytest.CaptureFixture[str]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAYERWISE_DATA_MIRROR", raising=False)


def account(**changes: object) -> Account:
    ax = lines([0, 1], {"one": [0, 1]})
    given = {
        "name": "example",
        "question": "What?",
        "facts": (("data", "few <b> & many"),),
        "tables": (Table("error", ".1f", (Score("this network", (1.0, 2.0)), Score("the mean", (3.0,), "no seed"))),),
        "findings": ("It works.",),
        "own": ("yours: 1",),
        "seeds": (0, 1),
        "seconds": 2.4,
        "pictures": (Picture("one", "A line.", ax),),
    }
    return Account(**(given | changes))


def test_an_account_states_mean_range_and_note() -> None:
    assert account().tables[0].rows == [
        ("this network", "1.5", "1.0 to 2.0 over 2 seeds"),
        ("the mean", "3.0", "no seed"),
    ]
    told = str(account())
    for words in ("few <b> & many", "seeds     0, 1", "2 s on this machine", "It works.", "yours: 1"):
        assert words in told


@pytest.mark.parametrize("width", [40, 60, 80])
def test_an_account_fits_its_place(width: int) -> None:
    assert max(map(len, account(findings=("word " * 50,)).lines(Look(width=width)))) <= width


def test_the_page_holds_all_of_it_and_needs_nothing_else(tmp_path: Path) -> None:
    page = write(account(), tmp_path).read_text(encoding="utf-8")
    assert page == html(account())
    assert "few &lt;b&gt; &amp; many" in page
    Read(page).require_alone()
    assert page.count("data:image/png;base64,") == 1
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")


def test_the_list_says_what_each_needs(capsys: Said) -> None:
    assert main(["apps"]) == 0
    said = capsys.readouterr().out
    for name, each in APPLICATIONS.items():
        assert f"{name}\n" in said
        assert each.takes in said
        assert (ROOT / "examples" / f"app_{name}.py").is_file()
        assert f"## {name}" in (ROOT / "docs" / "applications.md").read_text(encoding="utf-8")
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["forcasting"], "Did you mean 'forecasting'"),
        (["forecasting", "--seeds", "0"], "--seeds must be at least 1, got 0"),
        (["forecasting", "--data", "x"], "forecasting has its own data"),
        (["forecasting", "--own", "nowhere.csv"], "nowhere.csv can not be read"),
    ],
)
def test_a_mistake_is_told_and_leaves_no_folder(arguments: list[str], words: str, capsys: Said, tmp_path: Path) -> None:
    assert main(["apps", *arguments]) == 1
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_no_folder(capsys: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> Account:
        raise KeyboardInterrupt

    monkeypatch.setattr(Application, "run", interrupted)
    assert main(["apps", "forecasting", "--out", "it"]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", APPLICATIONS)
def test_each_runs_short_and_writes_its_report(name: str, capsys: Said) -> None:
    assert main(["apps", name, "--short", "--seeds", "1", "--out", "it", "--no-progress"]) == 0
    said, err = capsys.readouterr()
    assert [line for line in err.splitlines() if not line.startswith("layerwise: compiling ")] == []
    for words in ("data", "split", "seeds     0", "this machine", "for you", "report: it/report.html"):
        assert words in said
    assert max(map(len, said.splitlines())) <= 80
    pictures = list(Path("it").glob("*.png"))
    assert pictures
    assert Path("it/report.html").read_text(encoding="utf-8").count("data:image/png") == len(pictures)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_its_script_is_short(name: str) -> None:
    assert len((ROOT / "examples" / f"app_{name}.py").read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.slow
def test_same_seeds_same_numbers() -> None:
    first, second = (application("forecasting").run(Request((3,), short=True)) for _ in range(2))
    assert first.tables == second.tables
    assert np.isfinite([each.mean for each in first.tables[0].scores]).all()
