"""The first number that is not finite: the operation that made it, what went in, how far it is out, what to do."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.errors import DivergedError, KindError
from layerwise.random import generator

X = generator(0, "non-finite tests").normal(size=(6, 3)).astype("float32")
LABELS = np.array([0, 1, 2, 0, 1, 2])


def net(*layers, scale=1.0, dtype="float32"):
    made = lw.Network(*layers, seed=0, dtype=dtype)
    made.theta *= scale
    return made


class Steep(lw.Layer):
    """A layer of a learner's own, without formulas."""

    def forward(self, x, pass_):
        y = np.exp(100 * x)
        return y, lambda dy: 100 * y * dy

    def output_shape(self, shape):
        return shape


class Inverse(lw.Layer):
    """Finite on the way forward; its way back is not."""

    def forward(self, x, pass_):
        return x, lambda dy: dy / np.zeros_like(dy)

    def output_shape(self, shape):
        return shape


class LogLoss(lw.ElementwiseLoss):
    """A loss of a learner's own, on what it takes for probabilities."""

    def formula(self, output, target, weight, denominator):
        log_p = np.log(output)
        value = -(weight * target * log_p).sum() / denominator
        return value, lambda dC: -dC * weight * target / output / denominator


CASES = {
    "a product": (
        lambda: lw.first_non_finite(net(lw.Linear(3, 2), scale=1e20), X * 1e20),
        "z = x @ W.T + b",
        ("forward, 0 (Linear(3, 2))", "formulas/affine.py:", "In float64 it is", "lower rate"),
    ),
    "a square in a loss": (
        lambda: lw.first_non_finite(net(lw.Linear(3, 2), scale=1e12), X * 1e12, np.zeros((6, 2)), lw.MSELoss()),
        "C = (weight * error * error).sum() / denominator",
        ("loss", "formulas/regression_loss.py:", "times the largest float32", "a square doubles the exponent"),
    ),
    "a square in float64": (
        lambda: lw.first_non_finite(
            net(lw.Linear(3, 2), scale=1e100, dtype="float64"), X.astype(float) * 1e100, np.zeros((6, 2)), lw.MSELoss()
        ),
        "C = (weight * error * error).sum() / denominator",
        ("The largest float64 is 1.8e+308",),
    ),
    "a variance": (
        lambda: lw.first_non_finite(net(lw.BatchNorm1d(3)), X * 1e25),
        "var = (centred * centred).mean(axis=samples, keepdims=True)",
        ("0 (BatchNorm1d(3))", "a square doubles the exponent"),
    ),
    "a layer of one's own": (
        lambda: lw.first_non_finite(net(lw.Linear(3, 2), Steep(), scale=20), X),
        "y = np.exp(100 * x)",
        ("forward, 1 (Steep", "made the first inf", "x goes from -", "subtract the maximum first"),
    ),
    "a way back of one's own": (
        lambda: lw.first_non_finite(net(lw.Linear(3, 3), Inverse()), X),
        "",
        ("the gradient that comes back to the output of the layer (backward, 0 (Linear(3, 3)))",),
    ),
    "a loss of one's own": (
        lambda: lw.first_non_finite(net(lw.Linear(3, 2), lw.ReLU()), X, np.ones((6, 2)), LogLoss()),
        "log_p = np.log(output)",
        ("forward, loss", "output goes from 0 to", "log 0 is -inf", "a loss on logits"),
    ),
    "an input": (
        lambda: lw.first_non_finite(net(lw.Linear(3, 2)), np.where(np.arange(18).reshape(6, 3) == 4, np.nan, X)),
        "",
        ("x holds nan at [1, 1]", "drop or fill the rows"),
    ),
    "a weight": (lambda: lw.first_non_finite(net(lw.Linear(3, 2), scale=np.inf), X), "", ("0.weight holds",)),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", CASES)
def test_the_first_number_that_is_not_finite_is_told(name):
    call, text, words = CASES[name]
    found = call()
    assert found.text == text
    for each in words:
        assert each in str(found)


def test_a_sound_network_has_none_and_is_left_alone():
    sound = net(lw.Linear(3, 3), lw.BatchNorm1d(3), lw.Dropout(0.5), lw.Linear(3, 3))
    before = (sound.theta.tobytes(), sound.grad.tobytes(), sound.passes, sound.buffers()["1.running_mean"].tobytes())
    assert lw.first_non_finite(sound, X, LABELS, lw.CrossEntropyLoss()) is None
    assert lw.first_non_finite(sound, X) is None
    after = (sound.theta.tobytes(), sound.grad.tobytes(), sound.passes, sound.buffers()["1.running_mean"].tobytes())
    assert after == before


def test_masks_that_are_infinite_inside_are_no_fault():
    text = lw.Network(lw.Linear(3, 4), lw.MultiheadAttention(4, 2, causal=True), seed=0)
    assert lw.first_non_finite(text, np.ones((2, 5, 3))) is None


def test_a_run_that_diverges_names_the_operation():
    data = (X, X @ np.ones((3, 1), "float32"))
    with pytest.raises(DivergedError) as caught:
        lw.fit(net(lw.Linear(3, 1)), data, loss=lw.MSELoss(), optimizer=lw.SGD(1e30), epochs=20)
    assert "`C = (weight * error * error).sum() / denominator` (forward, loss) made the first inf" in str(caught.value)
    assert "The learning rate 1e+30 is too large here" in str(caught.value)


def test_a_target_without_a_loss_is_refused():
    with pytest.raises(KindError, match="belong together"):
        lw.first_non_finite(net(lw.Linear(3, 3)), X, LABELS)
