"""Losses of labels with their settings, one by one and together, against PyTorch: values, gradients, denominators."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from tests.refusals import noted, refused
from tests.slopes import assert_slope, slope

import layerwise as lw
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.formulas import log_softmax
from layerwise.losses import LOSSES
from layerwise.random import generator

N, K = 9, 4
WEIGHTS = [None, [0.5, 0.0, 2.0, 1.0]]
IGNORED = [-100, 2, 7]
SMOOTHING = [0.0, 0.1, 1.0]
each_weight = pytest.mark.parametrize("weight", WEIGHTS, ids=["equal", "class weights"])
each_smoothing = pytest.mark.parametrize("smoothing", SMOOTHING)
GRID = list(itertools.product(("CrossEntropyLoss", "NLLLoss"), WEIGHTS, IGNORED, SMOOTHING))
GRID = [each for each in GRID if each[0] == "CrossEntropyLoss" or each[3] == 0]
each_setting = pytest.mark.parametrize(("name", "weight", "ignored", "smoothing"), GRID)


def rng(purpose):
    return generator(9, purpose)


def logits(dtype=np.float64):
    return (2 * rng("z").normal(size=(N, K))).astype(dtype)


def outputs(name, dtype=np.float64):
    """What the loss of this name takes."""
    return logits(dtype) if name == "CrossEntropyLoss" else log_softmax(logits(dtype))[0]


def labels(ignored=-100):
    y = rng("y").integers(K, size=N)
    y[[1, 5]] = ignored
    return y if ignored != -100 else np.where(y < 0, 0, y)


def probabilities(dtype=np.float64):
    return rng("p").dirichlet(np.ones(K), size=N).astype(dtype)


def settings(name, weight, ignored, smoothing):
    return {"weight": weight, "ignore_index": ignored} | (
        {"label_smoothing": smoothing} if name == "CrossEntropyLoss" else {}
    )


def torchs(torch, loss, output, target):
    """PyTorch's value and gradient."""
    tensor = torch.from_numpy(output.copy()).requires_grad_()
    value = loss(tensor, torch.from_numpy(target))
    value.backward()
    return value.item(), tensor.grad.numpy()


def as_tensors(torch, keywords, dtype):
    weight = keywords["weight"]
    return keywords | {"weight": None if weight is None else torch.tensor(weight, dtype=dtype)}


@pytest.mark.torch
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@each_setting
def test_labels_as_torch_computes(name, weight, ignored, smoothing, dtype):
    torch = pytest.importorskip("torch")
    keywords, z, y = settings(name, weight, ignored, smoothing), outputs(name, dtype), labels(ignored)
    kind = torch.float64 if dtype == np.float64 else torch.float32
    right, right_gradient = torchs(torch, getattr(torch.nn, name)(**as_tensors(torch, keywords, kind)), z, y)
    value, backward = getattr(lw, name)(**keywords)(z, y)
    rtol, atol = (1e-10, 1e-12) if dtype == np.float64 else (1e-5, 1e-6)
    assert value == pytest.approx(right, rel=rtol, abs=atol)
    np.testing.assert_allclose(backward(), right_gradient, rtol=rtol, atol=atol)
    assert backward().dtype == dtype


@pytest.mark.torch
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@each_smoothing
@each_weight
def test_probabilities_as_torch_computes(weight, smoothing, dtype):
    torch = pytest.importorskip("torch")
    keywords = {"weight": weight, "label_smoothing": smoothing}
    kind = torch.float64 if dtype == np.float64 else torch.float32
    twin = torch.nn.CrossEntropyLoss(**as_tensors(torch, keywords, kind))
    right, right_gradient = torchs(torch, twin, logits(dtype), probabilities(dtype))
    value, backward = lw.CrossEntropyLoss(**keywords)(logits(dtype), probabilities(dtype))
    rtol, atol = (1e-10, 1e-12) if dtype == np.float64 else (1e-5, 1e-6)
    assert value == pytest.approx(right, rel=rtol, abs=atol)
    np.testing.assert_allclose(backward(), right_gradient, rtol=rtol, atol=atol)
    assert backward().dtype == dtype


