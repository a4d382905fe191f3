"""`lw.explain` shows the numbers that training has, from the source that computed them, and changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from tests.support.both_ways import computed_by

import layerwise as lw
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.insight.explain import Sample, Words
from layerwise.layers import Layer
from layerwise.random import generator
from layerwise.training.threads import run_threads
from layerwise.training.update import Update

__all__ = ["computed_by"]

X = generator(1, "x").normal(size=(3, 4)).astype(np.float32)
LABELS = np.array([0, 2, 1])


def network(**settings):
    layers = [lw.Linear(4, 6), lw.BatchNorm1d(6), lw.ReLU(), lw.Dropout(0.4), lw.Linear(6, 3)]
    return lw.Network(*layers, seed=2, **settings)


def settings(**others):
    return {"loss": lw.CrossEntropyLoss(), "optimizer": lw.Adam(lr=0.01), **others}


def test_it_changes_nothing():
    net, given = network(), settings(regularizer=lw.L2(0.1), clip_norm=0.1)
    given["optimizer"].step(net.theta, generator(0, "g").normal(size=net.theta.size).astype(np.float32))
    net.grad = generator(1, "g").normal(size=net.theta.size)
    before = deepcopy((net.state_dict(), net.grad, net.passes, given["optimizer"].state_dict()))
    x, labels = X.copy(), LABELS.copy()
    example = lw.explain(net, x, labels, **given)
    example.weight("0.weight", 1, 1)
    after = (net.state_dict(), net.grad, net.passes, given["optimizer"].state_dict())
    for mine, theirs in zip(before, after, strict=True):
        np.testing.assert_equal(theirs, mine)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("penalty", [lw.L1(0.01, proximal=True), lw.L1(0.02), lw.L2(0.05)], ids=repr)
def test_its_numbers_are_the_bits_of_the_next_step_of_training(dtype, penalty):
    """Dropout's mask, the gradient, and theta after penalty, clipping and the optimizer: by twins and by formulas."""
    net, given = network(dtype=dtype), settings(regularizer=penalty, clip_norm=0.3, clip_value=0.2)
    example = lw.explain(net, X, LABELS, **given)
    net.zero_grad()
    assert net.backpropagate(X, LABELS, given["loss"]) == example.loss
    for name, gradient in net.gradients().items():
        np.testing.assert_array_equal(example.gradients[name], gradient)
    Update(net, given["optimizer"], None, given["regularizer"], 0.3, 0.2)(0.01)
    for name, array in net.parameters().items():
        np.testing.assert_array_equal(example.updated[name], array)
    optimizer = next(each for each in example.operations if each.address == "optimizer")
    np.testing.assert_array_equal(optimizer.arguments["grad"], net.grad)


def test_threads_that_share_a_batch_are_shown_each_with_its_samples(monkeypatch):
    monkeypatch.setattr("layerwise.network.execution.plan.WORTH_SHARDING", 1)
    layers = [lw.Conv2d(1, 2, 3), lw.ReLU(), lw.Flatten(), lw.Linear(32, 3)]
    net = lw.Network(*layers, seed=0)
    x, labels = generator(2, "images").normal(size=(5, 1, 6, 6)).astype(np.float32), np.array([0, 1, 2, 0, 1])
    with run_threads(net, 2):
        example = lw.explain(net, x, labels, loss=lw.CrossEntropyLoss())
        net.zero_grad()
        assert net.backpropagate(x, labels, lw.CrossEntropyLoss()) == example.loss
    np.testing.assert_array_equal(example.gradients["0.weight"], net.gradients()["0.weight"])
    shown = [each for each in example.operations if each.formula == "conv2d" and each.phase == "forward"]
    rows = [each.rows for each in shown]
    if rows != [None]:  # by formulas nobody shares
        assert rows == [slice(0, 2), slice(2, 5)]
        assert "samples 2 to 4" in str(example)
        assert example.weight("0.weight", 0, 0, 1, 1).paths == ()
    weight = example.weight("0.weight", 0, 0, 1, 1)
    assert weight.samples.sum() == pytest.approx(weight.gradient, rel=1e-4)


def test_what_is_shown_stays_when_training_goes_on():
    net, given = network(), settings()
    example = lw.explain(net, X, LABELS, **given)
    weights, shown = example.parameters["0.weight"].copy(), str(example)
    lw.fit(net, (X, LABELS), **given, epochs=2, batch_size=3)
    np.testing.assert_array_equal(example.operations[0].arguments["W"], weights)
    assert str(example) == shown


def test_each_operation_knows_where_it_stands():
    example = lw.explain(network(), X, LABELS, **settings())
    for operation in example.operations:
        file, _, number = operation.source.partition(":")
        source = (Path(lw.__file__).parent / file).read_text(encoding="utf-8").splitlines()
        for line in operation.lines:
            assert line.text.split("\n")[0].strip() in source[line.number - 1]
        assert int(number) == operation.lines[0].number
    assert [each.address for each in example.operations if each.phase == "forward"] == ["0", "1", "2", "3", "4", "loss"]


