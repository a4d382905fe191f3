"""Every loss: by hand, against PyTorch, in parts, and with targets that do not fit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from tests.refusals import refused
from tests.slopes import assert_slope, slope

import layerwise as lw
from layerwise.errors import DataError, KindError, SettingError, ShapeError
from layerwise.formulas import log_softmax
from layerwise.losses import LOSSES
from layerwise.random import generator


class Row(NamedTuple):
    """target: a valid target for outputs (n, k). torch: the name in torch.nn.functional, without reduction.

    output: makes valid outputs of any numbers.
    """

    make: Callable[[], Any]
    target: Callable[[int, int], np.ndarray]
    torch: str
    output: Callable[[np.ndarray], np.ndarray] = np.asarray


def rng(purpose: str) -> np.random.Generator:
    return generator(4, purpose)


def quantities(n, k):
    return rng("y").normal(size=(n, k))


def shares(n, k):
    return rng("p").random((n, k)).round(1)


def labels(n, k):
    return rng("c").integers(k, size=n)


TABLE = {
    "MSELoss": Row(lw.MSELoss, quantities, "mse_loss"),
    "L1Loss": Row(lw.L1Loss, quantities, "l1_loss"),
    "HuberLoss": Row(lw.HuberLoss, quantities, "huber_loss"),
    "BCEWithLogitsLoss": Row(lw.BCEWithLogitsLoss, shares, "binary_cross_entropy_with_logits"),
    "BCELoss": Row(lw.BCELoss, shares, "binary_cross_entropy", lambda x: 0.5 + 0.45 * np.tanh(x)),
    "CrossEntropyLoss": Row(lw.CrossEntropyLoss, labels, "cross_entropy"),
    "NLLLoss": Row(lw.NLLLoss, labels, "nll_loss", lambda x: log_softmax(x)[0]),
}
SHAPES = [(1, 1), (1, 4), (5, 1), (3, 2), (7, 3), (12, 10)]
each_loss = pytest.mark.parametrize("name", TABLE)
each_shape = pytest.mark.parametrize(("n", "k"), SHAPES)


def outputs(name, n, k, dtype=np.float64):
    return TABLE[name].output(2 * rng("output").normal(size=(n, k))).astype(dtype)


def test_every_registered_loss_has_a_row():
    assert set(TABLE) == {name for name, cls in LOSSES.items() if cls.__module__.startswith("layerwise.")}


# --- values ----------------------------------------------------------------------------------------------------------


def test_mean_squared_error_by_hand():
    value, backward = lw.MSELoss()(np.array([[1.0, 2.0], [3.0, 5.0]]), [[1, 0], [0, 4]])
    assert value == (0 + 4 + 9 + 1) / 4
    np.testing.assert_array_equal(backward(), np.array([[0, 4], [6, 2]]) / 4)


def test_each_argument_may_be_a_list():
    output, target = [[1.0, 2.0]], [[1, 0]]
    for given in ((output, target), (output, np.array(target)), (np.array(output), target)):
        assert lw.MSELoss()(*given)[0] == 2


def test_cross_entropy_by_hand():
    """Logits ln 1, ln 2, ln 5 are the probabilities 1/8, 2/8, 5/8."""
    value, backward = lw.CrossEntropyLoss()(np.log([[1.0, 2.0, 5.0], [1.0, 2.0, 5.0]]), [1, 2])
    assert value == pytest.approx((math.log(4) + math.log(8 / 5)) / 2, rel=1e-14)
    np.testing.assert_allclose(backward(), np.array([[1, -6, 5], [1, 2, -3]]) / 16, rtol=1e-13)


def test_binary_cross_entropy_by_hand():
    """The log-odds ln 3 are the probability 3/4."""
    value, backward = lw.BCEWithLogitsLoss()(np.log([[3.0], [3.0]]), [[1], [0]])
    assert value == pytest.approx((math.log(4 / 3) + math.log(4)) / 2, rel=1e-14)
    np.testing.assert_allclose(backward(), [[-1 / 8], [3 / 8]], rtol=1e-14)


@each_shape
@each_loss
def test_gradients_are_the_slopes(name, n, k, tally):
    loss, output, target = TABLE[name].make(), outputs(name, n, k), TABLE[name].target(n, k)
    weight = rng("weight").uniform(0.5, 2, size=n)
    for keywords in ({}, {"weight": weight}, {"weight": weight, "denominator": 2.5}):
        _, backward = loss(output, target, **keywords)
        assert_slope(backward(), slope(lambda keywords=keywords: loss(output, target, **keywords)[0], output))
        tally.add("gradient checks")


@pytest.mark.torch
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@each_shape
@each_loss
def test_as_torch_computes(name, n, k, dtype):
    torch = pytest.importorskip("torch")
    row, output = TABLE[name], outputs(name, n, k, dtype)
    target = row.target(n, k)
    target = target if target.dtype.kind == "i" else target.astype(dtype)
    value, backward = row.make()(output, target)
    tensor = torch.from_numpy(output.copy()).requires_grad_()
    theirs = getattr(torch.nn, name)()(tensor, torch.from_numpy(target))
    theirs.backward()
    rtol, atol = (1e-10, 1e-12) if dtype == np.float64 else (1e-5, 1e-6)
    np.testing.assert_allclose(value, theirs.item(), rtol=rtol, atol=atol)
    np.testing.assert_allclose(backward(), tensor.grad.numpy(), rtol=rtol, atol=atol)
    assert type(value) is float
    assert backward().dtype == dtype


@pytest.mark.torch
@each_shape
@each_loss
def test_weights_are_a_weighted_mean_of_torchs_terms(name, n, k):
    torch = pytest.importorskip("torch")
    row, output, weight = TABLE[name], outputs(name, n, k), rng("weight").uniform(0, 2, size=n)
    terms = getattr(torch.nn.functional, row.torch)(
        torch.from_numpy(output), torch.from_numpy(row.target(n, k)), reduction="none"
    )
    per_sample = terms.numpy().reshape(n, -1).mean(axis=1)
    value, _ = row.make()(output, row.target(n, k), weight=weight)
    assert value == pytest.approx((weight * per_sample).sum() / weight.sum(), rel=1e-12)


@each_loss
def test_equal_weights_are_no_weights(name):
    loss, output, target = TABLE[name].make(), outputs(name, 6, 4), TABLE[name].target(6, 4)
    plain, backward = loss(output, target)
    for weight in ([1] * 6, np.full(6, 0.3), np.ones(6, dtype=bool)):
        value, weighted = loss(output, target, weight=weight)
        assert value == pytest.approx(plain, rel=1e-12)
        np.testing.assert_allclose(weighted(), backward(), rtol=1e-12)


@each_loss
def test_a_weight_of_0_leaves_a_sample_out(name):
    loss, output, target = TABLE[name].make(), outputs(name, 6, 4), TABLE[name].target(6, 4)
    value, backward = loss(output, target, weight=[1, 1, 0, 1, 0, 1])
    kept = [0, 1, 3, 5]
    assert value == pytest.approx(loss(output[kept], target[kept])[0], rel=1e-12)
    assert not backward()[[2, 4]].any()


@pytest.mark.parametrize("weighted", [False, True])
@each_loss
def test_the_parts_of_a_batch_add_up_to_the_whole(name, weighted):
    loss, n, k = TABLE[name].make(), 11, 3
    output, target = outputs(name, n, k), TABLE[name].target(n, k)
    weight = rng("weight").uniform(0.5, 2, size=n) if weighted else np.ones(n)
    whole, backward = loss(output, target, weight=weight)
    denominator = loss.denominator(output, target, weight)
    assert type(denominator) is type(loss.denominator(output, target)) is float
    assert denominator == pytest.approx(weight.sum() * loss.terms(output), rel=1e-14)
    parts = [slice(0, 4), slice(4, 5), slice(5, 11)]
    done = [loss(output[p], target[p], weight=weight[p] if weighted else None, denominator=denominator) for p in parts]
    assert sum(value for value, _ in done) == pytest.approx(whole, rel=1e-12)
    np.testing.assert_allclose(np.concatenate([back() for _, back in done]), backward(), rtol=1e-12, atol=1e-15)


@each_loss
def test_calling_is_pure(name):
    loss, output, target = TABLE[name].make(), outputs(name, 5, 3, np.float32), TABLE[name].target(5, 3)
    for array in (output, target):
        array.flags.writeable = False
    value, backward = loss(output, target)
    first = backward()
    again, _ = loss(output, target)
    assert type(value) is float
    assert value == again
    assert first.tobytes() == backward().tobytes()
    assert vars(loss) == vars(TABLE[name].make())


@each_loss
def test_memory_layouts_and_lists(name):
    loss, output, target = TABLE[name].make(), outputs(name, 5, 3), TABLE[name].target(5, 3)
    value, backward = loss(output, target)
    twice = np.repeat(output, 2, axis=0)[::2]
    for other in (np.asfortranarray(output), np.flip(np.flip(output).copy()), twice, output.tolist()):
        same, same_backward = loss(other, target.tolist())
        assert same == pytest.approx(value, rel=1e-12)
        np.testing.assert_allclose(same_backward(), backward(), rtol=1e-12)


@each_loss
def test_nan_is_not_hidden(name):
    output = outputs(name, 4, 3)
    output[2] = np.nan
    with np.errstate(invalid="ignore"):
        value, backward = TABLE[name].make()(output, TABLE[name].target(4, 3))
        assert math.isnan(value)
        gradient = backward()
    assert np.isnan(gradient[2]).any() or name == "NLLLoss"  # whose gradient does not depend on the output
    assert np.isfinite(gradient[[0, 1, 3]]).all()


def test_nan_in_a_target_is_not_hidden():
    for loss in (lw.MSELoss(), lw.L1Loss(), lw.HuberLoss(), lw.BCEWithLogitsLoss(), lw.BCELoss()):
        assert math.isnan(loss(np.zeros((2, 1)), [[np.nan], [0.0]])[0])
    assert math.isnan(lw.CrossEntropyLoss()(np.zeros((2, 2)), np.array([[np.nan, 0.5], [0.5, 0.5]]))[0])


@each_loss
def test_spec_and_repr(name):
    loss = TABLE[name].make()
    assert LOSSES.spec(loss) == {"name": name}
    assert repr(LOSSES.build({"name": name})) == repr(loss) == f"{name}()"


def test_labels_of_every_whole_type():
    for dtype in (np.int8, np.uint8, np.int32, np.uint64):
        value, _ = lw.CrossEntropyLoss()(outputs("CrossEntropyLoss", 3, 4), np.array([0, 3, 1], dtype))
        assert value == lw.CrossEntropyLoss()(outputs("CrossEntropyLoss", 3, 4), [0, 3, 1])[0]


def test_a_target_of_bytes_does_not_wrap():
    value, _ = lw.MSELoss()(np.array([[0.0]], np.float32), np.array([[200]], np.uint8))
    assert value == 40_000


def test_whole_outputs_do_not_cut_the_target():
    assert lw.MSELoss()(np.zeros((2, 1), int), [[0.5], [0.5]])[0] == 0.25


def test_accuracy():
    output = np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]])
    assert lw.CrossEntropyLoss().accuracy(output, np.array([0, 1, 1])) == pytest.approx(2 / 3)
    assert lw.BCEWithLogitsLoss().accuracy(np.array([[2.0], [-1.0]]), np.array([[1.0], [1.0]])) == 0.5
    assert lw.NLLLoss().accuracy(output - 3, np.array([0, 1, 1])) == pytest.approx(2 / 3)
    assert lw.BCELoss().accuracy(np.array([[0.75], [0.5]]), np.array([[1.0], [1.0]])) == 0.5
    for loss in (lw.MSELoss(), lw.L1Loss(), lw.HuberLoss()):
        assert loss.accuracy(output, output) is None


# --- bad input -------------------------------------------------------------------------------------------------------

Z = np.zeros((2, 3))
MASKED = np.ma.masked_array([0, 1], mask=[True, False])
LABELS = [
    (Z, [0, 3], DataError, ("label 3 in row 1", "outside 0 to 2", "3 outputs")),
    (Z, [-1, 0], DataError, ("label -1 in row 0", "outside 0 to 2")),
    (Z, [0, 2**40], DataError, "row 1"),
    (Z, [0.0, 1.0], KindError, ("whole numbers", "float64", "number the classes")),
    (Z, [0.0, np.nan], KindError, "whole numbers"),
    (Z, [True, False], KindError, "bool"),
    (Z, ["a", "b"], KindError, ("whole numbers", "number the classes 0, 1, 2")),
    (Z, [0, None], KindError, "object"),
    (Z, None, ShapeError, ("labels of shape (2,)", "got ()")),
    (Z, [[0], [1]], ShapeError, ("got (2, 1)", "write target.ravel()")),
    (Z, [0, 1, 2], ShapeError, ("(2,)", "(3,)", "one label per sample")),
    (Z, [[0, 1], [1]], ShapeError, "ragged"),
    (Z, MASKED, KindError, "masked array"),
    (np.zeros(3), [0, 1, 2], ShapeError, ("(N, K)", "(3,)")),
    (np.zeros((2, 3, 4)), [0, 1], ShapeError, ("labels of shape (2, 3)", "got (2,)", "one label per step")),
    (np.zeros((2, 0)), [0, 0], DataError, "0 outputs"),
    (Z + 1j, [0, 1], KindError, "complex"),
    ([["a"]], [0], KindError, "text"),
]
ELEMENTS = [
    (np.zeros((3, 1)), np.zeros(3), ShapeError, ("(3, 1)", "(3,)", "write target.reshape(-1, 1)")),
    (np.zeros((3, 1)), np.zeros((1, 3)), ShapeError, "give the target the shape of the output"),
    (np.zeros((3, 2)), np.zeros((3, 1)), ShapeError, ("(3, 2)", "(3, 1)")),
    (np.zeros((3, 2)), 0.0, ShapeError, ("(3, 2)", "()")),
    (np.zeros(3), np.zeros(3), ShapeError, ("(N, K)", "(3,)")),
    (np.zeros((2, 1)), None, KindError, "objects"),
    (np.zeros((2, 1)), [["a"], ["b"]], KindError, "text"),
    (np.zeros((2, 1)), [[1j], [1j]], KindError, "complex"),
    (np.zeros((2, 2)), [[1, 0], [1]], ShapeError, "ragged"),
    (np.zeros((2, 0)), np.zeros((2, 0)), DataError, "a mean needs samples"),
    (np.zeros((2, 1)), np.ma.masked_array([[0.0], [1.0]], mask=[[1], [0]]), KindError, "masked"),
]
YES_OR_NO = [
    (np.zeros((2, 1)), [[-1.0], [1.0]], DataError, ("from 0 (no) to 1 (yes)", "-1 to 1")),
    (np.zeros((2, 1)), [[1.0], [2.0]], DataError, ("1 to 2", "number the two classes 0 and 1")),
]
NOT_PROBABILITIES = [
    (np.array([[0.5], [1.5]]), [[1.0], [1.0]], DataError, ("from 0.5 to 1.5", "Sigmoid()", "BCEWithLogitsLoss")),
    (np.array([[-0.5], [0.5]]), [[1.0], [1.0]], DataError, "from -0.5 to 0.5"),
]
BAD = [(name, *row) for name in ("CrossEntropyLoss", "NLLLoss") for row in LABELS]
BAD += [("NLLLoss", Z, np.eye(3)[:2], ShapeError, "got (2, 3)")]
ELEMENTWISE = ("MSELoss", "L1Loss", "HuberLoss", "BCEWithLogitsLoss", "BCELoss")
BAD += [(name, *row) for name in ELEMENTWISE for row in ELEMENTS]
BAD += [(name, *row) for name in ("BCEWithLogitsLoss", "BCELoss") for row in YES_OR_NO]
BAD += [("BCELoss", *row) for row in NOT_PROBABILITIES]


@pytest.mark.parametrize(
    ("name", "output", "target", "error", "words"), BAD, ids=[f"{i}-{r[0]}" for i, r in enumerate(BAD)]
)
def test_targets_that_do_not_fit(name, output, target, error, words, tally):
    refused(tally, error, words, lambda: TABLE[name].make()(output, target))


@pytest.mark.parametrize(("keywords", "error", "words"), [
    ({"weight": [1]}, ShapeError, ("one number per sample", "(2,)", "(1,)")),
    ({"weight": [[1], [1]]}, ShapeError, "(2, 1)"),
    ({"weight": 2.0}, ShapeError, "()"),
    ({"weight": [1, -1]}, DataError, "-1.0 in row 1"),
    ({"weight": [np.nan, 1]}, DataError, "nan in row 0"),
    ({"weight": [0, 0]}, DataError, ("2 samples", "total weight 0")),
    ({"weight": ["a", "b"]}, KindError, "text"),
    ({"denominator": 0}, SettingError, "denominator must be above 0, got 0"),
    ({"denominator": -2.0}, SettingError, "denominator must be above 0"),
    ({"denominator": math.nan}, SettingError, "finite"),
    ({"denominator": "2"}, KindError, "denominator must be a number"),
    ({"denominator": True}, KindError, "denominator"),
])  # fmt: skip
@each_loss
def test_weights_and_denominators_that_do_not_fit(name, keywords, error, words, tally):
    refused(tally, error, words, lambda: TABLE[name].make()(outputs(name, 2, 3), TABLE[name].target(2, 3), **keywords))


@each_loss
def test_a_mean_over_nothing_is_an_error_and_never_nan(name, tally):
    row = TABLE[name]
    refused(tally, DataError, "0 samples", lambda: row.make()(np.zeros((0, 3)), row.target(0, 3)))


def test_but_an_empty_part_of_a_batch_is_0():
    value, backward = lw.MSELoss()(np.zeros((0, 3)), np.zeros((0, 3)), denominator=5)
    assert value == 0
    assert backward().shape == (0, 3)


TYPED = {
    "MSELoss": (lw.MSELoss(), np.zeros((2, 3))),
    "BCEWithLogitsLoss": (lw.BCEWithLogitsLoss(), np.ones((2, 3))),
    "CrossEntropyLoss": (lw.CrossEntropyLoss(), np.array([0, 2])),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weight", [None, [1, 2]])
@pytest.mark.parametrize("name", TYPED)
def test_the_gradient_has_the_type_of_the_output(name, weight, dtype):
    loss, target = TYPED[name]
    value, backward = loss(np.ones((2, 3), dtype), target, weight=weight)
    assert type(value) is float
    assert backward().dtype == dtype