def one_by_one(z, y, weight, ignored, smoothing, sample_weight):
    """The definition, a sample at a time: Σ_n w_n Σ_k c_k q_nk (-log p_nk) over Σ_n w_n c_{y_n}."""
    total = mass = 0.0
    for z_n, y_n, w_n in zip(z.tolist(), y.tolist(), sample_weight, strict=True):
        if y_n == ignored:
            continue
        norm = math.log(sum(math.exp(each) for each in z_n))
        for k, z_nk in enumerate(z_n):
            q = (1 - smoothing) * (k == y_n) + smoothing / K
            total += w_n * (1 if weight is None else weight[k]) * q * (norm - z_nk)
        mass += w_n * (1 if weight is None else weight[y_n])
    return total / mass


@each_setting
def test_values_are_those_of_the_definition(name, weight, ignored, smoothing):
    loss, z, y = getattr(lw, name)(**settings(name, weight, ignored, smoothing)), logits(), labels(ignored)
    output = z if name == "CrossEntropyLoss" else log_softmax(z)[0]
    sample_weight = rng("w").uniform(0.5, 2, size=N)
    plain, _ = loss(output, y)
    weighted, _ = loss(output, y, weight=sample_weight)
    assert plain == pytest.approx(one_by_one(z, y, weight, ignored, smoothing, np.ones(N)), rel=1e-12)
    assert weighted == pytest.approx(one_by_one(z, y, weight, ignored, smoothing, sample_weight), rel=1e-12)


@each_weight
@each_smoothing
def test_values_under_soft_targets_are_those_of_the_definition(weight, smoothing):
    """Class weights are in the sum and not in its denominator, which is N."""
    q, c = (1 - smoothing) * probabilities() + smoothing / K, np.ones(K) if weight is None else np.array(weight)
    value, _ = lw.CrossEntropyLoss(weight, label_smoothing=smoothing)(logits(), probabilities())
    assert value == pytest.approx(-(c * q * log_softmax(logits())[0]).sum() / N, rel=1e-12)


@each_setting
def test_float32_stays_float32(name, weight, ignored, smoothing):
    loss = getattr(lw, name)(**settings(name, weight, ignored, smoothing))
    assert loss(outputs(name, np.float32), labels(ignored))[1]().dtype == np.float32
    if name == "CrossEntropyLoss" and ignored < 0:
        assert loss(logits(np.float32), probabilities())[1]().dtype == np.float32


@each_setting
def test_gradients_are_the_slopes(name, weight, ignored, smoothing, tally):
    loss, z, y = getattr(lw, name)(**settings(name, weight, ignored, smoothing)), outputs(name), labels(ignored)
    sample_weight = rng("w").uniform(0.5, 2, size=N)
    for each in (None, sample_weight):
        assert_slope(loss(z, y, weight=each)[1](), slope(lambda each=each: loss(z, y, weight=each)[0], z))
        tally.add("gradient checks")


@each_setting
def test_the_parts_of_a_batch_add_up_to_the_whole(name, weight, ignored, smoothing):
    loss, z, y = getattr(lw, name)(**settings(name, weight, ignored, smoothing)), outputs(name), labels(ignored)
    sample_weight = rng("w").uniform(0.5, 2, size=N)
    for given in (None, sample_weight):
        whole, backward = loss(z, y, weight=given)
        denominator = loss.denominator(z, y, given)
        parts = [slice(0, 4), slice(4, 5), slice(5, 6), slice(6, N)]  # sample 5 alone may be an ignored one
        done = [loss(z[p], y[p], None if given is None else given[p], denominator) for p in parts]
        assert sum(value for value, _ in done) == pytest.approx(whole, rel=1e-12)
        np.testing.assert_allclose(np.concatenate([back() for _, back in done]), backward(), rtol=1e-12, atol=1e-15)


# --- what the settings mean ------------------------------------------------------------------------------------------


def test_class_weights_by_hand():
    """Logits 0 cost ln 2 each: (½ ln 2 + 3/2 ln 2) / (½ + 3/2) is ln 2 again, and the gradients weigh 1/4 and 3/4."""
    loss = lw.CrossEntropyLoss(weight=[0.5, 1.5])
    value, backward = loss(np.zeros((2, 2)), [0, 1])
    assert value == pytest.approx(math.log(2), rel=1e-15)
    np.testing.assert_allclose(backward(), np.array([[-1, 1], [3, -3]]) / 8)
    assert loss.denominator(np.zeros((2, 2)), [0, 1]) == 2
    assert loss.denominator(np.zeros((2, 2)), [0, 1], [10, 1]) == 6.5
    for given in (None, [10, 1]):
        assert type(loss.denominator(np.zeros((2, 2)), [0, 1], given)) is float


