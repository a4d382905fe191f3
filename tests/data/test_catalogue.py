"""Loading by name: what is known, what is refused, and what an import costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from layerwise.data import load, names
from layerwise.errors import KindError, SettingError


def test_all_promised_sets_are_there():
    assert {card.name for card in names()} == {
        *("circles", "xor", "blobs", "moons", "spiral", "checkerboard", "rings"),
        *("line", "parabola", "sine", "step", "plane", "hills"),
        *("digits", "iris", "wine", "breast_cancer", "diabetes", "mnist", "fashion_mnist"),
    }


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("iriss", {}, SettingError, "Did you mean 'iris'"),
        (None, {}, KindError, "dataset must be one of"),
        ("iris", {"n": 10}, SettingError, "iris has a fixed set of samples: leave out n=10"),
        ("iris", {"noise": 0.1}, SettingError, "leave out noise=0.1"),
        ("iris", {"classes": 2}, SettingError, "leave out classes=2"),
        ("iris", {"flat": False}, SettingError, "leave out flat=False"),
        ("iris", {"points": [[0, 1]] * 999}, SettingError, "iris has its own points: leave out points="),
        ("xor", {"task": "regression"}, SettingError, "xor has its own points: leave out task='regression'"),
        ("painted", {}, SettingError, "painted needs points="),
        ("painted", {"points": [[0, 1]], "labels": [0], "n": 5}, SettingError, "leave out n=5"),
        ("mnist", {"test": 0.2}, SettingError, "fixed test part of 10,000 images: leave out test=0.2"),
        ("mnist", {"validation": 1.5}, SettingError, "validation must lie in"),
        ("iris", {"validation": 0.5, "test": 0.6}, SettingError, "nothing is left for training"),
    ],
)
def test_wrong_names_and_options_are_refused(name, options, error, message, tally):
    with pytest.raises(error, match=message):
        load(name, **options)
    tally.add("bad input")


def test_the_import_brings_nothing_heavier_than_numpy():
    code = (
        "import sys, layerwise.data; "
        "print([m for m in ('sklearn', 'scipy', 'pooch', 'requests', 'matplotlib', 'msgspec') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
