"""What may vary: read as it is meant, drawn within its ends, refused in words."""

from __future__ import annotations

import math

import pytest

from layerwise.errors import KindError, SettingError
from layerwise.random import generator
from layerwise.tuning.space import Choice, Range, changes_of, drawn, space_of


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1e-4..1e-1:log", Range(1e-4, 1e-1, log=True, whole=False)),
        ("0.1..0.5", Range(0.1, 0.5, log=False, whole=False)),
        (".5..1.5", Range(0.5, 1.5, log=False, whole=False)),
        ("-2..3", Range(-2.0, 3.0, log=False, whole=True)),
        ("16..256:log", Range(16.0, 256.0, log=True, whole=True)),
        ("1..2.", Range(1.0, 2.0, log=False, whole=False)),
        ("32|64,64", Choice(("32", "64,64"))),
        ("Adam | SGD", Choice(("Adam", "SGD"))),
    ],
)
def test_a_text_means(text: str, meaning: object) -> None:
    assert space_of({"it": text})["it"] == meaning


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0.1", "is a range, such as"),
        ("", "is a range, such as"),
        ("2..1", "must be below the upper one"),
        ("1..1", "must be below the upper one"),
        ("0..1:log", "must be above 0"),
        ("a..b", "'a' is no number"),
        ("1..inf", "'inf' is no number"),
        ("1..nan", "'nan' is no number"),
        ("1||2", "between two bars there is nothing"),
    ],
)
def test_a_text_is_refused(text: str, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        space_of({"lr": text})


def test_nothing_and_no_mapping_are_refused() -> None:
    with pytest.raises(SettingError, match="nothing may vary"):
        space_of({})
    with pytest.raises(KindError, match="is a mapping such as"):
        space_of(["lr=1..2"])  # type: ignore[arg-type]


def test_draws_lie_within_and_spread_by_factors_where_asked() -> None:
    rng = generator(3, "a test")
    rates = [float(Range(1e-4, 1e-1, log=True, whole=False).draw(rng)) for _ in range(2000)]
    assert min(rates) >= 1e-4
    assert max(rates) <= 1e-1
    decades = [sum(low <= each < 10 * low for each in rates) for low in (1e-4, 1e-3, 1e-2)]
    assert all(abs(count - 2000 / 3) < 4 * math.sqrt(2000 * 2 / 9) for count in decades)
    widths = {int(Range(2, 4, log=False, whole=True).draw(rng)) for _ in range(100)}
    assert widths == {2, 3, 4}


def test_settings_are_all_different_and_follow_from_the_seed() -> None:
    space = space_of({"lr": "1e-3..1e-2:log", "hidden": "4|8"})
    settings = drawn(space, 40, seed=1)
    assert len({tuple(each.items()) for each in settings}) == 40
    assert settings == drawn(space, 40, seed=1)
    assert settings != drawn(space, 40, seed=2)
    assert settings[:5] == drawn(space, 5, seed=1)
    assert len(drawn(space_of({"a": "1|2", "b": "x|y|z"}), 50, seed=0)) == 6


def test_settings_become_changes() -> None:
    settings = {"lr": "0.01", "hidden": "8,4", "batch_size": "16", "optimizer": "SGD", "regularizer.strength": "0.1"}
    changes = changes_of(settings, 5)
    assert (changes.lr, changes.hidden, changes.batch_size, changes.optimizer) == (0.01, (8, 4), 16, "SGD")
    assert (changes.epochs, changes.entries) == (5, ("regularizer.strength=0.1",))
    with pytest.raises(SettingError, match="hidden wants widths"):
        changes_of({"hidden": "wide"})
