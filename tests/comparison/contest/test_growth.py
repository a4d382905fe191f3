"""The rule of 10,000 samples: borne out, refuted, or not tested, by the rows that there are."""

from __future__ import annotations

import pytest

from layerwise.comparison.contest.growth import Step, told


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        ({100: -0.2, 3000: 0.1}, "does not hold here: 3,000 were enough."),
        ({100: 0.2, 3000: 0.0}, "is not tested here: 3,000 rows are the most that there are to train on."),
        ({3000: 0.0, 10_000: 0.0, 30_000: 0.1}, "holds here: ahead only with 30,000."),
        ({3000: 0.1, 10_000: 0.0, 30_000: 0.1}, "holds here: ahead only with 30,000."),
        ({3000: 0.1, 10_000: 0.0, 30_000: 0.0}, "is not enough here: with 30,000 it is not ahead."),
        ({3000: float("nan"), 10_000: 0.1}, "does not hold here: 10,000 were enough."),
    ],
)
def test_the_rule_of_thumb(ahead: dict[int, float], words: str) -> None:
    steps = [Step(rows, {"linear": 0.5, "network": 0.5 + each}) for rows, each in ahead.items()]
    assert told(steps, 0.01).endswith(words)


def test_nothing_is_told_of_nothing() -> None:
    assert told([], 0.01) == ""
    assert told([Step(100, {"linear": 0.5, "network": float("nan")})], 0.01) == ""
