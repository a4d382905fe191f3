"""The figures of a test against the same figures found another way."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import confusion_matrix, r2_score, root_mean_squared_error

import layerwise as lw
from layerwise.comparison import ClassResult, QuantityResult, result_of
from layerwise.training.suited import suited
from layerwise.training.threads import blas_threads


def trained(name: str, epochs: int) -> tuple[lw.Network, lw.data.Dataset]:
    data = lw.data.load(name)
    experiment = suited(data, {"name": name})
    net = experiment.network()
    lw.fit(
        net, data.train, validation=data.validation, loss=lw.losses.LOSSES.build(experiment.loss),
        optimizer=lw.Adam(lr=2e-3), epochs=epochs, progress=False,
    )  # fmt: skip
    return net, data


def test_classes_against_scikit_learn() -> None:
    net, data = trained("digits", 2)
    result = result_of(net, data)
    assert isinstance(result, ClassResult)
    x, y = data.test
    answers = net(x).argmax(axis=1)
    with blas_threads(1):  # with two, on a busy machine, this takes a hundred times as long
        linear = LogisticRegression(max_iter=500).fit(*data.train).predict(x)
    assert result.accuracy == np.mean(answers == y)
    assert result.wrong == np.sum(answers != y) > 3
    assert result.rivals[0].score == pytest.approx(np.mean(linear == y), abs=0.01)
    assert result.rivals[1].score == np.mean(y == int(result.rivals[1].name.split("'")[1]))
    np.testing.assert_array_equal(result.confusion, confusion_matrix(y, answers))
    low, high = result.interval
    assert low < result.accuracy < high


def test_the_worst_mistakes_are_those_of_the_highest_loss() -> None:
    net, data = trained("digits", 2)
    x, y = data.test
    losses = [lw.CrossEntropyLoss()(net(x[i : i + 1]), y[i : i + 1])[0] for i in range(len(y))]
    wrong = net(x).argmax(axis=1) != y
    worst = sorted(np.flatnonzero(wrong), key=lambda row: -losses[row])[:3]
    found = result_of(net, data).mistakes[:3]
    assert [mistake.row for mistake in found] == worst
    for mistake in found:
        assert mistake.true == data.classes[y[mistake.row]] != mistake.answer
        assert mistake.image is not None
        np.testing.assert_allclose(mistake.image.ravel(), x[mistake.row], atol=1e-6)


def test_quantities_against_scikit_learn() -> None:
    net, data = trained("diabetes", 5)
    result = result_of(net, data)
    assert isinstance(result, QuantityResult)
    truth = data.preparation.to_units(data.test.y).ravel()
    answers = data.preparation.to_units(net(data.test.x)).ravel()
    linear = data.preparation.to_units(Ridge().fit(data.train.x, data.train.y).predict(data.test.x)).ravel()
    assert result.rmse == pytest.approx(root_mean_squared_error(truth, answers))
    assert result.r2 == pytest.approx(r2_score(truth, answers))
    assert result.rivals[0].score == pytest.approx(root_mean_squared_error(truth, linear), rel=1e-3)
    mean = data.preparation.to_units(data.train.y).mean()
    assert result.rivals[1].score == pytest.approx(np.sqrt(np.mean((truth - mean) ** 2)))
    assert result.mistakes[0].row == np.abs(answers - truth).argmax()
    assert result.interval[0] < result.rmse < result.interval[1]
