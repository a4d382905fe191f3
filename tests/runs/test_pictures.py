"""The pictures of a run are in the units of its table, and there are those that its data has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PathCollection

import layerwise as lw
from layerwise import plots
from layerwise.runs import RunFolder, pictures
from layerwise.runs.pictures import kept_epoch
from layerwise.training.listeners import EarlyStopping


def table(path: Path, columns: dict[str, Any], target: str) -> lw.data.Dataset:
    rows = [",".join(columns), *(",".join(map(str, cells)) for cells in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(rows), encoding="utf-8")
    return lw.data.read_csv(path, target=target)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The axes that were saved, in their order."""
    axes: list[Any] = []
    monkeypatch.setattr(plots, "save_figure", lambda ax, path: axes.append(ax))
    return axes


DRAW = np.random.default_rng(0)
METRES, KILOS = np.round(DRAW.normal(1.7, 0.2, 200), 2), np.round(DRAW.normal(70, 15, 200), 1)
KIND = np.where(METRES > 1.7, "tall", "short")


def boundary_of(names: tuple[str, str], factor: float, folder: Path, drawn: list[Any]) -> Any:
    data = table(folder / "t.csv", {names[0]: METRES, names[1]: np.round(METRES * factor, 3), "kind": KIND}, "kind")
    pictures.draw_answers(RunFolder(folder), lw.Network(lw.Linear(2, 2)), data)
    return drawn.pop()


def test_a_boundary_is_in_the_units_of_the_table(tmp_path: Path, drawn: list[Any]) -> None:
    data = table(tmp_path / "t.csv", {"height": METRES, "weight": KILOS, "kind": KIND}, "kind")
    net = lw.Network(lw.Linear(2, 2), seed=3)
    pictures.draw_answers(RunFolder(tmp_path), net, data)
    (ax,) = drawn
    points = np.concatenate([each.get_offsets() for each in ax.collections if isinstance(each, PathCollection)])
    assert {tuple(point) for point in points} <= set(zip(METRES, KILOS, strict=True))
    x, y = data.test
    assert ax.get_title(loc="left") == f"{(net(x).argmax(axis=1) == y).sum()} of {len(y)} test points on their side"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("height", "weight")
    assert ax.get_aspect() == "auto"


@pytest.mark.parametrize(
    ("names", "factor", "equal"),
    [
        (("a (cm)", "b (cm)"), 2.0, True),
        (("length_mm", "width_mm"), 0.5, True),
        (("a [s]", "b [s]"), 1.0, True),
        (("a (cm)", "b (kg)"), 1.0, False),
        (("a", "b"), 1.0, False),
        (("a (cm)", "b"), 1.0, False),
        (("a (cm)", "b (cm)"), 50.0, False),  # one scale would make it a strip
    ],
)
def test_equal_scales_where_units_agree(
    names: tuple[str, str], factor: float, equal: bool, tmp_path: Path, drawn: list[Any]
) -> None:
    assert (boundary_of(names, factor, tmp_path, drawn).get_aspect() == 1) == equal


@pytest.mark.parametrize("name", ["moons", "spiral", "xor", "circles"])
def test_the_plane_of_a_toy_set_has_one_scale(name: str, tmp_path: Path, drawn: list[Any]) -> None:
    data = lw.data.load(name)
    pictures.draw_answers(RunFolder(tmp_path), lw.Network(lw.Linear(2, len(data.classes))), data)
    assert drawn[0].get_aspect() == 1


@pytest.mark.parametrize("name", ["line", "parabola", "sine", "step"])
def test_a_quantity_of_one_number_has_its_curve(name: str, tmp_path: Path) -> None:
    data = lw.data.load(name)
    pictures.draw_answers(RunFolder(tmp_path), lw.Network(lw.Linear(1, 1)), data)
    assert [path.name for path in tmp_path.iterdir()] == ["fit.png"]


def test_the_curve_is_in_units_and_names_them(tmp_path: Path, drawn: list[Any]) -> None:
    data = table(tmp_path / "t.csv", {"height": METRES, "weight": KILOS}, "weight")
    pictures.draw_answers(RunFolder(tmp_path), lw.Network(lw.Linear(1, 1)), data)
    (ax,) = drawn
    assert {tuple(point) for point in ax.collections[0].get_offsets()} <= set(zip(METRES, KILOS, strict=True))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("height", "weight")


COLOUR = DRAW.choice(["red", "blue"], 200)


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        ({"colour": COLOUR, "kind": KIND}, "kind"),  # two features, but of one column
        ({"colour": COLOUR, "weight": KILOS}, "weight"),
        ({"a": METRES, "b": KILOS, "c": KILOS[::-1], "kind": KIND}, "kind"),
        ({"a": METRES, "b": METRES[::-1], "weight": KILOS}, "weight"),
        (
            {"a": np.where(np.arange(200) % 9, METRES, np.nan), "kind": KIND},
            "kind",
        ),  # two features: a, and whether it is
        ({"a": np.where(np.arange(200) % 9, METRES, np.nan), "weight": KILOS}, "weight"),
    ],
)
def test_other_data_has_no_such_picture(columns: dict[str, Any], target: str, tmp_path: Path, drawn: list[Any]) -> None:
    data = table(tmp_path / "t.csv", columns, target)
    outputs = len(data.classes) or 1
    pictures.draw_answers(RunFolder(tmp_path), lw.Network(lw.Linear(len(data.features), outputs)), data)
    assert drawn == []


def test_the_drawing_names_columns_and_classes(tmp_path: Path) -> None:
    data = table(tmp_path / "t.csv", {"height": METRES, "colour": COLOUR, "kind": KIND}, "kind")
    pictures.draw_network(RunFolder(tmp_path), lw.Network(lw.Linear(3, 2)), data)
    drawing = (tmp_path / "network.svg").read_text(encoding="utf-8")
    assert all(f">{name}</text>" in drawing for name in ("height", "colour=red", "colour=blue", "short", "tall"))


def test_the_drawing_of_an_image_network_names_classes_only(tmp_path: Path) -> None:
    data = lw.data.load("digits")
    pictures.draw_network(RunFolder(tmp_path), lw.Network(lw.Linear(64, 10)), data)
    drawing = (tmp_path / "network.svg").read_text(encoding="utf-8")
    assert ">9</text>" in drawing
    assert "pixel" not in drawing


def test_kept_are_the_last_weights_or_those_that_early_stopping_went_back_to() -> None:
    early, stays = EarlyStopping(), EarlyStopping(restore_best=False)
    early.best_epoch, stays.best_epoch = 4, 4
    assert kept_epoch([], 9) == 9
    assert kept_epoch([early], 9) == 4
    assert kept_epoch([stays], 9) == 9
    assert kept_epoch([EarlyStopping()], 9) == 9