def test_a_layer_without_a_formula_is_shown_by_its_output():
    class Doubled(Layer):
        def forward(self, x, pass_):
            return 2 * x, lambda dy: 2 * dy

        def output_shape(self, shape):
            return shape

    net = lw.Network(lw.Linear(4, 3), Doubled(), dtype="float64")
    example = lw.explain(net, X, LABELS, loss=lw.CrossEntropyLoss())
    own = [each for each in example.operations if each.address == "1"]
    assert [(each.formula, each.phase) for each in own] == [("Doubled", "forward"), ("Doubled", "backward")]
    np.testing.assert_array_equal(own[0].results["y"], example.output)
    np.testing.assert_array_equal(own[1].arguments["dy"], example.deltas["1"])
    assert example.weight("0.weight", 0, 0).paths == ()
    assert "by the layer itself" in str(example)


def test_a_loss_of_the_learners_own_is_traced():
    class LogCosh(lw.ElementwiseLoss):
        def formula(self, output, target, weight, denominator):
            error = output - target
            value = (weight * np.log(np.cosh(error))).sum() / denominator

            def backward(dC):
                dy = dC * weight * np.tanh(error) / denominator
                return dy

            return value, backward

    example = lw.explain(lw.Network(lw.Linear(4, 1)), X, np.ones((3, 1)), loss=LogCosh())
    lines = [line.text for each in example.operations if each.address == "loss" for line in each.lines]
    assert lines[0] == "error = output - target"
    assert lines[-1] == "dy = dC * weight * np.tanh(error) / denominator"


def test_an_optimizer_of_the_learners_own_shows_its_lines_and_those_that_it_builds_on():
    class HalfAdam(lw.Adam):
        def update(self, theta, grad, lr, decay):
            half = grad / 2
            super().update(theta, half, lr, decay)

    example = lw.explain(network(), X, LABELS, loss=lw.CrossEntropyLoss(), optimizer=HalfAdam(lr=0.1))
    update = example.operations[-1]
    places = {line.text: update.place(line).partition(":")[0] for line in update.lines}
    assert places["half = grad / 2"] == "test_example.py"
    assert places["m += (1 - beta1) * g"] == "optimizers/adam.py"
    assert update.source.startswith("test_example.py:")


def test_mistakes_are_told():
    net = network()
    with pytest.raises(KindError, match="net must be"):
        lw.explain("net", X, LABELS, **settings())
    example = lw.explain(net, X, LABELS, **settings())
    with pytest.raises(SettingError, match=r"no parameter '0\.weigt'"):
        example.weight("0.weigt", 0, 0)
    with pytest.raises(ShapeError, match=r"shape \(6, 4\).*2 whole numbers"):
        example.weight("0.weight", 6, 0)


def test_words_stand_in_text_and_page():
    words = Words("Iris", tuple(Sample(f"row {n}", (("length", "4.2"),), "setosa") for n in range(3)), ("a", "b", "c"))
    example = lw.explain(network(), X, LABELS, **settings(words=words))
    for shown in (str(example), example.to_html()):
        assert "row 2: length 4.2; the truth is" in shown.replace("&#x27;", "'")


PROGRAM = """
import numpy as np, layerwise as lw
lw.use_compiled(False)
net = lw.Network(lw.Linear(1, 1), dtype="float64")
net.theta = [2.0, 0.0]
x, t = np.array([[3.0]]), np.array([[0.0]])
example = lw.explain(net, x, t, loss=lw.MSELoss(), optimizer=lw.GradientDescent(lr=0.0))
history = lw.fit(net, (x, t), loss=lw.MSELoss(), optimizer=lw.GradientDescent(lr=0.0), epochs=1)
line = example.operations[0].lines[0]
print(history["train_loss"][0], example.loss, float(example.output[0, 0]), line.text, float(line.values["z"][0, 0]))
"""


def test_an_edit_of_a_formula_is_seen_in_training_and_in_the_explanation(tmp_path):
    """Nothing is written twice: `+ 1` in the affine map of a copy of the package."""
    shutil.copytree(Path(lw.__file__).parent, tmp_path / "layerwise", ignore=shutil.ignore_patterns("__pycache__"))
    affine = tmp_path / "layerwise" / "formulas" / "affine.py"
    source = affine.read_text(encoding="utf-8")
    assert source.count("z = x @ W.T + b\n") == 1
    affine.write_text(source.replace("z = x @ W.T + b\n", "z = x @ W.T + b + 1\n"), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, cwd=tmp_path)
    assert run.stdout.strip() == "49.0 49.0 7.0 z = x @ W.T + b + 1 7.0", run.stderr
