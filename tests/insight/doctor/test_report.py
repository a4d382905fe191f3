"""The report: printed, as data, and for a notebook."""

from __future__ import annotations

import json

import pytest

from layerwise.errors import SettingError
from layerwise.insight.doctor import Confirmation, Cure, Evidence, Finding, Report

EXPERIMENT = Confirmation("a rate of 0.1", "skill", 0.0, 0.9, True)
HIGH = Finding(
    "rate-too-high",
    "sick",
    "The learning rate 3 is too high <here>.",
    Evidence("rate", 3.0, 0.5, "limit 2/λmax"),
    "the optimizer: SGD(lr=3.0)",
    (Cure("a rate of 0.3", {"optimizer.lr": 0.3}), Cure("scaled inputs")),
    experiment=lambda: EXPERIMENT,
)
DEAD = Finding("dead-units", "note", "All are 0.", Evidence("share", 1.0), follows_from="rate-too-high")
REPORT = Report((HIGH, DEAD), "Looked at everything.")


def test_printed_it_says_what_where_and_what_to_do():
    assert str(REPORT).splitlines() == [
        "sick: the learning rate is too high (rate-too-high, likely)",
        "  The learning rate 3 is too high <here>.",
        "  measured: rate 3; limit 2/λmax: 0.5 (ratio 6)",
        "  look at: the optimizer: SGD(lr=3.0)",
        "  cure: a rate of 0.3",
        "  or: scaled inputs",
        "",
        "note: dead units (dead-units, likely)",
        "  All are 0.",
        "  follows from: rate-too-high",
        "",
        "Looked at everything.",
    ]


def test_it_fits_the_width():
    assert max(map(len, REPORT.text(50).splitlines())) <= 60


def test_as_data_it_is_what_it_says():
    table = json.loads(REPORT.to_json())
    assert table["ok"] is False
    assert [each["code"] for each in table["findings"]] == ["rate-too-high", "dead-units"]
    assert table["findings"][0]["cures"][0] == {"words": "a rate of 0.3", "settings": {"optimizer.lr": 0.3}}
    assert table["findings"][0]["evidence"]["ratio"] == 6.0
    assert REPORT.codes == ("rate-too-high", "dead-units")


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_json_holds_numbers_that_are_none(number):
    finding = Finding("diverged", "sick", "It broke off.", Evidence("loss", number, 1.0))
    assert json.loads(Report((finding,)).to_json())["findings"][0]["evidence"]["measured"] == str(number)
    assert finding.evidence.ratio is None


def test_a_notebook_gets_html_without_markup_of_others():
    html = REPORT._repr_html_()
    assert "&lt;here&gt;" in html
    assert "<here>" not in html


def test_a_report_of_notes_alone_is_healthy():
    assert Report((DEAD,)).ok
    assert str(Report(())) == "The doctor finds nothing wrong."


def test_an_experiment_runs_when_it_is_asked_for():
    assert HIGH.confirm() is EXPERIMENT
    assert str(EXPERIMENT) == "a rate of 0.1: skill 0 -> 0.9; confirmed"
    with pytest.raises(SettingError, match="has no experiment"):
        DEAD.confirm()