def test_an_ignored_sample_is_as_if_it_were_not_there():
    for name in ("CrossEntropyLoss", "NLLLoss"):
        y = labels(-100)
        y[[0, 3]] = -100
        kept = y != -100
        loss, z = getattr(lw, name)(), outputs(name)
        value, backward = loss(z, y)
        assert value == pytest.approx(loss(z[kept], y[kept])[0], rel=1e-14)
        assert not backward()[~kept].any()
        assert loss.accuracy(z, y) == loss.accuracy(z[kept], y[kept])


def test_any_negative_number_can_be_the_ignored_label():
    for ignored in (-(10**6), -(2**63)):
        value, _ = lw.NLLLoss(ignore_index=ignored)(np.array([[-1.0, -2.0], [-3.0, -4.0]]), [1, ignored])
        assert value == 2


@pytest.mark.parametrize("weight", [None, [2.0]])
def test_an_ignored_sample_of_a_single_class(weight):
    for name in ("CrossEntropyLoss", "NLLLoss"):
        value, backward = getattr(lw, name)(weight)(np.zeros((2, 1)), [0, -100])
        assert value == 0
        assert not backward()[1].any()


def test_an_ignored_sample_among_outputs_that_are_mostly_0():
    value, _ = lw.NLLLoss()(-np.eye(2), [0, -100])
    assert value == 1


def test_a_logit_of_minus_infinity_rules_a_class_out():
    value, backward = lw.CrossEntropyLoss()(np.array([[0.0, -np.inf, 0.0]]), [0])
    assert value == pytest.approx(math.log(2), rel=1e-15)
    np.testing.assert_array_equal(backward(), [[-0.5, 0.0, 0.5]])


def test_label_smoothing_by_hand():
    """ε = 0.2 over two classes: 0.9 and 0.1. Without it, the same as probabilities that are one-hot."""
    z = np.log([[3.0, 1.0]])
    value, backward = lw.CrossEntropyLoss(label_smoothing=0.2)(z, [0])
    assert value == pytest.approx(-0.9 * math.log(0.75) - 0.1 * math.log(0.25), rel=1e-14)
    np.testing.assert_allclose(backward(), [[0.75 - 0.9, 0.25 - 0.1]], rtol=1e-13)


@each_smoothing
def test_labels_and_their_one_hot_rows_are_the_same(smoothing):
    loss, y = lw.CrossEntropyLoss(label_smoothing=smoothing), labels()
    value, backward = loss(logits(), y)
    hot, hot_backward = loss(logits(), np.eye(K)[y])
    assert value == pytest.approx(hot, rel=1e-14)
    np.testing.assert_allclose(backward(), hot_backward(), rtol=1e-12, atol=1e-16)


def test_negative_log_likelihood_after_log_softmax_is_cross_entropy():
    log_p, through = log_softmax(logits())
    for weight, ignored in itertools.product(WEIGHTS, IGNORED):
        keywords = {"weight": weight, "ignore_index": ignored}
        value, backward = lw.NLLLoss(**keywords)(log_p, labels(ignored))
        whole, whole_backward = lw.CrossEntropyLoss(**keywords)(logits(), labels(ignored))
        assert value == pytest.approx(whole, rel=1e-14)
        np.testing.assert_allclose(through(backward()), whole_backward(), rtol=1e-12, atol=1e-15)


def test_the_loss_of_soft_targets_has_their_entropy_for_a_floor():
    p = probabilities()
    value, backward = lw.CrossEntropyLoss()(np.log(p), p)
    assert value == pytest.approx(-(p * np.log(p)).sum(axis=1).mean(), rel=1e-13)
    np.testing.assert_allclose(backward(), 0, atol=1e-16)


@pytest.mark.parametrize("loss", [lw.CrossEntropyLoss(), lw.NLLLoss()], ids=repr)
def test_accuracy_takes_lists_and_checks_them(loss, tally):
    assert loss.accuracy([[-1.0, -2.0], [-3.0, 0.0], [0.0, -1.0]], [0, 0, -100]) == 0.5
    refused(tally, ShapeError, "got (1,)", lambda: loss.accuracy(np.zeros((2, 3)), [0]))


