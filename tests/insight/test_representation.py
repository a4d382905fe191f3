"""Hidden activations in a plane: principal components by another library's numbers, t-SNE the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.insight.representation import in_plane

RNG = np.random.default_rng(0)


def test_components_are_those_of_scikit_learn() -> None:
    from sklearn.decomposition import PCA

    values = RNG.normal(size=(60, 7)) @ RNG.normal(size=(7, 7))
    plane, other = in_plane(values), PCA(2).fit(values)
    np.testing.assert_allclose(np.abs(plane.points), np.abs(other.transform(values)), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(plane.shares, other.explained_variance_ratio_, rtol=1e-10)
    assert plane.dimensions == 7


def test_images_are_laid_out_as_rows_and_the_sign_is_settled() -> None:
    values = RNG.normal(size=(20, 2, 3, 3))
    np.testing.assert_allclose(in_plane(values).points, in_plane(values.reshape(20, -1)).points)
    np.testing.assert_allclose(in_plane(values).points, in_plane(values.copy()).points)


@pytest.mark.parametrize("width", [1, 2])
def test_few_units(width: int) -> None:
    plane = in_plane(RNG.normal(size=(10, width)))
    assert plane.points.shape == (10, 2)
    assert sum(plane.shares) == pytest.approx(1)


def test_equal_rows_have_one_place() -> None:
    plane = in_plane(np.ones((5, 3)))
    np.testing.assert_array_equal(plane.points, 0)


def test_neighbours_stay_neighbours() -> None:
    groups = np.repeat(np.arange(3), 15)
    values = 20 * np.eye(3)[groups] + RNG.normal(size=(45, 3))
    plane = in_plane(values, "tsne", seed=1)
    assert plane.shares is None
    np.testing.assert_array_equal(plane.points, in_plane(values, "tsne", seed=1).points)
    distances = np.linalg.norm(plane.points[:, None] - plane.points[None], axis=2) + 1e9 * np.eye(45)
    assert (groups[distances.argmin(axis=1)] == groups).all()


def test_mistakes(tally: Tally) -> None:
    refused(tally, SettingError, "method", lambda: in_plane(np.ones((5, 2)), "umap"))
    refused(tally, ShapeError, "one sample a row", lambda: in_plane(np.ones(5)))
    refused(tally, DataError, "3 samples", lambda: in_plane(np.ones((2, 2))))
    refused(tally, DataError, "activations", lambda: in_plane(np.full((5, 2), np.nan)))
