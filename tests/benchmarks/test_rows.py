"""Rows of a spec: their places, and layers built from the inside out."""

from __future__ import annotations

from benchmarks.rows import addressed, built

import layerwise as lw
from layerwise.network.spec import rows_of

NESTED = rows_of([lw.Linear(2, 8), lw.Residual(lw.Tanh(), lw.Residual(lw.Linear(8, 8, bias=False)))])


def test_rows_inside_rows_have_places() -> None:
    assert [(place, each["name"]) for place, each in addressed(NESTED)] == [
        ("0", "Linear"), ("1.0", "Tanh"), ("1.1.0", "Linear"),
    ]  # fmt: skip


def test_settings_reach_the_layer() -> None:
    def layer(name: str):
        return lambda *inside, **settings: (name, inside, settings)

    inner = ("Linear", (), {"in_features": 8, "out_features": 8, "bias": False})
    assert built(NESTED[1], layer) == ("Residual", (("Tanh", (), {}), ("Residual", (inner,), {})), {})