def test_accuracy_of_soft_targets():
    z = np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]])
    assert lw.CrossEntropyLoss().accuracy(z, np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]])) == pytest.approx(2 / 3)


def test_a_label_of_a_type_that_can_not_be_negative():
    for dtype in (np.uint8, np.uint64, np.int8):
        target = np.array([0, 3, 1, 3, 2, 2, 1, 0, 0], dtype)
        value, _ = lw.CrossEntropyLoss(ignore_index=3)(logits(), target)
        kept = target != 3
        assert value == pytest.approx(lw.CrossEntropyLoss()(logits()[kept], target[kept])[0], rel=1e-14)
        assert lw.CrossEntropyLoss()(logits(), target)[0] > 0


def test_calling_is_pure_with_every_setting():
    loss = lw.CrossEntropyLoss([1, 2, 3, 4], ignore_index=2, label_smoothing=0.1)
    z, y, before = logits(), labels(2), dict(vars(loss))
    for array in (z, y):
        array.flags.writeable = False
    value, backward = loss(z, y)
    assert (value, backward().tobytes()) == (loss(z, y)[0], backward().tobytes())
    assert vars(loss) == before


def test_settings_go_through_the_table():
    loss = lw.CrossEntropyLoss(np.array([1.0, 2.5]), ignore_index=1, label_smoothing=0.1)
    spec = {"name": "CrossEntropyLoss", "weight": [1.0, 2.5], "ignore_index": 1, "label_smoothing": 0.1}
    assert LOSSES.spec(loss) == spec
    assert repr(loss) == "CrossEntropyLoss(weight=[1.0, 2.5], ignore_index=1, label_smoothing=0.1)"
    assert LOSSES.spec(LOSSES.build(spec)) == spec
    assert eval(repr(loss), {"CrossEntropyLoss": lw.CrossEntropyLoss}).weight == loss.weight
    assert LOSSES.spec(LOSSES.build({"name": "NLLLoss", "weight": [1, 2]})) == {"name": "NLLLoss", "weight": [1.0, 2.0]}


# --- bad input -------------------------------------------------------------------------------------------------------

Z = np.zeros((2, 3))
HALVES = np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]])
TARGETS = [
    (Z, [-100, -100], {}, DataError, ("2 samples", "total weight 0", "weighed their labels")),
    (Z, [1, 1], {"ignore_index": 1}, DataError, "total weight 0"),
    (Z, [1, 1], {"ignore_index": 1, "label_smoothing": 0.1}, DataError, "total weight 0"),
    (Z, [1, 1], {"weight": [1, 0, 1]}, DataError, "total weight 0"),
    (Z, [-1, -100], {}, DataError, "label -1 in row 0"),
    (Z, [-100, 3], {}, DataError, "label 3 in row 1"),
    (Z, [-100, 0], {"ignore_index": -1}, DataError, "label -100 in row 0"),
    (Z, [0, 1], {"weight": [1, 2]}, ShapeError, ("2 class weights", "3 outputs")),
    (Z, HALVES, {"weight": [1, 2]}, ShapeError, ("2 class weights", "3 outputs")),
    (Z, HALVES, {"ignore_index": 0}, SettingError, ("probabilities", "weight 0")),
    (Z, HALVES[:1], {}, ShapeError, ("(2,) or probabilities of shape (2, 3)", "got (1, 3)")),
    (Z, HALVES[:, :2], {}, ShapeError, ("got (2, 2)", "one probability per class")),
    (Z, np.ones((2, 1)), {}, ShapeError, ("got (2, 1)", "write target.ravel()")),
    (Z, np.eye(3, dtype=int)[:2], {}, KindError, ("target.astype(float)", "argmax", "int64")),
    (Z, np.eye(3, dtype=bool)[:2], {}, KindError, "bool"),
    (Z, np.eye(2, dtype=int), {}, ShapeError, ("got (2, 2)", "one label per sample")),
    (Z, 2 * HALVES, {}, DataError, ("row 0", "its sum 2", "or labels (N,)")),
    (Z, HALVES * [[1], [0]], {}, DataError, ("row 1", "its sum 0")),
    (Z, HALVES * 1.0015, {}, DataError, ("row 0", "its sum 1.0015")),
    (Z, np.array([[0.5, 0.5, 0.0], [-1.0, 1.5, 0.5]]), {}, DataError, ("row 1", "smallest number is -1")),
    (Z, np.array([[0.5, 0.5, 0.0], [np.inf, 0.0, 0.5]]), {}, DataError, ("row 1", "inf")),
    (np.zeros((2, 1)), np.array([[0.0], [1.0]]), {}, DataError, ("row 0", "its sum 0")),
    (np.zeros(3), HALVES, {}, ShapeError, "logits (N, K)"),
]


