"""Experiments: one table that says everything, goes to a file and back, and gives the same run each time."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.data.dataset import Part
from layerwise.errors import DataError, FileError, KindError, LayerwiseError, SettingError
from layerwise.training.events import LISTENERS
from layerwise.training.experiment import Experiment
from layerwise.training.suited import suited

LAYERS: list[dict[str, Any]] = [
    {"name": "Linear", "in_features": 2, "out_features": 8, "init": "he_normal"},
    {"name": "Residual", "layers": [{"name": "Linear", "in_features": 8, "out_features": 8}, {"name": "ReLU"}]},
    {"name": "Sequential", "layers": [{"name": "ReLU"}, {"name": "Dropout", "p": 0.1}]},
    {"name": "Linear", "in_features": 8, "out_features": 2, "bias": False},
]
FULL: dict[str, Any] = {
    "data": {"name": "moons", "n": 200, "noise": 0.15, "validation": 0.2, "seed": 4},
    "layers": LAYERS,
    "loss": {"name": "CrossEntropyLoss"},
    "optimizer": {"name": "Adam", "lr": 0.01, "betas": [0.8, 0.99], "weight_decay": 1e-4},
    "schedule": {"name": "CosineAnnealingLR", "T_max": 3, "eta_min": 1e-5},
    "regularizer": {"name": "L2", "strength": 1e-4},
    "ties": {"1.0.bias": "0.bias"},
    "listeners": [
        {"name": "EarlyStopping", "patience": 2, "monitor": "val_accuracy", "min_delta": 0.001, "restore_best": False}
    ],
    "clip_norm": 1.5,
    "clip_value": 0.5,
    "evaluate_train": True,
    "epochs": 3,
    "batch_size": 32,
    "seed": 9,
    "dtype": "float64",
    "threads": 2,
}
PATIENCE = {"name": "EarlyStopping"}
SMALL = {name: FULL[name] for name in ("data", "layers", "loss", "optimizer")}


def test_the_full_table_names_every_entry() -> None:
    assert set(FULL) == set(Experiment.__struct_fields__)
    defaults = Experiment.from_table(SMALL)
    assert all(FULL[name] != getattr(defaults, name) for name in FULL if name not in SMALL), "and each differs"


@pytest.mark.parametrize("table", [FULL, SMALL], ids=["full", "small"])
def test_to_a_table_a_text_a_file_and_back(table: dict[str, Any], tmp_path: Path) -> None:
    experiment = Experiment.from_table(table)
    assert Experiment.from_table(experiment.to_table()) == experiment
    assert Experiment.from_toml(experiment.to_toml()) == experiment
    experiment.save(tmp_path / "experiment.toml")
    assert Experiment.read(tmp_path / "experiment.toml") == experiment
    assert Experiment.read(str(tmp_path / "experiment.toml")).to_toml() == experiment.to_toml()
    assert experiment.to_table().items() >= table.items()


def test_every_entry_reaches_the_run() -> None:
    """Change one entry, and the run is another one; what stands below the table changes no weight."""
    experiment = Experiment.from_table(FULL)
    thetas = {"as it is": run(experiment)[0].theta}
    changes: dict[str, Any] = {
        "data": {**FULL["data"], "noise": 0.2},
        "layers": [*LAYERS[:2], {"name": "Tanh"}, *LAYERS[3:]],
        "optimizer": {"name": "SGD", "lr": 0.01},
        "schedule": None,
        "regularizer": {"name": "L1", "strength": 1e-2},
        "ties": None,
        "clip_norm": 0.01,
        "clip_value": 0.001,
        "epochs": 2,
        "batch_size": 31,
        "seed": 10,
        "dtype": "float32",
    }
    for name, value in changes.items():
        thetas[name] = run(msgspec.structs.replace(experiment, **{name: value}))[0].theta
    assert len({theta.tobytes() for theta in thetas.values()}) == len(thetas)
    assert run(experiment)[1].environment["threads"] == 2
    assert "train_loss_evaluated" in run(experiment)[1]
    assert "train_loss_evaluated" not in run(msgspec.structs.replace(experiment, evaluate_train=False))[1]
    impatient = msgspec.structs.replace(experiment, epochs=90, listeners=[PATIENCE | {"patience": 1, "min_delta": 9.0}])
    assert run(impatient)[1].epochs == 2
    other_loss = msgspec.structs.replace(experiment, loss={"name": "MSELoss"})
    with pytest.raises(LayerwiseError, match="MSELoss"):
        run(other_loss)


def run(experiment: Experiment, **watching: Any) -> tuple[lw.Network, lw.History]:
    """Train it from nothing."""
    net = experiment.network()
    return net, experiment.train(net, experiment.load_data(), progress=False, **watching)


def test_the_same_table_twice_is_the_same_run(tmp_path: Path) -> None:
    experiment = Experiment.from_table(FULL)
    found = []
    for text in (experiment.to_toml(), Experiment.from_toml(experiment.to_toml()).to_toml()):
        path = tmp_path / str(len(found))
        net, history = run(Experiment.from_toml(text), checkpoint=path)
        found.append((net.theta.tobytes(), history.as_dict(), path.read_bytes()))
    assert found[0] == found[1]


def test_a_run_of_a_table_can_be_resumed(tmp_path: Path) -> None:
    experiment = Experiment.from_table(FULL)
    whole, _ = run(experiment, checkpoint=tmp_path / "whole")
    run(msgspec.structs.replace(experiment, epochs=1), checkpoint=tmp_path / "cut")
    net, _ = run(experiment, checkpoint=tmp_path / "cut", resume=tmp_path / "cut")
    assert np.array_equal(net.theta, whole.theta)
    assert (tmp_path / "cut").read_bytes() == (tmp_path / "whole").read_bytes()


def test_the_test_part_is_not_touched() -> None:
    experiment = Experiment.from_table(SMALL)
    data = experiment.load_data()
    data.test.x[...] = np.nan
    net = experiment.network()
    assert experiment.train(net, data, progress=False).stopped == "finished"


def test_the_seed_splits_the_data_unless_the_data_has_its_own() -> None:
    def first(seed: int, data: dict[str, int] | None = None) -> bytes:
        table = {**SMALL, "seed": seed, "data": {"name": "iris", **(data or {})}}
        return Experiment.from_table(table).load_data().train.x.tobytes()

    assert first(1) != first(2)
    assert first(1, {"seed": 5}) == first(2, {"seed": 5})


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "fruit.csv"
    rows = [f"{100 + 7 * (i % 13)},{'apple' if i % 13 < 6 else 'pear'}" for i in range(60)]
    path.write_text("weight;fruit\n".replace(";", ",") + "\n".join(rows))
    table = {**SMALL, "data": {"path": str(path), "target": "fruit", "validation": 0.2, "delimiter": ","}}
    data = Experiment.from_table(table).load_data()
    assert data.classes == ("apple", "pear")
    experiment = suited(data, table["data"])
    assert Experiment.from_toml(experiment.to_toml()) == experiment
    _, history = run(msgspec.structs.replace(experiment, epochs=30))
    assert history["val_accuracy"][-1] > 0.9


def test_what_is_none_is_left_out_and_numbers_of_numpy_become_plain() -> None:
    experiment = Experiment(
        data={"name": "moons", "n": np.int64(100), "noise": None},
        layers=[{"name": "Linear", "in_features": 2, "out_features": 2, "init": None}],
        loss={"name": "CrossEntropyLoss"},
        optimizer={"name": "Adam", "lr": np.float64(0.1), "betas": (0.9, 0.99)},
    )
    table = experiment.to_table()
    assert table["data"] == {"name": "moons", "n": 100}
    assert table["layers"] == [{"name": "Linear", "in_features": 2, "out_features": 2}]
    assert table["optimizer"] == {"name": "Adam", "lr": 0.1, "betas": [0.9, 0.99]}
    assert "schedule" not in table
    assert Experiment.from_toml(experiment.to_toml()).to_table() == table


def changed(**entries: Any) -> dict[str, Any]:
    """The full table with other entries."""
    return {**FULL, **entries}


TABLES: dict[str, tuple[Any, type[LayerwiseError], tuple[str, ...]]] = {
    "an unknown entry": (changed(epoch=3), SettingError, ("no entry 'epoch'", "Did you mean 'epochs'?")),
    "an entry of nowhere": (changed(colour=3), SettingError, ("no entry 'colour'", "Known: batch_size")),
    **{
        f"no {name}": ({key: FULL[key] for key in SMALL if key != name}, SettingError, ("not complete", name))
        for name in SMALL
    },
    "nothing": ({}, SettingError, ("not complete", "data")),
    "not a table": ([], SettingError, ("an experiment is a table", "got []")),
    **{
        f"{name} = {value!r}": (changed(**{name: value}), SettingError, (f"{name} must be {kind}", f"got {value!r}"))
        for name, kind, values in (
            ("epochs", "a whole number", ("3", 2.5, True, None)),
            ("batch_size", "a whole number", ("3", [3])),
            ("seed", "a whole number", (1.5, "a")),
            ("threads", "a whole number", ("2", None)),
            ("clip_norm", "a number", ("1", [1])),
            ("dtype", "a text", (32, None)),
            ("evaluate_train", "true or false", (1, "yes")),
            ("layers", "a list", ("ReLU", {"name": "ReLU"})),
            ("data", "a table", ("digits", ["digits"])),
            ("loss", "a table", ("MSELoss", 3)),
            ("schedule", "a table", ("StepLR",)),
            ("listeners", "a list", ("EarlyStopping", {"name": "EarlyStopping"})),
            ("early_stopping", "a table", (True, 5)),
        )
        for value in values
    },
    "a layer that is a number": (changed(layers=[LAYERS[0], 3]), SettingError, ("layers 1 must be a table; got 3",)),
    "a listener by name": (changed(listeners=["x"]), SettingError, ("listeners 0 must be a table; got 'x'",)),
    "a tie to a number": (changed(ties={"0.weight": 3}), SettingError, ("ties must be a table of a text",)),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_table_that_is_not_right_is_refused(case: str, tally: Tally) -> None:
    table, error, words = TABLES[case]
    refused(tally, error, words, lambda: Experiment.from_table(table))


RUNS: dict[str, tuple[dict[str, Any], type[LayerwiseError], tuple[str, ...]]] = {
    "an unknown dataset": ({"data": {"name": "digit"}}, SettingError, ("Did you mean 'digits'?",)),
    "data without a name": ({"data": {"n": 3}}, SettingError, ("a data table has a name",)),
    "a path without a target": ({"data": {"path": "a.csv"}}, SettingError, ("a path and a target",)),
    "a path to nowhere": ({"data": {"path": "a.csv", "target": "b"}}, FileError, ("there is no file a.csv",)),
    "an unknown option": ({"data": {"name": "moons", "nois": 1}}, SettingError, ("load has no", "'noise'")),
    "an option of files": (
        {"data": {"path": "a.csv", "target": "b", "scal": 1}},
        SettingError,
        ("read_table has no setting 'scal'", "Did you mean 'scale'?"),
    ),
    "name and path": ({"data": {"path": "a.csv", "target": "b", "name": "c"}}, SettingError, ("no setting 'name'",)),
    "an option of wrong type": ({"data": {"name": "moons", "noise": "much"}}, KindError, ("noise", "'much'")),
    "an option that does nothing": ({"data": {"name": "iris", "n": 3}}, SettingError, ("iris", "n=3")),
    "a name that is a number": ({"data": {"name": 3}}, KindError, ("dataset",)),
    "an unknown layer": ({"layers": [{"name": "Relu6"}]}, SettingError, ("Did you mean 'ReLU'?",)),
    "a dotted name": ({"layers": [{"name": "os.system"}]}, SettingError, ("no layer called 'os.system'",)),
    "layers that do not fit": ({"layers": [LAYERS[0], LAYERS[0]]}, LayerwiseError, ("Linear(2, 8",)),
    "an unknown setting": ({"layers": [{"name": "Dropout", "rate": 1}]}, SettingError, ("no setting 'rate'",)),
    "an unknown loss": ({"loss": {"name": "CrossEntropy"}}, SettingError, ("Did you mean 'CrossEntropyLoss'?",)),
    "a loss without a name": ({"loss": {}}, KindError, ("a loss is a table with a name",)),
    "an unknown optimizer": ({"optimizer": {"name": "adam"}}, SettingError, ("Did you mean 'Adam'?",)),
    "a rate below 0": ({"optimizer": {"name": "SGD", "lr": -1}}, SettingError, ("lr must be 0 or more",)),
    "a rate in words": ({"optimizer": {"name": "SGD", "lr": "fast"}}, KindError, ("lr must be a number",)),
    "a schedule without its length": ({"schedule": {"name": "StepLR"}}, SettingError, ("StepLR", "step_size")),
    "an unknown penalty": ({"regularizer": {"name": "L3", "strength": 1}}, SettingError, ("no regularizer",)),
    "impatience": ({"listeners": [PATIENCE | {"patiense": 3}]}, SettingError, ("Did you mean 'patience'?",)),
    "no patience": ({"early_stopping": {"patience": 0}}, SettingError, ("patience", "at least 1")),
    "an unknown listener": ({"listeners": [{"name": "EarlyStop"}]}, SettingError, ("Did you mean 'EarlyStopping'?",)),
    "a listener without a name": ({"listeners": [{}]}, KindError, ("a listener is a table with a name",)),
    "no epochs": ({"epochs": 0}, SettingError, ("epochs", "at least 1")),
    "no batch": ({"batch_size": -3}, SettingError, ("batch_size", "-3")),
    "an unknown type": ({"dtype": "float16"}, SettingError, ("dtype 'float16'",)),
    "more outputs wanted": ({"data": {"name": "blobs", "classes": 5}}, DataError, ("the network has 2 outputs",)),
}


@pytest.mark.parametrize("case", RUNS)
def test_what_can_not_run_is_refused(case: str, tally: Tally) -> None:
    entries, error, words = RUNS[case]
    experiment = Experiment.from_table(changed(**entries))
    if error is LayerwiseError:
        with pytest.raises(LayerwiseError) as caught:
            run(experiment)
        assert all(word in str(caught.value) for word in words)
        tally.add("bad input")
    else:
        refused(tally, error, words, lambda: run(experiment))


def test_files_that_are_no_experiment(tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / "experiment.toml"
    refused(tally, FileError, ("could not read", "No such file"), lambda: Experiment.read(path))
    refused(tally, FileError, ("could not read", "directory"), lambda: Experiment.read(tmp_path))
    path.write_bytes(b"\xff\xfe\x00")
    refused(tally, FileError, "could not read", lambda: Experiment.read(path))
    path.write_text("epochs = ")
    refused(tally, FileError, (path.name, "not a TOML file"), lambda: Experiment.read(path))
    path.write_text("epochs = 3\nepochs = 4")
    refused(tally, FileError, "not a TOML file", lambda: Experiment.read(path))
    path.write_text("epoch = 3")
    refused(tally, SettingError, (path.name, "Did you mean 'epochs'?"), lambda: Experiment.read(path))
    experiment = Experiment.from_table(SMALL)
    refused(tally, FileError, "could not write", lambda: experiment.save(tmp_path / "no folder" / "a.toml"))
    own = Experiment(data={"name": "moons", "n": test_files_that_are_no_experiment}, layers=[], loss={}, optimizer={})
    refused(tally, KindError, "numbers, text, lists and tables", lambda: own.to_toml())


def test_early_stopping_of_an_older_table_is_the_first_listener() -> None:
    entry = {"patience": 4, "monitor": "val_accuracy"}
    old = {**SMALL, "early_stopping": entry}
    assert Experiment.from_table(old).listeners == [PATIENCE | entry]
    assert Experiment.from_table({**old, "early_stopping": None}).listeners is None
    both = Experiment.from_table({**old, "listeners": [PATIENCE | {"patience": 9}]})
    assert [each["patience"] for each in both.listeners or ()] == [4, 9]
    assert Experiment.from_toml(both.to_toml()) == both


def test_what_is_built_is_what_trains_and_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = Experiment.from_table({**FULL, "epochs": 1})
    setup = experiment.build()
    for registry in (lw.losses.LOSSES, lw.optimizers.OPTIMIZERS, LISTENERS):
        monkeypatch.setattr(registry, "build", None)
    monkeypatch.setattr(Experiment, "network", None)
    history = setup.train(experiment.load_data(), progress=False)
    assert history.epochs == 1
    assert setup.listeners[0].best_epoch == 1  # type: ignore[attr-defined]
    net = lw.Network.from_spec(setup.net.spec())
    monkeypatch.undo()
    assert experiment.build(net).net is net


TOO_DEEP = "x = " + 2000 * "[" + 2000 * "]"
TOO_LONG = f"epochs = {5000 * '9'}"


@pytest.mark.parametrize(
    "text", [TOO_DEEP, TOO_LONG, 900 * "[a." + "b]", "a" + 3000 * ".a" + " = 1", "x = {y = " * 1500]
)
def test_a_file_that_python_can_not_read_is_refused_in_words(text: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LayerwiseError, match=r"deep\.toml: "):
        Experiment.read(path)


def test_without_a_validation_part_all_samples_teach() -> None:
    experiment = msgspec.structs.replace(Experiment.from_table(SMALL), epochs=1)
    data = experiment.load_data()
    nothing = dataclasses.replace(data, validation=Part(data.validation.x[:0], data.validation.y[:0]))
    history = experiment.train(experiment.network(), nothing, progress=False)
    assert "train_loss" in history
    assert "val_loss" not in history
