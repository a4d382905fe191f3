"""Which findings are told: causes before signs, and two above a note at the most."""

from __future__ import annotations

from layerwise.insight.doctor import Evidence, Finding, rules
from layerwise.insight.doctor.codes import CODES, KINDS, weight
from layerwise.insight.doctor.ranking import MOST, ranked


def finding(code, severity="sick", sure="likely"):
    return Finding(code, severity, "It is so.", Evidence("a number", 1.0), sure=sure)


def told(*findings):
    return [(each.code, each.severity, each.follows_from) for each in ranked(findings, rules())]


def test_a_dead_layer_that_a_rate_has_caused_is_told_as_the_rate():
    assert told(finding("dead-units"), finding("rate-too-high")) == [
        ("rate-too-high", "sick", ""),
        ("dead-units", "note", "rate-too-high"),
    ]


def test_a_cause_that_is_only_possible_explains_nothing():
    assert [each[1] for each in told(finding("dead-units"), finding("rate-too-high", sure="possible"))] == ["sick"] * 2


def test_what_is_a_note_explains_nothing():
    assert ("dead-units", "sick", "") in told(finding("dead-units"), finding("rate-too-high", "note"))


def test_of_two_that_explain_each_other_the_heavier_one_stays():
    assert "mode-wrong" in rules()["axes-swapped"].explains
    assert "axes-swapped" in rules()["mode-wrong"].explains
    assert [each[1] for each in told(finding("mode-wrong"), finding("axes-swapped"))] == ["sick", "note"]


def test_above_a_note_are_two_at_the_most():
    many = [finding(code) for code in ("leak", "imbalance", "split-scaled-differently", "targets-unscaled")]
    severities = [severity for _, severity, _ in told(*many)]
    assert severities == ["sick"] * MOST + ["note"] * 2


def test_severity_comes_before_certainty_and_certainty_before_the_kind():
    order = told(finding("metric-wrong", "warning", "certain"), finding("rate-too-low", "sick", "likely"))
    assert [code for code, *_ in order] == ["rate-too-low", "metric-wrong"]
    order = told(finding("leak", sure="likely"), finding("overfitting", sure="certain"))
    assert [code for code, *_ in order] == ["overfitting", "leak"]


def test_codes_are_ranked_by_their_kind_first():
    by_weight = sorted(CODES, key=weight)
    kinds = [KINDS.index(CODES[code].kind) for code in by_weight]
    assert kinds == sorted(kinds)
