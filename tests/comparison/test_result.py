"""The figures of a test against the same figures found another way, and their words."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import confusion_matrix, r2_score, root_mean_squared_error

import layerwise as lw
from layerwise.comparison import ClassResult, QuantityResult, result_of
from layerwise.report import result_lines
from layerwise.report.confusion import confusion_lines
from layerwise.report.text import Look
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
    found = result_of(net, data).mistakes
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


@pytest.mark.parametrize("name", ["digits", "iris", "diabetes", "spiral"])
def test_lines_fit_and_the_plain_look_is_plain(name: str) -> None:
    net, data = trained(name, 1)
    result = result_of(net, data)
    lines = result_lines(result)
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in "".join(lines)
    marked = result_lines(result, Look(bold=lambda text: f"<{text}>", dim=lambda text: text))
    assert any("<" in line for line in marked)
    assert [line.replace("<", "").replace(">", "") for line in marked] == lines


def test_no_mistakes_is_said() -> None:
    data = lw.data.load("blobs", noise=0.01)
    centres = np.stack([data.train.x[data.train.y == k].mean(axis=0) for k in range(3)])
    net = lw.Network(lw.Linear(2, 3))
    net.parameters()["0.weight"][:] = 20 * centres
    net.parameters()["0.bias"][:] = 0
    result = result_of(net, data)
    assert result.mistakes == ()
    assert "no mistakes among the 99 test samples" in result_lines(result)


def test_long_names_are_numbered_and_many_classes_become_a_list() -> None:
    counts = np.diag([5, 5, 5])
    counts[0, 2] = 3
    lines = confusion_lines(counts, ["a very long name of a class", "b", "c"])
    assert lines[2].startswith("  1 a very long name ...")
    many = np.eye(40, dtype=np.int64)
    many[3, 7] = 9
    lines = confusion_lines(many, [f"class {k}" for k in range(40)])
    assert lines[1].split() == ["true", "class", "3", "said", "class", "7", "9"]
    assert max(map(len, lines)) <= 80


def test_control_characters_of_class_names_are_not_printed() -> None:
    lines = confusion_lines(np.eye(2, dtype=np.int64), ["\x1b[2J", "ok"])
    assert "\x1b" not in "".join(lines)
