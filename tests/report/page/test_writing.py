"""The page of a run: whole and alone, with what the run has, and without what it has not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.support.html import Read

from layerwise.errors import FileError
from layerwise.insight.doctor.codes import CODES
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.report.page import RunAccount, run_page, write
from layerwise.runs import RunFolder

LIMIT = 1_000_000


def titles(page: str) -> list[str]:
    return Read(page).texts["h2"]


@pytest.mark.parametrize("kind", ["classes", "quantity", "images"])
def test_a_page_is_whole_small_and_alone(kind: str, request: pytest.FixtureRequest) -> None:
    page = run_page(request.getfixturevalue(kind))
    read = Read(page)
    read.require_alone()
    assert len(page.encode()) < LIMIT
    assert read.texts["title"][0].endswith("· Layerwise report")
    assert len(read.texts["h1"]) == 1
    assert read.texts["h2"][-1] == "Repeat it"
    assert len(read.texts["li"]) >= len(read.texts["h2"])
    assert "nan" not in " ".join(read.texts["svg"])


def test_the_same_run_gives_the_same_page(classes: RunAccount) -> None:
    assert run_page(classes) == run_page(classes)


def test_chapters_are_what_the_run_has(classes: RunAccount, quantity: RunAccount, images: RunAccount) -> None:
    assert titles(run_page(classes))[:4] == ["Training", "Network", "Answers", "Confusion"]
    assert titles(run_page(quantity))[:3] == ["Training", "Network", "Answers"]
    assert "Answers" not in titles(run_page(images))
    for each in (classes, quantity, images):
        assert "Doctor" not in titles(run_page(each))


def test_the_numbers_are_those_of_the_result(classes: RunAccount) -> None:
    page, result = run_page(classes), classes.result
    read = Read(page)
    right = result.samples - result.wrong
    assert read.texts["h1"] == [f"{right} of {result.samples} test samples right"]
    cells = list(re.findall(r'<td class="(?:right|wrong[^"]*)"[^>]*>(\d+)</td>', page))
    assert sum(map(int, cells)) == result.samples
    assert f"{classes.start.net.theta.size:,} parameters" in read.texts["header"][0]


def test_the_gap_is_told_in_parts_that_sum_to_it(classes: RunAccount) -> None:
    figures = re.findall(r'<td class="figure">([+−][\d.e−]+)</td>', run_page(classes))
    total, *parts = (float(each.replace("−", "-")) for each in figures)
    assert total == pytest.approx(classes.history["val_loss"][-1] - classes.history["train_loss"][-1], rel=0.05)
    assert len(parts) == 3
    assert sum(parts) == pytest.approx(total, abs=0.06 * max(map(abs, parts)))
    assert "Where the gap comes from" not in run_page(replace(classes, kept=1))


def test_a_quantity_is_told_in_its_unit(quantity: RunAccount) -> None:
    read = Read(run_page(quantity))
    assert read.texts["h1"][0].startswith("progression: a typical error of ")
    assert read.texts["h1"][0].endswith(" points")
    assert len(read.attributes["circle"]) >= quantity.result.samples


def test_images_are_shown(images: RunAccount) -> None:
    read = Read(run_page(images))
    shown = [each for each in read.attributes["img"] if each["class"] == "ink"]
    assert len(shown) == len(images.result.mistakes)
    assert all(each["src"].startswith("data:image/png;base64,") and each["alt"] for each in shown)


@pytest.mark.parametrize("why", ["Interrupted after step 12.", "Diverged at step 3: the loss became 1e+30."])
def test_a_run_that_was_broken_off_has_its_page(classes: RunAccount, why: str) -> None:
    page = run_page(replace(classes, result=None, kept=None, ended=why))
    read = Read(page)
    read.require_alone()
    assert why in read.texts["header"][0]
    assert read.texts["h1"] == ["moons: 3 of 3 epochs, not tested"]
    assert titles(page) == ["Training", "Network", "Repeat it"]
    assert "layerwise train --resume" in page


def test_a_run_without_an_epoch_has_its_page(classes: RunAccount) -> None:
    assert titles(run_page(replace(classes, result=None, history={}, ended="Interrupted."))) == ["Network", "Repeat it"]


@dataclass(frozen=True)
class Noticed:
    """As the doctor says it."""

    code: str = "dead-units"
    severity: str = "sick"
    sentence: str = "2 of 8 units in <hidden 1> are zero for every sample."
    evidence: object = "zero units 2; expected 0"
    cures: tuple[object, ...] = ("use LeakyReLU", "lower the rate")


def test_findings_stand_in_a_chapter_of_their_own(classes: RunAccount) -> None:
    several = (
        Noticed(),
        Noticed(severity="note", cures=()),
        Noticed(severity="warning", cures=("wait",), evidence=None),
    )
    page = run_page(replace(classes, findings=several))
    read = Read(page)
    read.require_alone()
    assert titles(page)[-2] == "Doctor"
    assert [word for word in read.texts["b"] if word in ("Sick: ", "Note: ", "Warning: ")] == [
        "Sick: ",
        "Note: ",
        "Warning: ",
    ]
    assert "2 of 8 units in <hidden 1> are zero for every sample." in " ".join(read.texts["p"])
    assert "What helps, each by itself:" in read.texts["p"]
    assert "What helps: wait" in read.texts["p"]
    assert page.count("zero units 2; expected 0") == 2


def test_findings_of_the_doctor_are_told_in_their_words(classes: RunAccount) -> None:
    found = Finding(
        next(iter(CODES)),
        "warning",
        "The rate is too high.",
        Evidence("rate", 0.5, 0.1, "2/λmax"),
        cures=(Cure("lower it"),),
    )
    read = Read(run_page(replace(classes, findings=(found,))))
    assert "Warning: The rate is too high." in read.texts["p"]
    assert "rate 0.5; 2/λmax: 0.1 (ratio 5)" in read.texts["p"]
    assert "What helps: lower it" in read.texts["p"]


def test_names_from_files_stay_text(tmp_path: Path) -> None:
    from tests.report.page.conftest import told

    rows = [f"{k},{'<b>1</b>' if k % 2 else '<script>x</script>'}" for k in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(['"<i>a</i>",y', *rows]), encoding="utf-8")
    page = run_page(told(tmp_path / "run", str(tmp_path / "t.csv"), target="y"))
    read = Read(page)
    read.require_alone()
    assert "script" not in read.texts
    assert "<script>x</script>" in " ".join(read.texts["td"] + read.texts["th"] + read.texts["p"])


def test_writing_is_whole_or_not_at_all(classes: RunAccount, tmp_path: Path) -> None:
    there = replace(classes, folder=RunFolder(tmp_path))
    assert write(there).read_text(encoding="utf-8") == run_page(there)
    with pytest.raises(FileError):
        write(replace(classes, folder=RunFolder(tmp_path / "nowhere")))