@pytest.mark.parametrize(("output", "target", "keywords", "error", "words"), TARGETS)
def test_targets_that_do_not_fit(output, target, keywords, error, words, tally):
    refused(tally, error, words, lambda: lw.CrossEntropyLoss(**keywords)(output, target))


@pytest.mark.parametrize("target", [HALVES[:0], np.zeros(0, int)], ids=["probabilities", "labels"])
def test_a_mean_over_no_samples_does_not_speak_of_weighed_labels(target, tally):
    with pytest.raises(DataError, match=r"got 0 samples of total weight 0\.0$") as caught:
        lw.CrossEntropyLoss()(Z[:0], target)
    noted(tally, caught.value)


def test_nothing_but_ignored_labels_is_an_error_for_log_probabilities_too(tally):
    refused(tally, DataError, "total weight 0", lambda: lw.NLLLoss()(Z, [-100, -100]))
    value, backward = lw.NLLLoss()(Z, [-100, -100], denominator=3.0)  # as a part of a larger batch
    assert value == 0
    assert not backward().any()


SETTINGS = [
    ({"weight": []}, ShapeError, "shape (K,)"),
    ({"weight": 1.0}, ShapeError, "got ()"),
    ({"weight": [[1, 2]]}, ShapeError, "got (1, 2)"),
    ({"weight": [1, -1]}, SettingError, "0 or more"),
    ({"weight": [0, 0]}, SettingError, "not all 0"),
    ({"weight": [1, math.nan]}, SettingError, "finite"),
    ({"weight": [1, math.inf]}, SettingError, "finite"),
    ({"weight": ["a", "b"]}, KindError, "text"),
    ({"weight": [[1], [2, 3]]}, ShapeError, "ragged"),
    ({"ignore_index": 1.0}, KindError, "whole number"),
    ({"ignore_index": None}, KindError, "whole number"),
    ({"ignore_index": True}, KindError, "whole number"),
    ({"ignore_index": -(2**63) - 1}, SettingError, "ignore_index must be at least"),
]
SMOOTHINGS = [
    ({"label_smoothing": -0.1}, SettingError, "[0, 1]"),
    ({"label_smoothing": 1.1}, SettingError, "[0, 1]"),
    ({"label_smoothing": math.nan}, SettingError, "finite"),
    ({"label_smoothing": "0.1"}, KindError, "must be a number"),
    ({"label_smoothing": True}, KindError, "must be a number"),
]
BAD = [("NLLLoss", *row) for row in SETTINGS] + [("CrossEntropyLoss", *row) for row in SETTINGS + SMOOTHINGS]


@pytest.mark.parametrize(("name", "keywords", "error", "words"), BAD)
def test_settings_that_do_not_fit(name, keywords, error, words, tally):
    refused(tally, error, words, lambda: getattr(lw, name)(**keywords))


def test_settings_beyond_the_first_go_by_name_only():
    """PyTorch's second positional argument is an old one that we do not have: a position would change its meaning."""
    for call in (lambda: lw.CrossEntropyLoss(None, 3), lambda: lw.NLLLoss(None, 3), lambda: lw.HuberLoss(0.5)):
        with pytest.raises(TypeError, match="positional"):
            call()


@pytest.mark.parametrize(("labels", "label", "row"), [([1, 2, -1], -1, 2), ([0, 3, -1], 3, 1), ([2, -1, 9], -1, 1)])
def test_the_first_wrong_label_is_named(labels, label, row):
    with pytest.raises(DataError, match=f"label {label} in row {row} is outside 0 to 2: the network has 3 outputs"):
        lw.CrossEntropyLoss()(np.zeros((3, 3)), np.array(labels))
