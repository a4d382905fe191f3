"""The real sets of scikit-learn: sizes, kinds, and a scaler that never saw more than the training part."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.data import load

SIZES = {
    "digits": (1797, 64, 10),
    "iris": (150, 4, 3),
    "wine": (178, 13, 3),
    "breast_cancer": (569, 30, 2),
    "diabetes": (442, 10, 0),
}
TABLES = [name for name in SIZES if name != "digits"]


@pytest.mark.parametrize("name", SIZES)
def test_sizes_and_kinds(name):
    data = load(name)
    samples, features, classes = SIZES[name]
    assert sum(len(part.x) for part in (data.train, data.validation, data.test)) == samples
    assert len(data.features) == features
    assert len(data.classes) == classes
    for x, y in (data.train, data.validation, data.test):
        assert x.dtype == np.float32
        assert x.flags.c_contiguous
        assert x.shape == (len(x), features)
        assert y.dtype == (np.int64 if classes else np.float32)
        assert y.shape == ((len(x),) if classes else (len(x), 1))


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_standardised_on_the_training_part_alone(name):
    data = load(name, seed=4)
    np.testing.assert_allclose(data.train.x.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(data.train.x.std(axis=0), 1, atol=1e-5)
    raw = load(name, seed=4, scale=False)
    learnt = raw.train.x.astype(np.float64)
    for k, column in enumerate(data.preparation.columns):
        assert column.mean == pytest.approx(learnt[:, k].mean(), rel=1e-6)
        assert column.scale == pytest.approx(learnt[:, k].std(), rel=1e-5)
        whole = np.concatenate([part.x[:, k] for part in (raw.train, raw.validation, raw.test)], dtype=np.float64)
        assert column.mean != pytest.approx(whole.mean(), rel=1e-7)


def test_the_target_of_regression_goes_there_and_back():
    scaled, raw = load("diabetes", seed=1), load("diabetes", seed=1, scale=False)
    assert scaled.train.y.mean() == pytest.approx(0, abs=1e-6)
    assert scaled.train.y.std() == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(scaled.preparation.to_units(scaled.test.y), raw.test.y, rtol=1e-5)
    np.testing.assert_array_equal(raw.preparation.to_units(raw.test.y), raw.test.y)


def test_classes_keep_their_shares():
    data = load("breast_cancer")
    for part in (data.validation, data.test):
        assert np.mean(part.y == 1) == pytest.approx(357 / 569, abs=0.5 / len(part.y) * 2)


def test_digits_come_flat_or_as_images_with_pixels_from_0_to_1():
    flat, images = load("digits"), load("digits", flat=False)
    assert images.train.x.shape[1:] == (1, 8, 8)
    assert images.image_shape == flat.image_shape == (1, 8, 8)
    np.testing.assert_array_equal(images.train.x.reshape(-1, 64), flat.train.x)
    assert (flat.train.x.min(), flat.train.x.max()) == (0, 1)
    assert load("digits", scale=False).train.x.max() == 16


def test_the_labels_belong_to_their_rows():
    from sklearn.datasets import load_digits

    raw = load_digits()
    known = {row.astype(np.float32).tobytes(): label for row, label in zip(raw.data, raw.target, strict=True)}
    data = load("digits", scale=False)
    for x, y in (data.train, data.validation, data.test):
        assert [known[row.tobytes()] for row in x] == y.tolist()
