"""The plane is coloured by what the network says, and the data stands on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from tests.plots.pictures import assert_dressed, assert_looks_like, assert_readable
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import LayerwiseError
from layerwise.plots import decision_boundary, style

X = np.random.default_rng(0).uniform(-1, 1, size=(200, 2))
SIDE = (X[:, 0] > 0).astype(int)


def left_and_right(x: np.ndarray) -> np.ndarray:
    """One logit: sure of class 1 at the right, of class 0 at the left."""
    return 100 * x[:, :1]


def corners(x: np.ndarray) -> np.ndarray:
    """Four logits, one for each corner of the plane."""
    return 50 * x @ np.array([[1, -1, -1, 1], [1, 1, -1, -1]])


def plane(ax: Any) -> np.ndarray:
    return np.asarray(ax.get_images()[0].get_array())


def pure(k: int) -> np.ndarray:
    """The ground of class k where it is certain."""
    return np.array(to_rgb(style.mix(style.CLASSES[k], style.SURFACE, style.FIELD)))


def test_each_side_has_the_colour_of_its_class() -> None:
    ax = decision_boundary(left_and_right, X, SIDE, resolution=50)
    picture = plane(ax)
    assert picture.shape == (50, 50, 3)
    np.testing.assert_allclose(picture[:, 0], np.tile(pure(0), (50, 1)), atol=1 / 256)
    np.testing.assert_allclose(picture[:, -1], np.tile(pure(1), (50, 1)), atol=1 / 256)
    assert ax.get_title(loc="left") == "200 of 200 points on their side"


def test_the_picture_is_the_right_way_up() -> None:
    picture = plane(decision_boundary(corners, X, np.zeros(200, int), resolution=20))
    for k, (row, column) in enumerate([(-1, -1), (-1, 0), (0, 0), (0, -1)]):
        np.testing.assert_allclose(picture[row, column], pure(k), atol=1 / 256)
    extent = decision_boundary(corners, X, np.zeros(200, int), resolution=20).get_images()[0]
    assert extent.origin == "lower"


def test_doubt_is_the_colour_of_the_surface() -> None:
    picture = plane(decision_boundary(lambda x: np.zeros((len(x), 3)), X, SIDE, resolution=10))
    np.testing.assert_allclose(picture, np.broadcast_to(to_rgb(style.SURFACE), picture.shape), atol=1e-9)


def test_the_line_runs_where_two_classes_are_equally_likely() -> None:
    ax = decision_boundary(left_and_right, X, SIDE, resolution=101)
    (contour,) = [each for each in ax.collections if hasattr(each, "levels")]
    line = np.concatenate([path.vertices for path in contour.get_paths()])
    assert len(line) > 50
    assert abs(line[:, 0]).max() < 0.03


def test_every_point_is_drawn_once_with_colour_and_marker_of_its_class() -> None:
    y = np.arange(200) % 4
    ax = decision_boundary(corners, X, y, classes=["a", "b", "c", "d"], resolution=10)
    points = [each for each in ax.collections if not hasattr(each, "levels")]
    assert len(points) == 4
    for k, each in enumerate(points):
        np.testing.assert_array_equal(each.get_offsets(), X[y == k])
        assert tuple(each.get_facecolor()[0][:3]) == pytest.approx(to_rgb(style.CLASSES[k]))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c", "d"]
    shapes = {each.get_paths()[0].vertices.tobytes() for each in points}
    assert len(shapes) == 4


def test_more_classes_than_colours_still_look_different() -> None:
    directions = np.stack([np.cos(np.arange(20)), np.sin(np.arange(20))])
    ax = decision_boundary(lambda x: x @ directions, X, np.arange(200) % 20, resolution=10)
    looks = {(handle.get_marker(), handle.get_color()) for handle in ax.get_legend().legend_handles}
    assert len(looks) == 20


def test_a_network_and_one_column_of_targets_will_do() -> None:
    net = lw.Network(lw.Linear(2, 4), lw.Tanh(), lw.Linear(4, 1), seed=0)
    before = net.theta.copy()
    ax = decision_boundary(net, X.astype(np.float32), SIDE[:, None].astype(np.float32), resolution=20)
    right = ((net(X)[:, 0] > 0) == SIDE).sum()
    assert ax.get_title(loc="left") == f"{right} of 200 points on their side"
    assert (net.theta == before).all()
    deep = lw.Network(*[layer for _ in range(20) for layer in (lw.Linear(2, 2), lw.Tanh())], seed=0)
    decision_boundary(deep, X, SIDE, resolution=20).figure.canvas.draw()


def test_a_fine_plane_is_predicted_in_parts() -> None:
    sizes = []

    def predict(x: np.ndarray) -> np.ndarray:
        sizes.append(len(x))
        return left_and_right(x)

    decision_boundary(predict, X, SIDE, resolution=300)
    assert sum(sizes) == 200 + 300 * 300
    assert max(sizes) <= 20_000


def test_given_axes_and_labels_are_used() -> None:
    ax = Figure().add_subplot()
    assert decision_boundary(left_and_right, X, SIDE, ax=ax, resolution=10, labels=("width", "height")) is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("width", "height")


@pytest.mark.parametrize("x", [np.zeros((1, 2)), np.array([[1.0, 5.0], [1.0, 6.0]]), np.full((3, 2), 1e9)])
def test_points_without_extent_are_drawn(x: np.ndarray) -> None:
    ax = decision_boundary(left_and_right, x, np.zeros(len(x)), resolution=5)
    ax.figure.canvas.draw()
    assert ax.get_xlim()[0] < x[:, 0].min() <= x[:, 0].max() < ax.get_xlim()[1]


BAD: dict[str, dict[str, Any]] = {
    "three features": {"x": np.zeros((5, 3)), "y": np.zeros(5)},
    "one row": {"x": np.zeros(2), "y": np.zeros(1)},
    "no points": {"x": np.zeros((0, 2)), "y": np.zeros(0)},
    "NaN in x": {"x": np.full((5, 2), np.nan), "y": np.zeros(5)},
    "text in x": {"x": [["a", "b"]], "y": [0]},
    "y too short": {"y": SIDE[:-1]},
    "a class too many": {"y": SIDE + 1},
    "negative class": {"y": SIDE - 1},
    "half a class": {"y": SIDE / 2},
    "NaN in y": {"y": np.full(200, np.nan)},
    "too few names": {"classes": ["a"]},
    "resolution 1": {"resolution": 1},
    "resolution 2.5": {"resolution": 2.5},
    "flat logits": {"predict": lambda x: x[:, 0]},
    "no logits": {"predict": lambda x: np.zeros((len(x), 0))},
    "too few rows": {"predict": lambda x: np.zeros((1, 2))},
    "NaN logits": {"predict": lambda x: np.full((len(x), 2), np.nan)},
}


@pytest.mark.parametrize("name", BAD)
def test_what_can_not_be_drawn_is_refused(name: str, tally: Tally) -> None:
    settings = {"predict": left_and_right, "x": X, "y": SIDE, **BAD[name]}
    with pytest.raises(LayerwiseError):
        decision_boundary(**settings)
    tally.add("bad input")


def test_the_title_says_which_part_the_points_are_of() -> None:
    assert decision_boundary(left_and_right, X, SIDE, part="test", resolution=9).get_title(loc="left") == (
        "200 of 200 test points on their side"
    )
    one = decision_boundary(left_and_right, X[:1], SIDE[:1], part="validation", resolution=9)
    assert one.get_title(loc="left") == "1 of 1 validation point on their side"


@pytest.mark.parametrize("stretch", [(1, 1), (3, 1), (1, 0.25), (1e-6, 2e-6), (5, 5)])
def test_equal_units_are_as_long_across_as_up(stretch: tuple[float, float]) -> None:
    points = X * stretch
    ax = decision_boundary(lambda x: x[:, :1], points, SIDE, resolution=9, equal=True)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    assert right - left == pytest.approx(high - low)
    assert left < points[:, 0].min() < points[:, 0].max() < right
    assert low < points[:, 1].min() < points[:, 1].max() < high
    assert ax.get_aspect() == 1
    assert ax.get_images()[0].get_extent() == [left, right, low, high]


def test_two_features_of_a_wider_table_look_as_they_did() -> None:
    wide = np.column_stack([X, X[:, ::-1] * 5, X[:, :1]])
    classes = ["near", "between", "far"]
    ax = decision_boundary(
        lambda x: np.stack([-3 * x[:, 1], 0 * x[:, 0], 3 * x[:, 1] + x[:, 2]], axis=1), wide, np.arange(200) % 3,
        classes=classes, features=(1, 2), labels=("width (cm)", "height (cm)"), resolution=60,
    )  # fmt: skip
    assert ax.get_title(loc="left").endswith("points on their side\nthe other 3 features held at the median")
    assert_dressed(ax)
    assert_readable(ax.figure)
    assert_looks_like(ax.figure, "decision_boundary")
    kept = decision_boundary(
        corners_of(wide), wide, np.zeros(200, int), features=(0, 1), held=[9, 9, 3, 9, 9], resolution=9
    )
    assert "held at the values given" in kept.get_title(loc="left")


def corners_of(wide: np.ndarray) -> Any:
    """Answers that need the third feature to be 3."""

    def predict(x: np.ndarray) -> np.ndarray:
        assert x.shape[1] == wide.shape[1]
        assert len(x) == len(wide) or (x[:, 2] == 3).all()
        return corners(x[:, :2])

    return predict
