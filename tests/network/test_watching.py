"""Looking into a network: what a tap is told, at which address, in which order; and that no bit changes for it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.support.refusals import refused

import layerwise as lw
from layerwise import formulas
from layerwise.compiled import workers
from layerwise.errors import KindError, SettingError
from layerwise.layers import Layer
from layerwise.network.execution import plan as plans
from layerwise.random import generator
from layerwise.tap import Tap


class Diary(Tap):
    """Writes down all it is told, in order, and copies."""

    def __init__(self, operations: bool = True):
        self.operations = operations
        self.told: list[tuple] = []

    def activation(self, where, value):
        self.told.append(("activation", where, value.copy()))

    def gradient(self, where, gradient):
        self.told.append(("gradient", where, gradient.copy()))

    def value(self, where, name, value):
        self.told.append(("value", where, name, value.copy()))

    def operation(self, call):
        self.told.append(("operation", call.where, call))

    def operation_backward(self, call, upstream, gradients):
        self.told.append(("operation_backward", call.where, call, upstream, gradients))

    def places(self, *kinds):
        return [(kind, where) for kind, where, *_ in self.told if kind in kinds]

    def formulas(self):
        return [(where, rest[0].formula.__name__) for kind, where, *rest in self.told if kind == "operation"]


def test_an_activation_is_what_the_layer_gives():
    net, diary = lw.Network(lw.Linear(4, 3), lw.Tanh(), lw.Sequential(lw.Linear(3, 2)), seed=1), Diary()
    x = generator(0, "watching").normal(size=(5, 4)).astype(np.float32)
    y = net(x, tap=diary)
    shown = {where: value for kind, where, value, *_ in diary.told if kind == "activation"}
    z = x @ net[0].weight.T + net[0].bias
    np.testing.assert_allclose(shown["0"], z, rtol=1e-5)
    np.testing.assert_allclose(shown["1"], np.tanh(z), rtol=1e-5)
    np.testing.assert_array_equal(shown["2.0"], y)
    np.testing.assert_array_equal(shown["2"], y)


def shared():
    layer = lw.Linear(4, 4)
    return lw.Network(layer, lw.Tanh(), layer, lw.Sequential(lw.ReLU(), layer))


def shared_recurrent():
    layer = lw.LSTM(3, 3)
    return lw.Network(layer, layer, lw.GRU(3, 2, output="last"))


def bag(*layers):
    return lw.Network(lw.Embedding(9, 4, padding_idx=0, masks=True), *layers, lw.Linear(4, 3))


NETWORKS = {
    "dense": (lambda: lw.Network(lw.Linear(6, 5), lw.Tanh(), lw.Linear(5, 4), lw.Sigmoid(), lw.Linear(4, 2)), (8, 6)),
    "a large dense one": (lambda: lw.Network(lw.Linear(60, 90), lw.ReLU(), lw.Linear(90, 5)), (64, 60)),
    "images, fused": (
        lambda: lw.Network(lw.Conv2d(1, 3, 3), lw.ReLU(), lw.MaxPool2d(2), lw.Flatten(), lw.Linear(27, 2)),
        (6, 1, 8, 8),
    ),
    "normalised images": (
        lambda: lw.Network(lw.Conv2d(1, 3, 3), lw.BatchNorm2d(3), lw.ReLU(), lw.AvgPool2d(2), lw.Flatten()),
        (6, 1, 8, 8),
    ),
    "recurrent": (
        lambda: lw.Network(lw.LSTM(3, 4, num_layers=2, dropout=0.2, bidirectional=True), lw.GRU(8, 3), lw.RNN(3, 2)),
        (5, 4, 3),
    ),
    "attention": (lambda: bag(lw.SinusoidalPositions(4), lw.MultiheadAttention(4, 2, dropout=0.1)), "words"),
    "residual": (
        lambda: lw.Network(
            lw.Linear(4, 6),
            lw.Residual(lw.LayerNorm(6), lw.Linear(6, 6), lw.GELU(), lw.Dropout(0.3)),
            lw.Residual(lw.Linear(6, 3), shortcut=lw.Sequential(lw.RMSNorm(6), lw.Linear(6, 3))),
        ),
        (7, 4),
    ),
    "branches": (
        lambda: lw.Network(
            lw.Parallel(lw.Linear(4, 3), lw.Tanh(), lw.Sequential(lw.Linear(4, 2), lw.ReLU())),
            lw.Parallel(lw.Identity(), lw.Tanh(), lw.SiLU(), combine="add"),
            lw.Parallel(lw.Linear(9, 4), lw.Linear(9, 4), lw.Linear(9, 4), combine="multiply"),
        ),
        (7, 4),
    ),
    "shared": (shared, (7, 4)),
    "shared recurrent": (shared_recurrent, (5, 4, 3)),
    "columns": (
        lambda: lw.Network(
            lw.Parallel(
                lw.Sequential(lw.Select(0), lw.Embedding(9, 4)), lw.Sequential(lw.Select(1), lw.Embedding(9, 4))
            ),
            lw.Linear(8, 1),
        ),
        "words",
    ),
}


def batch(shape):
    rng = generator(5, "x")
    if shape == "words":
        return rng.integers(1, 9, size=(6, 5))
    return rng.normal(size=shape).astype(np.float32)


def run(make, x, tap=None, **settings):
    """Output, gradient at x, gradient at theta, and buffers, of one training pass."""
    net = make()
    net.zero_grad()
    y, backward = net.forward(x, training=True, step=4, tap=tap, **settings)
    dx = backward(generator(6, "dy").normal(size=y.shape).astype(y.dtype))
    return [y, dx if dx is not None else np.zeros(0), net.grad.copy(), *net.buffers().values()]


@pytest.fixture(params=["twins", "formulas"])
def computing(request):
    """Both ways to compute."""
    if request.param == "twins":
        pytest.importorskip("numba")
    before = lw.compiled.in_use()
    lw.use_compiled(request.param == "twins")
    yield request.param
    lw.use_compiled(before)


@pytest.fixture
def two_threads(monkeypatch):
    """Every batch that may be cut is cut in two."""
    monkeypatch.setattr(plans, "WORTH_SHARDING", 1)
    workers.use_threads(2)
    yield
    workers.use_threads(None)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("cut", [False, True])
def test_watching_changes_no_bit(name, cut, computing, request):
    if cut:
        request.getfixturevalue("two_threads")
    make, shape = NETWORKS[name]
    x = batch(shape)
    alone = run(make, x)
    for tap in (Tap(), Diary(operations=False), Diary()):
        for one, other in zip(alone, run(make, x, tap), strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)
            assert one.tobytes() == other.tobytes()


def replay(diary):
    """Every call, and every way back, run again by the readable formula on what the run gave it."""
    ways = {}
    for kind, _, call, *rest in (each for each in diary.told if each[0].startswith("operation")):
        if kind == "operation":
            value, ways[call] = call.formula(*call.arguments, **call.keywords)
            found, again = call.value, value
        else:
            upstream, found = rest
            again = ways[call](*upstream)
        yield call, kind, arrays(found, again), arrays(again, again)


def arrays(value, like):
    """All arrays of a value that may have several parts; a twin makes some of them only when they are asked for."""
    if hasattr(like, "_fields"):
        return [getattr(value, name) for name in like._fields]
    return list(value) if isinstance(value, tuple) else [value]


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("cut", [False, True])
def test_every_call_can_be_run_again_on_its_own_numbers(name, cut, computing, request):
    if cut:
        request.getfixturevalue("two_threads")
    make, shape = NETWORKS[name]
    diary = Diary()
    net = make().astype("float64")
    x = batch(shape).astype("float64") if shape != "words" else batch(shape)
    y, backward = net.forward(x, training=True, step=4, tap=diary)
    backward(generator(6, "dy").normal(size=y.shape))
    count, embedding = 0, formulas.embedding
    for call, kind, found, again in replay(diary):
        for ours, theirs in zip(found, again, strict=True):
            if ours is not None:  # nobody wanted it
                np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12, err_msg=f"{call.where} {kind}")
                count += 1
    forward, back = ([call for kind, _, call, *_ in diary.told if kind == wanted] for wanted in OPERATIONS)
    assert count >= 2 * len(forward) > 0
    differentiable = [call for call in forward if call.arguments[0].dtype.kind == "f" or call.formula is embedding]
    assert {id(call) for call in back} == {id(call) for call in differentiable}  # whole numbers have no way back
    assert len(back) == len(differentiable)  # and each is gone once
    kinds = [each[0] for each in diary.told]
    assert kinds.index("operation_backward") > max(i for i, kind in enumerate(kinds) if kind == "operation")
    if not cut and name not in ("branches", "columns", "residual", "recurrent"):  # where ways lie side by side
        assert [id(call) for call in back] == [id(call) for call in reversed(forward)]


OPERATIONS = "operation", "operation_backward"


def test_a_residual_network_has_no_hole():
    net = lw.Network(lw.Linear(4, 6), lw.Residual(lw.LayerNorm(6), lw.Linear(6, 6)), lw.Flatten(), lw.Softmax())
    diary = Diary()
    y, backward = net.forward(batch((7, 4)), tap=diary)
    backward(np.ones_like(y))
    assert diary.formulas() == [
        ("0", "linear"),
        ("1", "fan_out"),
        ("1.0", "layer_norm"),
        ("1.1", "linear"),
        ("1", "add"),
        ("2", "reshape"),
        ("3", "softmax"),
    ]
    calls = [each[2] for each in diary.told if each[0] == "operation"]
    for before, after in pairwise(calls):  # what comes out of one goes into the next
        value = before.value[0] if isinstance(before.value, tuple) else before.value
        assert any(np.shares_memory(value, argument) for argument in after.arguments[:2])
    back = [where for kind, where, *_ in diary.told if kind == "operation_backward"]
    assert back == ["3", "2", "1", "1.1", "1.0", "1", "0"]
    dadd, dfork = (each for each in diary.told if each[0] == "operation_backward" and each[1] == "1")
    [(_, _, dsoftmax)] = [each for each in diary.told if each[:2] == ("gradient", "1")]
    np.testing.assert_array_equal(dadd[3][0], dsoftmax)
    np.testing.assert_array_equal(dadd[4][0], dsoftmax)  # the sum hands on what it is given
    np.testing.assert_array_equal(dadd[4][1], dsoftmax)
    [dnorm] = [each[4][0] for each in diary.told if each[:2] == ("operation_backward", "1.0")]
    [(_, _, dx)] = [each for each in diary.told if each[:2] == ("gradient", "0")]
    np.testing.assert_array_equal(dfork[3], (dsoftmax, dnorm))  # what comes back on both ways
    np.testing.assert_array_equal(dx, dsoftmax + dnorm)


@pytest.mark.parametrize(("make", "x", "names"), [
    (lambda: lw.Parallel(lw.Tanh(), lw.ReLU(), lw.Identity()), (3, 4), ["fan_out"] * 2 + ["concatenate"] * 2),
    (lambda: lw.Parallel(lw.Tanh(), lw.ReLU(), combine="add"), (3, 4), ["fan_out", "add"]),
    (lambda: lw.Parallel(lw.Tanh(), lw.ReLU(), combine="multiply"), (3, 4), ["fan_out", "multiply"]),
    (lambda: lw.Select(-1, dim=1), (3, 4, 2), ["index"]),
    (lambda: lw.SinusoidalPositions(4), (3, 5, 4), ["add"]),
    (lambda: lw.Flatten(), (3, 5, 4), ["reshape"]),
    (lambda: lw.LSTM(4, 2, bidirectional=True), (3, 5, 4), ["fan_out", "lstm", "lstm", "concatenate"]),
])  # fmt: skip
def test_what_layers_do_beside_their_parameters_is_a_formula_too(make, x, names):
    diary = Diary()
    lw.Network(make())(batch(x), tap=diary)
    assert [name for where, name in diary.formulas() if where == "0"] == names


def test_each_use_of_a_shared_layer_has_an_address_of_its_own(computing):
    diary = Diary()
    net = shared()
    y, backward = net.forward(batch((7, 4)), tap=diary)
    backward(np.ones_like(y))
    places = ["0", "1", "0#1", "3.0", "0#2", "3"]
    assert [where for _, where in diary.places("activation")] == places
    assert [where for _, where in diary.places("gradient")] == ["3", "0#2", "3.0", "0#1", "1", "0"]
    assert [where for where, name in diary.formulas() if name == "linear"] == ["0", "0#1", "0#2"]
    assert net(batch((7, 4)), tap=(again := Diary())).tobytes() == y.tobytes()
    assert [where for _, where in again.places("activation")] == places  # a pass counts for itself


def test_states_values_and_calls_share_one_address(computing):
    diary, state = Diary(), {}
    shared_recurrent().forward(batch((5, 4, 3)), tap=diary, state=state)
    assert list(state) == ["0", "0#1", "2"]
    assert list(dict.fromkeys(where for _, where in diary.places("value"))) == ["0", "0#1", "2"]
    assert [where for where, name in diary.formulas()] == ["0", "0#1", "2"]
    alone = {}
    shared_recurrent().forward(batch((5, 4, 3)), state=alone)
    assert list(alone) == ["0", "0#1", "2"]


def test_a_shared_layer_of_a_cut_batch_has_its_addresses_too(two_threads):
    pytest.importorskip("numba")
    layer = lw.MultiheadAttention(4, 2)
    net = lw.Network(layer, lw.Sequential(layer), lw.Linear(4, 2))
    diary = Diary()
    net(batch((6, 3, 4)), tap=diary)
    assert [where for _, where in diary.places("activation")] == ["0", "0#1", "1", "2"]
    assert [where for where, _ in diary.formulas()] == ["0", "0", "0#1", "0#1", "2", "2"]


def test_calls_of_a_cut_batch_come_one_by_one_each_with_its_rows(two_threads):
    """Threads have computed some rows each: a call that joins them never took place, and has other bits."""
    pytest.importorskip("numba")
    net, x = lw.Network(lw.Conv2d(1, 2, 3), lw.ReLU(), lw.Flatten(), lw.Linear(32, 3)), batch((5, 1, 6, 6))
    diary = Diary()
    y, backward = net.forward(x, training=True, tap=diary)
    backward(np.ones_like(y))
    rows = [(each[2].formula, each[2].rows) for each in diary.told if each[0] == "operation"]
    names = formulas.conv2d, formulas.relu, formulas.reshape, formulas.linear
    assert rows == [(name, part) for name in names for part in (slice(0, 2), slice(2, 5))]
    for kind, _, call, *_ in diary.told:
        if kind == "operation" and call.formula is formulas.conv2d:
            np.testing.assert_array_equal(call.arguments[0], x[call.rows])
    back = [each for each in diary.told if each[0] == "operation_backward"]
    assert [(each[2].formula, each[2].rows) for each in back[:2]] == [
        (formulas.linear, slice(0, 2)),
        (formulas.linear, slice(2, 5)),
    ]
    np.testing.assert_allclose(net.gradients()["3.bias"], sum(each[4][2] for each in back[:2]), rtol=1e-6)
    [whole] = [each[2] for each in diary.told if each[:2] == ("activation", "0")]
    assert whole.shape[0] == 5  # activations are joined


def test_a_whole_batch_has_no_rows():
    diary = Diary()
    lw.Network(lw.Linear(4, 2))(batch((5, 4)), tap=diary)
    assert [each[2].rows for each in diary.told if each[0] == "operation"] == [None]


def test_a_step_of_training_takes_a_tap(computing):
    """Fused into one call or not: cost, gradient and the count of passes are those of the step nobody looks at."""
    x, target = batch((8, 6)), generator(7, "t").normal(size=(8, 2)).astype(np.float32)
    found = []
    for tap in (None, Tap(), diary := Diary()):
        net = NETWORKS["dense"][0]()
        net.zero_grad()
        cost = net.backpropagate(x, target, lw.MSELoss(), tap=tap)
        found.append((np.float64(cost).tobytes(), net.grad.tobytes(), net.passes))
    assert found[0] == found[1] == found[2]
    linears = [where for where, name in diary.formulas() if name == "linear"]
    assert linears == ["0", "2", "4"]
    assert [where for _, where in diary.places("gradient")] == ["4", "3", "2", "1", "0"]


def test_the_old_word_still_works_and_two_words_do_not(tally):
    net, x, diary = lw.Network(lw.Linear(4, 2)), batch((5, 4)), Diary()
    net.forward(x, taps=diary)
    assert diary.places("activation") == [("activation", "0")]
    refused(tally, SettingError, "pass tap alone", lambda: net.forward(x, tap=Tap(), taps=Tap()))


@pytest.mark.parametrize("tap", [Tap, Diary, print, "tap", 1, [Tap()], object()])
def test_what_is_no_tap_is_refused(tally, tap):
    net, x = lw.Network(lw.Linear(4, 2)), batch((5, 4))
    calls = [
        lambda: net(x, tap=tap),
        lambda: net.forward(x, tap=tap),
        lambda: net.forward(x, taps=tap),
        lambda: net.backpropagate(x, np.ones((5, 2)), lw.MSELoss(), tap=tap),
    ]
    for call in calls:
        refused(tally, KindError, ("tap must be a Tap", "lw.Tap"), call)


class Doubled(Layer):
    """A learner's own layer that computes by a formula."""

    def forward(self, x, pass_):
        y, backward = pass_.call(self, formulas.multiply, x, np.full_like(x, 2))
        return y, lambda dy: backward(dy)[0]

    def output_shape(self, shape):
        return shape


