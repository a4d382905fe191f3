"""fit: the same seed gives the same bits, and bad input is refused with a sentence before anything moves."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally
from tests.training import programs, runs

import layerwise as lw
from layerwise.errors import DataError, FileError, KindError, LayerwiseError, SettingError, ShapeError


def test_ten_processes_with_random_hash_seeds_leave_the_same_bytes(tmp_path: Path) -> None:
    rng, results = random.Random(), []
    for start in range(0, 10, 2):  # two at a time: there may be no more cores
        pair = []
        for number in (start, start + 1):
            folder = tmp_path / str(number)
            folder.mkdir()
            pair.append(programs.start("digest.py", folder, PYTHONHASHSEED=str(rng.randrange(2**32))))
        results += [json.loads(programs.output(process)) for process in pair]
    assert len(results) == 10
    assert all(each == results[0] for each in results)
    assert all(len(each) == 64 for each in results[0].values())


def test_twice_in_one_process(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        net = runs.network()
        history = runs.fit(net, checkpoint=tmp_path / name)
        found.append(runs.result(tmp_path / name, net, history))
    assert found[0] == found[1]


def test_another_seed_is_another_run() -> None:
    nets = [runs.network(), runs.network()]
    for seed, net in enumerate(nets):
        runs.fit(net, seed=seed)
    assert not np.array_equal(nets[0].theta, nets[1].theta)


def test_no_global_generator_is_touched() -> None:
    before, other = random.getstate(), np.random.get_state()
    runs.fit(runs.network())
    after = np.random.get_state()
    assert random.getstate() == before
    assert all(np.array_equal(one, two) for one, two in zip(other, after, strict=True))


def test_it_learns() -> None:
    net = runs.network(dropout=0.0)
    history = runs.fit(net, epochs=60, optimizer=lw.Adam(lr=0.02))
    assert history["train_loss"][-1] < history["train_loss"][0] / 2


def test_nothing_is_written_to_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    runs.fit(runs.network(), progress=True)
    assert capfd.readouterr().out == ""


# --- edges ---------------------------------------------------------------------------------------------------------


def test_a_rate_of_zero_moves_nothing() -> None:
    net = runs.network()
    before = net.theta.copy()
    for optimizer in (lw.SGD(lr=0), lw.Adam(lr=0), lw.Momentum(lr=0), lw.GradientDescent(lr=0)):
        runs.fit(net, optimizer=optimizer)
        assert np.array_equal(net.theta, before)


@pytest.mark.parametrize(("n", "batch_size"), [(1, 1), (1, 64), (2, 2**40), (7, 3)])
def test_few_samples_and_batches_of_any_size(n: int, batch_size: int) -> None:
    x, labels = runs.classes(n)
    net = runs.network()
    history = runs.fit(net, train=(x, labels), batch_size=batch_size, validation=(x[:1], labels[:1]))
    assert history.epochs == 4
    assert np.isfinite(net.theta).all()


def test_one_class() -> None:
    x, labels = runs.classes()
    net = lw.Network(lw.Linear(runs.D, 1))
    history = runs.fit(net, train=(x, 0 * labels), validation=None)
    assert history["train_loss"] == [0.0] * 4


def test_a_hundred_thousand_classes() -> None:
    x, _ = runs.classes()
    labels = np.arange(len(x)) * 4761  # up to 99,981
    net = lw.Network(lw.Linear(runs.D, 100_000))
    history = runs.fit(net, train=(x, labels), epochs=2, validation=None, batch_size=64)
    assert history["train_loss"][0] == pytest.approx(np.log(100_000), rel=0.1)
    assert np.isfinite(net.theta).all()


def test_bytes_of_images_never_wrap() -> None:
    """uint8, where 10 - 20 is 246, trains to the same bits as the same numbers in float32."""
    images = runs.generator(0, "images").integers(0, 256, size=(20, 1, 4, 4), dtype=np.uint8)
    labels = (images.mean(axis=(1, 2, 3)) > 127).astype(np.uint8)
    thetas = []
    for dtype in (np.uint8, np.float32, np.float64, np.int64, np.float16):
        net = lw.Network(lw.Flatten(), lw.Linear(16, 2))
        runs.fit(net, train=(images.astype(dtype), labels.astype(np.int64)), optimizer=lw.SGD(1e-5), validation=None)
        thetas.append(net.theta.tobytes())
    net = lw.Network(lw.Flatten(), lw.Linear(16, 2))
    runs.fit(net, train=(images, labels), optimizer=lw.SGD(1e-5), validation=None)  # labels in uint8, too
    assert {*thetas} == {net.theta.tobytes()}


def test_targets_in_bytes_do_not_wrap_either() -> None:
    x, _ = runs.quantities()
    thetas = []
    for dtype in (np.uint8, np.float64, bool):
        net = runs.network(outputs=1)
        target = (np.arange(len(x)) % 2).astype(dtype)[:, None]
        runs.fit(net, train=(x, target), loss=lw.MSELoss(), validation=None)
        thetas.append(net.theta.tobytes())
    assert len({*thetas}) == 1


# --- bad input -----------------------------------------------------------------------------------------------------

X, LABELS = runs.classes()
NAN_X = np.where(np.arange(X.size).reshape(X.shape) == 4 * 7 + 2, np.nan, X)  # row 7, column 2
FLOATS = LABELS.astype(float)

ARGUMENTS: dict[str, tuple[dict[str, Any], type[LayerwiseError], tuple[str, ...]]] = {
    "train is an array": ({"train": X}, KindError, ("training data", "pair (x, target)", "ndarray")),
    "train is one of three": ({"train": (X, LABELS, LABELS)}, KindError, ("pair (x, target)", "tuple")),
    "train is None": ({"train": None}, KindError, ("data.train", "NoneType")),
    "train is a text": ({"train": "ab"}, KindError, ("pair (x, target)", "str")),
    "x is a number": ({"train": (3.0, LABELS)}, ShapeError, ("training x", "(N, ...)", "got shape ()")),
    "x is flat": ({"train": (X[:, 0], LABELS)}, ShapeError, ("got shape (22,)", "x.reshape(-1, 1)")),
    "x is narrow": ({"train": (X[:, :3], LABELS)}, ShapeError, ("training data", "Linear(4, 6)", "got 3")),
    "x is text": ({"train": (X.astype(str), LABELS)}, KindError, ("training x", "text")),
    "x is objects": (
        {"train": (np.where(X > 1, None, X.astype(object)), LABELS)},
        KindError,
        ("training x", "objects"),
    ),
    "x is complex": ({"train": (X + 1j, LABELS)}, KindError, ("training x", "complex")),
    "x is ragged": ({"train": ([[1.0], [1.0, 2.0]], LABELS)}, ShapeError, ("training x", "ragged")),
    "x is masked": ({"train": (np.ma.masked_array(X), LABELS)}, KindError, ("training x", "masked")),
    "x holds NaN": ({"train": (NAN_X, LABELS)}, DataError, ("training x", "nan", "row 7, column 2")),
    "x holds infinity": ({"train": (X * np.inf, LABELS)}, DataError, ("inf", "row 0, column 0")),
    "x is too large for float32": ({"train": (X * 1e300, LABELS)}, DataError, ("training x in float32", "row 0")),
    "lengths differ": ({"train": (X, LABELS[:-1])}, ShapeError, ("training x has 22", "21")),
    "no target": ({"train": (X, None)}, KindError, ("training target", "objects")),
    "target is a number": ({"train": (X, 1)}, ShapeError, ("22 samples", "none")),
    "no samples": ({"train": (X[:0], LABELS[:0])}, DataError, ("training data", "no samples")),
    "empty lists": ({"train": ([], [])}, DataError, ("no samples",)),
    "label too large": ({"train": (X, LABELS + 1)}, DataError, ("training data: label 3 in row", "0 to 2")),
    "label too small": ({"train": (X, LABELS - 1)}, DataError, ("label -1 in row", "0 to 2")),
    "labels are floats": ({"train": (X, FLOATS)}, KindError, ("training data", "float64", "number the classes")),
    "labels hold NaN": ({"train": (X, np.where(FLOATS > 0, FLOATS, np.nan))}, DataError, ("training target", "nan")),
    "labels are text": ({"train": (X, LABELS.astype(str))}, KindError, ("training target", "text")),
    "labels mixed": ({"train": (X, ["a", *map(int, LABELS[1:])])}, KindError, ("training target", "text")),
    "labels are missing": ({"train": (X, [None, *LABELS[1:]])}, KindError, ("training target", "missing")),
    "labels in a column": ({"train": (X, LABELS[:, None])}, ShapeError, ("(22, 1)", "target.ravel()")),
    "two columns of labels": ({"train": (X, np.stack([LABELS, LABELS], 1))}, ShapeError, ("(22, 2)",)),
    "numbers in a row": (
        {"train": (X, FLOATS), "loss": lw.MSELoss()},
        ShapeError,
        ("the output is (22, 3), the target (22,)",),
    ),
    "yes and no beyond 1": (
        {"train": (X, np.tile(FLOATS[:, None], 3)), "loss": lw.BCEWithLogitsLoss()},
        DataError,
        ("training data", "0 (no) to 1 (yes)", "2"),
    ),
    "target too large for float32": (
        {"train": (X, X[:, :3] * 1e300), "loss": lw.MSELoss()},
        DataError,
        ("training target in float32", "inf"),
    ),
    "validation is an array": ({"validation": X}, KindError, ("validation data", "pair")),
    "validation is narrow": ({"validation": (X[:, :3], LABELS)}, ShapeError, ("validation data", "expects 4", "got 3")),
    "validation holds NaN": ({"validation": (NAN_X, LABELS)}, DataError, ("validation x", "row 7, column 2")),
    "validation label": ({"validation": (X, LABELS + 1)}, DataError, ("validation data", "label 3")),
    "validation is empty": ({"validation": (X[:0], LABELS[:0])}, DataError, ("validation data", "no samples")),
    "loss is a class": ({"loss": lw.CrossEntropyLoss}, KindError, ("loss", "CrossEntropyLoss(...)")),
    "loss is a name": ({"loss": "mse"}, KindError, ("loss must be a Loss", "'mse'")),
    "loss is absent": ({"loss": None}, KindError, ("loss must be a Loss", "None")),
    "loss is an optimizer": ({"loss": lw.Adam()}, KindError, ("loss must be a Loss", "Adam()")),
    "optimizer is a class": ({"optimizer": lw.Adam}, KindError, ("optimizer", "Adam(...) with brackets")),
    "optimizer is a name": ({"optimizer": "adam"}, KindError, ("optimizer must be an Optimizer", "'adam'")),
    "optimizer is a number": ({"optimizer": 0.1}, KindError, ("optimizer", "0.1")),
    "schedule is a class": ({"schedule": lw.StepLR}, KindError, ("schedule", "StepLR(...)")),
    "schedule is a function": ({"schedule": abs}, KindError, ("schedule must be a Schedule",)),
    "regularizer is a class": ({"regularizer": lw.L2}, KindError, ("regularizer", "L2(...)")),
    "regularizer is a number": ({"regularizer": 1e-4}, KindError, ("regularizer must be a Regularizer", "0.0001")),
    "clip_norm is 0": ({"clip_norm": 0}, SettingError, ("clip_norm", "above 0")),
    "clip_norm is negative": ({"clip_norm": -1.0}, SettingError, ("clip_norm", "-1.0")),
    "clip_norm is NaN": ({"clip_norm": float("nan")}, SettingError, ("clip_norm", "nan")),
    "clip_norm is infinite": ({"clip_norm": float("inf")}, SettingError, ("clip_norm", "finite")),
    "clip_norm is a text": ({"clip_norm": "1"}, KindError, ("clip_norm", "'1'")),
    "clip_norm is True": ({"clip_norm": True}, KindError, ("clip_norm", "True")),
    **{
        f"{name} is {value!r}": ({name: value}, error, (name, "2**63" if value == 2**63 else repr(value)))
        for name in ("epochs", "batch_size", "seed", "threads")
        for value, error in (
            (-1, SettingError),
            (2**63, SettingError),
            (1.0, KindError),
            (float("nan"), KindError),
            (True, KindError),
            ("1", KindError),
            *([(0, SettingError)] if name != "seed" else []),
            *([(None, KindError)] if name != "threads" else []),
        )
    },
    "threads beyond reason": ({"threads": 5000}, SettingError, ("at most 1024", "5000")),
    "listeners is a listener": ({"listeners": lw.EarlyStopping()}, KindError, ("write listeners=[...]",)),
    "listeners is None": ({"listeners": None}, KindError, ("listeners must be a list", "None")),
    "listeners hold a class": ({"listeners": [lw.EarlyStopping]}, KindError, ("EarlyStopping(...) with brackets",)),
    "listeners hold a function": ({"listeners": [abs]}, KindError, ("a listener must be a Listener",)),
    "listeners is a text": ({"listeners": "ab"}, KindError, ("a listener must be a Listener", "'a'")),
    "evaluate_train is 1": ({"evaluate_train": 1}, KindError, ("evaluate_train", "True or False")),
    "progress is a text": ({"progress": "yes"}, KindError, ("progress", "'yes'")),
    "progress is 1": ({"progress": 1}, KindError, ("progress", "1")),
    "checkpoint is True": ({"checkpoint": True}, KindError, ("checkpoint", "path of a file", "True")),
    "checkpoint is a number": ({"checkpoint": 7}, KindError, ("checkpoint", "path of a file")),
    "resume is a number": ({"resume": 0}, KindError, ("resume", "path of a file", "0")),
    "resume is nowhere": ({"resume": "no such file"}, FileError, ("there is no file no such file",)),
    "early stopping with nothing to watch": (
        {"validation": None, "listeners": [lw.EarlyStopping()]},
        SettingError,
        ("val_loss", "pass validation= data to fit"),
    ),
    "accuracy of quantities": (
        {
            "train": (X, X[:, :3]),
            "validation": (X, X[:, :3]),
            "loss": lw.MSELoss(),
            "listeners": [lw.EarlyStopping(monitor="val_accuracy")],
        },
        SettingError,
        ("val_accuracy", "use a loss for classes"),
    ),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_bad_input_is_refused_and_nothing_has_moved(case: str, tally: Tally) -> None:
    options, error, words = ARGUMENTS[case]
    net, optimizer = runs.network(), lw.Adam()
    before = hashlib.sha256(net.theta).hexdigest()
    refused(tally, error, words, lambda: runs.fit(net, **{"optimizer": optimizer, **options}))
    assert hashlib.sha256(net.theta).hexdigest() == before
    assert (optimizer.t, net.passes) == (0, 0)


@pytest.mark.parametrize("net", [None, lw.Network, "net", lw.Linear(4, 3), np.zeros(3)], ids=str)
def test_what_is_no_network_is_refused(net: Any, tally: Tally) -> None:
    refused(tally, KindError, ("net must be a Network", "Network"), lambda: runs.fit(net))


def test_weights_that_are_not_finite_are_named(tally: Tally) -> None:
    for value in (np.nan, np.inf):
        net = runs.network()
        net[3].weight[2, 4] = value
        refused(tally, DataError, ("3.weight", "row 2, column 4", str(value)), lambda net=net: runs.fit(net))
    net = runs.network()
    net[0].bias[5] = np.nan
    refused(tally, DataError, ("0.bias", "row 5"), lambda: runs.fit(net))


def test_a_used_optimizer_of_another_network_is_refused(tally: Tally) -> None:
    optimizer = lw.Adam()
    runs.fit(runs.network(), optimizer=optimizer)
    net = lw.Network(lw.Linear(runs.D, runs.K))
    before = net.theta.copy()
    refused(
        tally,
        SettingError,
        ("20 steps on another network", "make a new optimizer"),
        lambda: runs.fit(net, optimizer=optimizer),
    )
    assert np.array_equal(net.theta, before)


def test_an_iterator_of_listeners_is_heard() -> None:
    net = runs.network()
    recorder = runs.Recorder(net)
    runs.fit(net, listeners=iter([recorder]))
    assert recorder.events
