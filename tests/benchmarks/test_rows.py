"""Rows: read like calls, and built from the inside out."""

from __future__ import annotations

from benchmarks.rows import addressed, row

NESTED = [row("Linear", 2, 8), row("Residual", row("Tanh"), row("Residual", row("Linear", 8, 8, bias=False)))]


def test_rows_inside_rows_have_places() -> None:
    assert [(place, each.kind) for place, each in addressed(NESTED)] == [
        ("0", "Linear"), ("1.0", "Tanh"), ("1.1.0", "Linear"),
    ]  # fmt: skip


def test_arguments_and_settings_reach_the_layer() -> None:
    def layer(kind: str):
        return lambda *arguments, **settings: (kind, arguments, settings)

    inner = ("Linear", (8, 8), {"bias": False})
    assert NESTED[1].build(layer) == ("Residual", (("Tanh", (), {}), ("Residual", (inner,), {})), {})