def test_a_layer_of_ones_own_is_seen_alone_and_in_a_network():
    diary = Diary()
    lw.Network(lw.Tanh(), Doubled())(batch((5, 4)), tap=diary)
    assert diary.formulas() == [("0", "tanh"), ("1", "multiply")]
    np.testing.assert_array_equal(Doubled()(np.ones((1, 1))), [[2]])


@pytest.mark.parametrize(("loss", "target", "name"), [
    (lw.MSELoss(), np.ones((5, 3)), "mean_squared_error"),
    (lw.CrossEntropyLoss(), np.array([0, 1, 2, 0, 1]), "cross_entropy_with_logits"),
])  # fmt: skip
def test_a_step_of_training_shows_the_loss_between_the_way_there_and_the_way_back(computing, loss, target, name):
    diary = Diary()
    net = lw.Network(lw.Linear(4, 3), lw.Tanh())
    cost = net.backpropagate(batch((5, 4)), target, loss, tap=diary)
    assert diary.formulas() == [("0", "linear"), ("1", "tanh"), ("loss", name)]
    assert [where for _, where in diary.places("operation_backward")] == ["loss", "1", "0"]
    [call] = [each[2] for each in diary.told if each[:2] == ("operation", "loss")]
    assert float(call.value) == cost
    [(*_, gradients)] = [each for each in diary.told if each[:2] == ("operation_backward", "loss")]
    dy = gradients[0] if isinstance(gradients, tuple) else gradients
    [(_, _, shown)] = [each for each in diary.told if each[:2] == ("gradient", "1")]
    np.testing.assert_array_equal(dy, shown)
