"""What all optimizers have in common: state, resuming, settings as a table, refusals."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from tests.optimizers.paths import MASK, PATHS, gradient, start
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import FileError, KindError, SettingError, ShapeError
from layerwise.optimizers import OPTIMIZERS
from layerwise.optimizers import optimizer as optimizer_module

each_path = pytest.mark.parametrize("name", PATHS)


def make_step(optimizer, theta, grad, lr=None):
    optimizer.step(theta, grad, lr, MASK[: len(theta)] if optimizer.spares_biases else None)


def walk(optimizer, theta, steps):
    for step in steps:
        make_step(optimizer, theta, gradient(theta, step))
    return theta


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_path
def test_a_stopped_run_goes_on_with_the_same_bits(name, dtype):
    whole = walk(PATHS[name].make(), start(dtype), range(40))
    first = PATHS[name].make()
    theta = walk(first, start(dtype), range(17))
    state, theta = first.state_dict(), theta.copy()
    walk(first, theta.copy(), range(17, 30))  # what was handed out does not change with later steps
    second = PATHS[name].make()
    second.load_state_dict(state)
    assert walk(second, theta, range(17, 40)).tobytes() == whole.tobytes()
    assert second.t == 40


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
@each_path
def test_a_copy_goes_on_by_itself(name, duplicate):
    optimizer = PATHS[name].make()
    theta = walk(optimizer, start(), range(5))
    twin = duplicate(optimizer)
    ahead = walk(twin, theta.copy(), range(5, 9))
    assert walk(optimizer, theta, range(5, 9)).tobytes() == ahead.tobytes()


@each_path
def test_the_gradient_is_only_read(name):
    theta, optimizer = start(), PATHS[name].make()
    for step in range(3):
        grad = gradient(theta, step)
        grad.flags.writeable = False
        make_step(optimizer, theta, grad)
    view, strided = start(), np.repeat(start(), 2)[::2]  # theta may be any view
    for step in range(3):
        optimizer = PATHS[name].make() if step == 0 else optimizer
        make_step(optimizer, strided, gradient(view, step).copy())
    assert np.isfinite(strided).all()


@each_path
def test_spec_and_repr_are_the_call(name):
    optimizer = PATHS[name].make()
    spec = OPTIMIZERS.spec(optimizer)
    assert repr(OPTIMIZERS.build(spec)) == repr(optimizer)
    assert repr(eval(repr(optimizer), dict(OPTIMIZERS))) == repr(optimizer)


@each_path
def test_lr_of_0_moves_nothing(name):
    optimizer, theta = PATHS[name].make(), start()
    for step in range(3):
        make_step(optimizer, theta, gradient(theta, step), lr=0)
    np.testing.assert_array_equal(theta, start())


@each_path
def test_nan_is_not_hidden(name):
    optimizer, theta = PATHS[name].make(), start()
    make_step(optimizer, theta, np.where(np.arange(6) == 2, np.nan, 1.0), lr=0.1)
    assert np.isnan(theta[2])
    assert np.isfinite(np.delete(theta, 2)).all()


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble])
@each_path
def test_types_that_no_twin_is_compiled_for(name, dtype):
    """The readable formulas compute them: the first step goes where that of float64 goes, in the type of theta."""
    theta, right = start(dtype), start()
    make_step(PATHS[name].make(), theta, gradient(theta, 0), lr=0.1)
    make_step(PATHS[name].make(), right, gradient(right, 0), lr=0.1)
    assert theta.dtype == dtype
    np.testing.assert_allclose(theta.astype(float), right, rtol=0.02, atol=0.002)


@pytest.mark.parametrize(("theta", "grad", "asked"), [
    (np.float32, np.float32, True), (np.float64, np.float64, True),
    (np.float16, np.float16, False), (np.float64, np.float32, False),
])  # fmt: skip
def test_a_twin_is_asked_only_where_all_have_one_type_that_it_takes(theta, grad, asked, monkeypatch):
    found = []
    monkeypatch.setattr(optimizer_module, "fast", lambda update: found.append(update) or update)
    lw.Adam().step(start(theta), gradient(start(), 0).astype(grad))
    assert found == ([lw.Adam.update] if asked else [])


@each_path
def test_no_parameters_are_no_problem(name):
    optimizer = PATHS[name].make()
    for _ in range(2):
        make_step(optimizer, np.zeros(0), np.zeros(0))
    assert optimizer.t == 2


NUMBERS = [
    (lambda value: lw.GradientDescent(lr=value), "lr"),
    (lambda value: lw.Momentum(lr=value), "lr"),
    (lambda value: lw.Momentum(gamma=value), "gamma"),
    (lambda value: lw.SGD(lr=value), "lr"),
    (lambda value: lw.SGD(momentum=value), "momentum"),
    (lambda value: lw.SGD(weight_decay=value), "weight_decay"),
    (lambda value: lw.SGD(dampening=value), "dampening"),
    (lambda value: lw.Adagrad(lr=value), "lr"),
    (lambda value: lw.Adagrad(lr_decay=value), "lr_decay"),
    (lambda value: lw.Adagrad(weight_decay=value), "weight_decay"),
    (lambda value: lw.Adagrad(initial_accumulator_value=value), "initial_accumulator_value"),
    (lambda value: lw.Adagrad(eps=value), "eps"),
    (lambda value: lw.RMSprop(lr=value), "lr"),
    (lambda value: lw.RMSprop(alpha=value), "alpha"),
    (lambda value: lw.RMSprop(eps=value), "eps"),
    (lambda value: lw.RMSprop(weight_decay=value), "weight_decay"),
    (lambda value: lw.RMSprop(momentum=value), "momentum"),
    (lambda value: lw.Adam(lr=value), "lr"),
    (lambda value: lw.Adam(eps=value), "eps"),
    (lambda value: lw.Adam(weight_decay=value), "weight_decay"),
    (lambda value: lw.AdamW(weight_decay=value), "weight_decay"),
    (lambda value: lw.Adam(betas=(value, 0.9)), "beta1"),
    (lambda value: lw.Adam(betas=(0.9, value)), "beta2"),
]


@pytest.mark.parametrize(("value", "error", "words"), [
    (-0.1, SettingError, "-0.1"),
    (float("nan"), SettingError, "finite"),
    (float("inf"), SettingError, "finite"),
    (10**5000, SettingError, "finite"),
    (True, KindError, "True (bool)"),
    ("0.1", KindError, "'0.1' (str)"),
    (None, KindError, "NoneType"),
    ([0.1], KindError, "list"),
    (1 + 0j, KindError, "complex"),
], ids=["negative", "nan", "inf", "huge", "bool", "text", "None", "list", "complex"])  # fmt: skip
@pytest.mark.parametrize(("make", "name"), NUMBERS, ids=[f"{i}-{row[1]}" for i, row in enumerate(NUMBERS)])
def test_settings_out_of_range(make, name, value, error, words, tally):
    refused(tally, error, (name, words), lambda: make(value))


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda: lw.SGD(momentum=1), SettingError, "momentum must lie in [0, 1), got 1"),
    (lambda: lw.SGD(dampening=1.1), SettingError, "dampening must lie in [0, 1], got 1.1"),
    (lambda: lw.SGD(nesterov=True), SettingError, "nesterov needs momentum above 0 and dampening 0, got 0.0 and 0.0"),
    (lambda: lw.SGD(nesterov=True, momentum=0.9, dampening=0.1), SettingError, "got 0.9 and 0.1"),
    (lambda: lw.SGD(momentum=0.9, nesterov=1), KindError, "nesterov must be True or False, got 1 (int)"),
    (lambda: lw.Momentum(gamma=1.0), SettingError, "gamma must lie in [0, 1)"),
    (lambda: lw.RMSprop(alpha=1.0), SettingError, "alpha must lie in [0, 1)"),
    (lambda: lw.RMSprop(momentum=1), SettingError, "momentum must lie in [0, 1)"),
    (lambda: lw.RMSprop(centered="yes"), KindError, "centered must be True or False, got 'yes' (str)"),
    (lambda: lw.AdamW(decay="weight"), SettingError, "decay 'weight' is not known. Did you mean 'weights'?"),
    (lambda: lw.SGD(decay=0.1), KindError, "decay must be one of all, weights; got 0.1"),
    (lambda: lw.Adam(betas=0.9), SettingError, "betas are two numbers, such as (0.9, 0.999); got 0.9"),
    (lambda: lw.Adam(betas=(0.9,)), SettingError, "betas are two numbers"),
    (lambda: lw.Adam(betas=None), SettingError, "got None"),
    (lambda: lw.Adam(betas={0.9, 0.99}), SettingError, "betas are two numbers"),
    (lambda: lw.Adam(betas=(0.9, 1.0)), SettingError, "beta2 must lie in [0, 1)"),
    (lambda: OPTIMIZERS.build({"name": "Adan"}), SettingError, "Did you mean 'Adam"),
    (lambda: OPTIMIZERS.build({"name": "Adam", "momentun": 0.9}), SettingError, "Adam has no setting 'momentun'."),
    (lambda: OPTIMIZERS.build({"name": "SGD", "momentun": 0.9}), SettingError, "Did you mean 'momentum'?"),
])  # fmt: skip
def test_settings_that_do_not_fit(make, error, words, tally):
    refused(tally, error, words, make)


@pytest.mark.parametrize(("theta", "grad", "lr", "error", "words"), [
    (np.ones(3), np.ones(2), None, ShapeError, ("flat and equally long", "(3,)", "(2,)")),
    (np.ones((2, 2)), np.ones((2, 2)), None, ShapeError, ("flat", "(2, 2)")),
    (np.ones(()), np.ones(()), None, ShapeError, "flat"),
    (np.ones(2, int), np.ones(2), None, KindError, "theta must hold floats, got int64"),
    (np.ones(2, complex), np.ones(2), None, KindError, "theta must hold floats, got complex128"),
    ([1.0], [1.0], None, KindError, "theta and grad must be arrays, got list and list"),
    (np.ones(2), None, None, KindError, "got ndarray and NoneType"),
    (np.ones(2), np.ones(2), "0.1", KindError, "lr must be a number, got '0.1' (str)"),
    (np.ones(2), np.ones(2), -1.0, SettingError, "lr must be 0 or more"),
    (np.ones(2), np.ones(2), float("nan"), SettingError, "lr must be a finite number"),
])  # fmt: skip
@pytest.mark.parametrize("make", [lw.GradientDescent, lw.Momentum, lw.SGD, lw.Adagrad, lw.RMSprop, lw.Adam, lw.AdamW])
def test_a_step_that_can_not_be_made_changes_nothing(make, theta, grad, lr, error, words, tally):
    optimizer, before = make(), np.array(theta)
    refused(tally, error, words, lambda: optimizer.step(theta, grad, lr))
    np.testing.assert_array_equal(theta, before)
    assert (optimizer.t, optimizer.state) == (0, {})


@pytest.mark.parametrize("make", [lw.Momentum, lw.SGD, lw.Adagrad, lw.RMSprop, lw.Adam, lw.AdamW])
def test_another_theta_is_refused(make, tally):
    optimizer, other = make(), np.ones(5)
    optimizer.step(np.ones(3), np.ones(3))
    refused(tally, ShapeError, ("has made 1 steps on another theta", "make a new optimizer"),
            lambda: optimizer.step(other, np.ones(5)))  # fmt: skip
    np.testing.assert_array_equal(other, np.ones(5))
    assert optimizer.t == 1


@pytest.mark.parametrize("state", [
    None, 3, {}, {"m": np.ones(2)}, {"t": 3}, {"t": 3, "velocity": np.ones(2)}, {"t": 3, "m": np.ones(2)},
    {"t": 3, "m": np.ones(2), "v": np.ones(2), "w": np.ones(2)},
])  # fmt: skip
def test_a_foreign_state_is_refused(state, tally):
    optimizer = lw.Adam()
    refused(tally, FileError, "Adam()", lambda: optimizer.load_state_dict(state))
    assert (optimizer.t, optimizer.state) == (0, {})


# --- decay -------------------------------------------------------------------------------------------------------

DECAYING = [lw.SGD, lw.Adagrad, lw.RMSprop, lw.Adam, lw.AdamW]
each_decaying = pytest.mark.parametrize("make", DECAYING)


def test_every_optimizer_with_decay_is_listed():
    own = [cls for cls in OPTIMIZERS.values() if cls.__module__.startswith("layerwise.")]
    assert {cls for cls in own if "decay" in cls.__init__.__annotations__} == set(DECAYING)


@pytest.mark.parametrize("mask", [MASK, MASK.astype(bool), MASK.astype(int), MASK.astype(np.float32)],
                         ids=["float64", "bool", "int", "float32"])  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_decaying
def test_a_mask_is_decay_here_and_none_there(make, mask, dtype):
    """Elements do not touch each other: those of the mask walk as with decay, the others as without."""
    with_decay, without, masked = (start(dtype) for _ in range(3))
    a, b, c = make(lr=0.1, weight_decay=0.5), make(lr=0.1, weight_decay=0), make(lr=0.1, weight_decay=0.5)
    for step in range(5):
        grad = gradient(start(dtype), step)
        a.step(with_decay, grad)
        b.step(without, grad)
        c.step(masked, grad, decay=mask)
    assert (with_decay != without).all()
    expected = np.where(MASK == 1, with_decay, without)
    assert masked.dtype == dtype
    np.testing.assert_allclose(masked, expected, rtol=1e-6 if dtype == np.float32 else 1e-14)
    np.testing.assert_array_equal(masked[MASK == 0], without[MASK == 0])


@each_decaying
def test_without_decay_a_mask_changes_no_bit(make):
    plain, masked = start(), start()
    one, two = make(weight_decay=0.0), make(weight_decay=0.0, decay="weights")
    for step in range(5):
        one.step(plain, gradient(plain, step))
        two.step(masked, gradient(masked, step), decay=MASK)
    assert plain.tobytes() == masked.tobytes()
    assert not two.spares_biases


@pytest.mark.parametrize("mask", [None, MASK])
@each_decaying
def test_without_decay_infinity_stays_infinity(make, mask):
    """No 0 · ∞, which is NaN."""
    theta, optimizer = start(), make(weight_decay=0.0)
    theta[0] = np.inf
    optimizer.step(theta, np.ones(6), decay=mask)
    assert theta[0] == np.inf


@pytest.mark.parametrize("make", [lw.GradientDescent, lw.Momentum])
def test_optimizers_without_decay_ignore_the_mask(make):
    plain, masked, one, two = start(), start(), make(), make()
    for step in range(3):
        one.step(plain, gradient(plain, step))
        two.step(masked, gradient(masked, step), decay=MASK)
    assert plain.tobytes() == masked.tobytes()


@pytest.mark.parametrize(("mask", "error", "words"), [
    (None, SettingError, ("must be told the weights from the biases", "pass decay=net.decay_mask")),
    (np.ones(5), ShapeError, ("as long as theta, (6,)", "(5,)")),
    (np.ones((6, 1)), ShapeError, "(6, 1)"),
    (np.ones(()), ShapeError, "()"),
    ([1] * 6, KindError, "got list"),
    (True, KindError, "got bool"),
    (np.array(["a"] * 6), KindError, "array of 0 and 1"),
])  # fmt: skip
@each_decaying
def test_masks_that_do_not_fit(make, mask, error, words, tally):
    optimizer, theta = make(weight_decay=0.1, decay="weights"), start()
    refused(tally, error, words, lambda: optimizer.step(theta, np.ones(6), decay=mask))
    np.testing.assert_array_equal(theta, start())
    assert (optimizer.t, optimizer.state) == (0, {})


def test_a_loaded_state_is_a_copy():
    """Steps after loading leave the dictionary as it was, so that one checkpoint can start two runs."""
    first, theta = lw.Adam(), np.ones(3)
    first.step(theta, np.array([1.0, -2.0, 3.0]))
    state = first.state_dict()
    kept = {name: np.copy(value) for name, value in state.items()}
    second = lw.Adam()
    second.load_state_dict(state)
    second.step(theta, np.ones(3))
    for name, value in kept.items():
        np.testing.assert_array_equal(state[name], value)


def test_the_count_of_steps_is_a_plain_integer():
    """A file gives it back as an array, which a learner would then see in `optimizer.t`."""
    optimizer = lw.GradientDescent()
    optimizer.load_state_dict({"t": np.array(3, dtype=np.int32)})
    assert type(optimizer.t) is int
    assert optimizer.t == 3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("make", [lw.Adam, lw.AdamW, lw.RMSprop, lambda: lw.SGD(lr=0.1, momentum=0.9)])
def test_state_below_the_normal_numbers_becomes_zero_and_nothing_else_does(make, dtype):
    tiny = np.finfo(dtype).tiny
    optimizer, theta = make(), np.ones(5, dtype)
    optimizer.step(theta, np.zeros_like(theta))
    for slot in optimizer.state.values():
        slot[:] = [tiny / 8, 4 * tiny, 0.0, np.nan, 1.0]
    optimizer.step(theta, np.zeros_like(theta))
    for slot in optimizer.state.values():
        assert slot[0] == slot[2] == 0
        assert slot[1] > tiny
        assert np.isnan(slot[3])
        assert slot[4] > 0.8
