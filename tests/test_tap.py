"""The tap: formulas that run through `compute` tell who looks, forward and back, and change no bit for it."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise import formulas
from layerwise.compiled import fast
from layerwise.tap import Call, Tap, compute

rng = np.random.default_rng(3)
X, W, B, DZ = (rng.normal(size=shape) for shape in [(5, 3), (2, 3), (2,), (5, 2)])


class Diary(Tap):
    """Writes down every call, and what came back."""

    def __init__(self, operations: bool = True):
        self.operations = operations
        self.calls: list[Call] = []
        self.ways: list[tuple] = []

    def operation(self, call):
        self.calls.append(call)

    def operation_backward(self, call, upstream, gradients):
        self.ways.append((call, upstream, gradients))


def test_a_tap_that_overrides_nothing_sees_everything_in_peace():
    tap = Tap()
    assert tap.operations is False
    call = Call("0", formulas.tanh, (X,), {}, X, lambda dy: dy)
    seen = (tap.activation("0", X), tap.gradient("0", X), tap.value("0", "gate", X), tap.operation(call))
    assert (*seen, tap.operation_backward(call, (X,), X)) == (None,) * 5


@pytest.mark.parametrize("twins", [True, False])
def test_a_call_is_told_forward_and_back_and_can_be_run_again(request, twins):
    if twins:
        pytest.importorskip("numba")
    before = lw.compiled.in_use()
    request.addfinalizer(lambda: lw.use_compiled(before))
    lw.use_compiled(twins)
    tap = Diary()
    z, backward = compute(formulas.linear, X, W, b=B, tap=tap, where="3.1#1", rows=slice(0, 5))
    gradients = backward(DZ, input_gradient=False)

    plain, plain_backward = fast(formulas.linear)(X, W, B)
    assert z.tobytes() == plain.tobytes()
    assert [g is not None and g.tobytes() for g in gradients[1:]] == [g.tobytes() for g in plain_backward(DZ)[1:]]

    [call] = tap.calls
    assert (call.where, call.formula, call.rows) == ("3.1#1", formulas.linear, slice(0, 5))
    assert [argument is given for argument, given in zip(call.arguments, (X, W), strict=True)] == [True, True]
    assert call.keywords == {"b": B}
    assert call.value is z
    [(called, upstream, returned)] = tap.ways
    assert called is call
    assert returned is gradients
    assert gradients[0] is None
    assert len(upstream) == 1
    assert upstream[0] is DZ

    again, way_back = call.formula(*call.arguments, **call.keywords)
    np.testing.assert_allclose(again, z, rtol=1e-12)
    for ours, theirs in zip(way_back(*upstream)[1:], gradients[1:], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_way_back_that_is_gone_twice_is_told_twice_and_calls_own_backward_tells_nobody():
    tap = Diary()
    _, backward = compute(formulas.tanh, X, tap=tap)
    backward(X)
    tap.calls[0].backward(X)
    backward(2 * X)
    assert [upstream[0][0, 0] for _, upstream, _ in tap.ways] == [X[0, 0], 2 * X[0, 0]]


@pytest.mark.parametrize("tap", [None, Diary(operations=False)])
def test_who_does_not_ask_for_operations_is_told_none(tap):
    _, backward = compute(formulas.tanh, X, tap=tap)
    assert backward.__qualname__ == fast(formulas.tanh)(X)[1].__qualname__  # nothing is wrapped around it
    assert tap is None or (tap.calls, tap.ways) == ([], [])
