"""Each command in this process: what it prints, where it prints it, and its exit code."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from layerwise import __version__, load
from layerwise.cli import main
from layerwise.formulas import registry
from layerwise.training.experiment import Experiment

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def houses(path: Path, rows: int = 60) -> Path:
    """A table with numbers, a text that is no ASCII, and a price."""
    draw = np.random.default_rng(1)
    lines = ["area,town,price"]
    for row in range(rows):
        area, town = draw.uniform(40, 200), ("Köln", "Bonn")[row % 2]
        lines.append(f"{area:.1f},{town},{1000 * area + 50_000 * (row % 2) + draw.normal(0, 2000):.0f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_bare_command_gives_three_first_steps(capsys: Said) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out
    assert len(re.findall(r"^  layerwise \w+", said, re.M)) == 3
    assert "layerwise train digits" in said


def test_version(capsys: Said) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"layerwise {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["train", "--help"],
        ["predict", "-h"],
        ["explain", "-h"],
        ["formulas", "-h"],
        ["tune", "-h"],
        ["bench", "--help"],
    ],
)
def test_help_fits(arguments: list[str], capsys: Said) -> None:
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert said.isascii()


def test_help_states_the_exit_codes(capsys: Said) -> None:
    main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    for words in ("0 fine", "1 a mistake", "2 wrong usage", "3 a training run diverged", "130 Ctrl-C", "143 SIGTERM"):
        assert words in said


def test_train_with_nothing_says_what_to_type(capsys: Said) -> None:
    assert main(["train"]) == 2
    said = capsys.readouterr()
    assert not said.out
    assert "layerwise train digits" in said.err
    assert "layerwise train my.csv --target" in said.err


def test_datasets_lists_every_set(capsys: Said) -> None:
    from layerwise.data import names

    assert main(["datasets"]) == 0
    said = capsys.readouterr().out
    for card in names():
        assert re.search(rf"^{card.name} .*{card.samples:,}.*{card.features}", said, re.M)
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize("columns", [30, 60, 80])
def test_everything_fits_the_terminal_but_commands_to_copy(
    columns: int, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    houses(Path("h.csv"))
    arguments = (["digits"], ["h.csv", "--target", "price"])
    assert [main(["train", *each, "--epochs", "1", "--no-progress"]) for each in arguments] == [0, 0]
    assert main(["datasets"]) == 0
    said = capsys.readouterr()
    lines = [line for line in (said.out + said.err).splitlines() if "layerwise " not in line]
    assert max(map(len, lines)) <= columns
    for card in ("digits", "breast_cancer", "fashion_mnist"):
        assert re.search(rf"^{card}( |$)", said.out, re.M), "a name is never cut"


def test_numbers_of_the_plan_are_readable(capsys: Said) -> None:
    assert main(["train", "iris", "--epochs", "1", "--no-progress"]) == 0
    plan = " ".join(capsys.readouterr().out.partition("training: ")[2].partition("\n\n")[0].split())
    assert "L2(strength=0.04762)" in plan
    assert not re.search(r"\d\.\d{6}", plan)
    assert Experiment.read("runs/iris-001/experiment.toml").regularizer == {"name": "L2", "strength": 5 / 105}


def test_a_long_silence_is_announced(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from layerwise.cli import output, train

    monkeypatch.setattr(output, "PATIENCE", 0.05)
    whole = train.result_of
    monkeypatch.setattr(train, "result_of", lambda *each: time.sleep(0.3) or whole(*each))
    assert main(["train", "moons", "--epochs", "1"]) == 0
    assert "comparing with a linear model ..." in capsys.readouterr().err
    assert main(["train", "moons", "--epochs", "1", "--no-progress"]) == 0
    assert not capsys.readouterr().err


def test_train_digits_tells_all_and_leaves_all(capsys: Said) -> None:
    assert main(["train", "digits", "--epochs", "4"]) == 0
    said = capsys.readouterr()
    assert max(map(len, said.out.splitlines())) <= 80
    assert max(map(len, said.err.splitlines())) <= 80
    order = ["digits:", "network", "training:", "test accuracy", "95 % interval", "logistic regression"]
    order += ["always answering", "confusion", "worst of", "saved in", "next", "layerwise predict"]
    rest = said.out
    for words in order:
        assert words in rest, words
        rest = rest.partition(words)[2]
    assert "epoch 4/4" in said.err
    assert "epoch" not in said.out.partition("test accuracy")[2]
    left = {path.name for path in Path("runs/digits-001").iterdir()}
    assert left == {
        "experiment.toml", "run.json", "preparation.json", "checkpoint.safetensors", "history.csv", "result.json",
        "examples.csv", "network.svg", "loss.png", "report.html",
    }  # fmt: skip
    assert "report: runs/digits-001/report.html" in said.out
    assert "test images right" in Path("runs/digits-001/report.html").read_text(encoding="utf-8")
    assert Path("runs/digits-001/loss.png").read_bytes().startswith(b"\x89PNG")
    assert "</svg>" in Path("runs/digits-001/network.svg").read_text(encoding="utf-8")
    assert len(Path("runs/digits-001/history.csv").read_text().splitlines()) == 5


def test_the_accuracy_said_is_that_of_the_weights_left(capsys: Said) -> None:
    from layerwise.data import load as load_data

    main(["train", "digits", "--epochs", "2", "--no-progress"])
    found = re.search(r"this network +([\d.]+) %", capsys.readouterr().out)
    assert found
    net, data = load("runs/digits-001/checkpoint.safetensors"), load_data("digits")
    accuracy = float(np.mean(net(data.test.x).argmax(axis=1) == data.test.y))
    assert f"{100 * accuracy:.1f}" == found[1]
    assert json.loads(Path("runs/digits-001/result.json").read_text())["accuracy"] == pytest.approx(accuracy)


def test_two_features_get_a_boundary() -> None:
    assert main(["train", "moons", "--epochs", "3", "--no-progress"]) == 0
    assert Path("runs/moons-001/boundary.png").read_bytes().startswith(b"\x89PNG")


def test_a_table_with_a_price(capsys: Said) -> None:
    houses(Path("My houses.csv"))
    assert main(["train", "My houses.csv", "--target", "price", "--epochs", "30", "--no-progress"]) == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    for words in ("RMSE", "R²", "linear regression (ridge)", "always the training mean", "three largest errors"):
        assert words in said
    origin = json.loads(Path("runs/my-houses-001/run.json").read_text(encoding="utf-8"))
    assert origin["file"]["rows"] == 60
    assert len(origin["file"]["sha256"]) == 64
    assert Experiment.read("runs/my-houses-001/experiment.toml").data["path"] == str(Path("My houses.csv").resolve())


def test_every_next_command_works(capsys: Said) -> None:
    import shlex

    houses(Path("my houses.csv"))
    main(["train", "my houses.csv", "--target", "price", "--epochs", "2", "--no-progress"])
    after = capsys.readouterr().out.partition("\nnext\n")[2]
    commands = re.findall(r"^  (layerwise .*)$", after, re.M)
    assert len(commands) == 3
    for command in commands:
        assert main([*shlex.split(command)[1:]]) == 0


def test_predict_answers_on_standard_output_and_scores_beside_it(capsys: Said) -> None:
    main(["train", "iris", "--epochs", "5", "--no-progress"])
    capsys.readouterr()
    assert main(["predict", "runs/iris-001", "runs/iris-001/examples.csv"]) == 0
    said = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert len(rows) == 10
    assert list(rows[0]) == ["predicted species", "p(setosa)", "p(versicolor)", "p(virginica)"]
    for row in rows:
        answer, *probabilities = row.values()
        assert sum(map(float, probabilities)) == pytest.approx(1, abs=1e-5)
        assert max(row, key=lambda name: -1 if name.startswith("pred") else float(row[name])) == f"p({answer})"
    truth = [row["species"] for row in csv.DictReader(Path("runs/iris-001/examples.csv").read_text().splitlines())]
    right = sum(row["predicted species"] == true for row, true in zip(rows, truth, strict=True))
    assert f"right for {right} of the 10 rows" in said.err


def test_predict_gives_quantities_in_their_units(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    houses(Path("h.csv"))
    main(["train", "h.csv", "--target", "price", "--epochs", "40", "--no-progress"])
    capsysbinary.readouterr()
    Path("new.csv").write_text("town,area\nBonn,100\nKöln,100\n", encoding="utf-8")
    assert main(["predict", "runs/h-001/checkpoint.safetensors", "new.csv"]) == 0
    said = capsysbinary.readouterr()
    header, bonn, cologne = said.out.decode().splitlines()
    assert header == "predicted price"
    assert 80_000 < float(cologne) < float(bonn) < 220_000
    assert not said.err


def test_predict_to_a_file_in_utf8() -> None:
    rows = "\n".join(f"{x},{'früh' if x < 20 else 'spät'}" for x in range(40))
    Path("t.csv").write_text("x,wann\n" + rows, encoding="utf-8")
    main(["train", "t.csv", "--target", "wann", "--epochs", "2", "--no-progress"])
    assert main(["predict", "runs/t-001", "t.csv", "--out", "a.csv"]) == 0
    assert Path("a.csv").read_text(encoding="utf-8").startswith("predicted wann,p(früh),p(spät)\n")


def test_predict_of_images(capsys: Said) -> None:
    from sklearn.datasets import load_digits

    main(["train", "digits", "--epochs", "2", "--no-progress"])
    images = load_digits().images[:7]
    np.save("images.npy", images.astype(np.uint8))
    np.save("rows.npy", images.reshape(7, 64))
    np.save("one.npy", images[0])
    said = []
    for name in ("images.npy", "rows.npy", "one.npy"):
        capsys.readouterr()
        assert main(["predict", "runs/digits-001", name]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert said[0].count("\n") == 8
    assert said[2].count("\n") == 2


def test_unknown_truth_is_not_scored(capsys: Said) -> None:
    main(["train", "iris", "--epochs", "2", "--no-progress"])
    lines = Path("runs/iris-001/examples.csv").read_text().splitlines()
    Path("new.csv").write_text("\n".join([lines[0], lines[1].rpartition(",")[0] + ","]))
    capsys.readouterr()
    assert main(["predict", "runs/iris-001", "new.csv"]) == 0
    said = capsys.readouterr()
    assert said.out.count("\n") == 2
    assert said.err.startswith("not scored: no row of new.csv has a value of 'species'")


def test_texts_that_training_never_saw_are_told(capsys: Said) -> None:
    houses(Path("h.csv"))
    main(["train", "h.csv", "--target", "price", "--epochs", "1", "--no-progress"])
    Path("new.csv").write_text("town,area\nBonn,100\nOslo,90\n,80\nRom,70\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["predict", "runs/h-001", "new.csv"]) == 0
    said = capsys.readouterr()
    assert said.out.count("\n") == 5
    assert " ".join(said.err.split()) == (
        "2 rows hold a category of 'town' that training never saw (first: line 3 of new.csv, 'Oslo'): "
        "all features of 'town' are 0 there"
    )
    Path("known.csv").write_text("town,area\nBonn,100\n", encoding="utf-8")
    assert main(["predict", "runs/h-001", "known.csv"]) == 0
    assert not capsys.readouterr().err


def test_the_file_of_the_training_is_told(capsys: Said) -> None:
    table = houses(Path("h.csv")).read_bytes()
    main(["train", "h.csv", "--target", "price", "--epochs", "1", "--no-progress"])
    Path("copy.csv").write_bytes(table)
    Path("other.csv").write_bytes(table + b"100,Bonn,150000\n")
    warning = "{} is the file that the network was trained on: how right it is there says nothing about new data"
    for run, name in (("runs/h-001", "h.csv"), ("runs/h-001/checkpoint.safetensors", "copy.csv")):
        capsys.readouterr()
        assert main(["predict", run, name]) == 0
        said = " ".join(capsys.readouterr().err.split())
        assert said.startswith("error (RMSE)")
        assert said.endswith(warning.format(name))
    assert main(["predict", "runs/h-001", "other.csv"]) == 0
    assert "trained on" not in capsys.readouterr().err
    Path("runs/h-001/run.json").unlink()
    assert main(["predict", "runs/h-001", "h.csv"]) == 0
    assert "trained on" not in capsys.readouterr().err


def test_choices_reach_the_experiment() -> None:
    choices = "--epochs 2 --lr 0.05 --batch-size 16 --seed 7 --hidden 9,5 --optimizer sgd --out deep/er"
    entries = "--set optimizer.momentum=0.5 --set data.test=0.3"
    assert main(["train", "iris", *choices.split(), *entries.split(), "--no-progress"]) == 0
    found = Experiment.read("deep/er/experiment.toml")
    assert (found.epochs, found.batch_size, found.seed, found.threads) == (2, 16, 7, 1)
    assert found.optimizer == {"name": "SGD", "lr": 0.05, "momentum": 0.5}
    assert found.schedule == {"name": "CosineAnnealingLR", "T_max": 2}
    assert found.data == {"name": "iris", "test": 0.3}
    assert [row["out_features"] for row in found.layers if row["name"] == "Linear"] == [9, 5, 3]


def test_a_diverged_run_keeps_the_last_good_weights(capsys: Said) -> None:
    houses(Path("h.csv"))
    arguments = ["train", "h.csv", "--target", "price", "--optimizer", "SGD", "--lr", "1e6", "--no-progress"]
    assert main(arguments) == 3
    said = capsys.readouterr()
    assert "diverged at step" in said.err
    assert "Traceback" not in said.err
    assert np.isfinite(load("runs/h-001/last-good.safetensors").theta).all()
    assert "Diverged at step" in Path("runs/h-001/report.html").read_text(encoding="utf-8")
    assert main(["predict", "runs/h-001", "runs/h-001/examples.csv"]) == 0
    assert main(["train", "--resume", "runs/h-001"]) == 1
    assert "diverged" in capsys.readouterr().err


def test_a_changed_file_is_told(capsys: Said) -> None:
    houses(Path("h.csv"))
    main(["train", "h.csv", "--target", "price", "--epochs", "1", "--no-progress"])
    houses(Path("h.csv"), rows=80)
    capsys.readouterr()
    assert main(["train", "runs/h-001/experiment.toml", "--no-progress"]) == 0
    assert "h.csv has changed (60 rows then, 80 now)" in " ".join(capsys.readouterr().err.split())
    assert main(["train", "--resume", "runs/h-001"]) == 1
    assert "h.csv has changed (60 rows then, 80 now)" in capsys.readouterr().err


def test_paths_in_a_toml_file_begin_at_its_folder() -> None:
    houses(Path("h.csv"))
    main(["train", "h.csv", "--target", "price", "--epochs", "1", "--no-progress"])
    text = Path("runs/h-001/experiment.toml").read_text(encoding="utf-8")
    Path("sub").mkdir()
    Path("h.csv").rename("sub/h.csv")
    Path("sub/e.toml").write_text(text.replace(str(Path("h.csv").resolve()), "h.csv"), encoding="utf-8")
    assert main(["train", "sub/e.toml", "--no-progress", "--out", "again"]) == 0


def test_an_error_of_the_program_is_no_traceback(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    from layerwise.cli import datasets

    monkeypatch.setattr(datasets, "names", lambda: 1 / 0)
    assert main(["datasets"]) == 70
    said = capsys.readouterr().err
    assert "Traceback" not in said
    report = Path(re.search(r"with the file (\S+)", said)[1])  # type: ignore[index]
    assert "ZeroDivisionError" in report.read_text(encoding="utf-8")
    report.unlink()
    monkeypatch.setenv("LAYERWISE_DEBUG", "1")
    assert main(["datasets"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_bench_runs_and_keeps_its_figures(capsys: Said) -> None:
    arguments = ["bench", "W1", "--rounds", "1", "--seconds", "0.01", "--contender", "products", "--out", "b.json"]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert "W1" in said.out
    assert json.loads(Path("b.json").read_text())


def test_without_the_benchmarks_bench_says_where_they_are(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in an installed wheel."""
    import layerwise

    monkeypatch.setattr(layerwise, "__file__", str(Path("lib/site-packages/layerwise/__init__.py").resolve()))
    assert main(["bench", "W1"]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "benchmarks are not part of an installed Layerwise: clone the repository" in said


def test_the_documentation_names_every_option() -> None:
    import typer

    from layerwise.cli.app import app

    text = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
    command = typer.main.get_command(app)
    subcommands = command.commands  # type: ignore[attr-defined]
    assert {"train", "predict", "datasets", "bench"} <= set(subcommands)
    for name, subcommand in subcommands.items():
        section = text.partition(f"## layerwise {name}\n")[2].partition("\n## ")[0]
        assert section, name
        for parameter in subcommand.params:
            for option in [*parameter.opts, *parameter.secondary_opts]:
                if option.startswith("--") and option != "--help":
                    assert f"`{option}" in section or f"[{option}" in section, f"{name} {option}"
    for code in ("0", "1", "2", "3", "4", "70", "130", "143"):
        assert f"| {code} |" in text


def test_formulas_lists_all_and_shows_one_with_its_derivative(capsys: Said) -> None:
    assert main(["formulas"]) == 0
    said = capsys.readouterr().out
    assert all(re.search(rf"^  {name} ", said, re.M) for name in registry)
    assert main(["formulas", "tanh", "linear"]) == 0
    said = capsys.readouterr().out
    assert "dx = dy * (1 - y * y)" in said
    assert "dW = dz.T @ x" in said
    assert max(map(len, said.splitlines())) <= 80
    assert main(["formulas", "tanh", "--html", "sheet.html"]) == 0
    assert 'id="tanh"' in Path("sheet.html").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["formulas", "tan"]) == 1
    assert "Did you mean 'tanh'?" in capsys.readouterr().err


def test_explain_prints_an_update_a_weight_or_writes_a_page(capsys: Said) -> None:
    assert main(["train", "iris", "--epochs", "1", "--hidden", "4", "--no-progress"]) == 0
    capsys.readouterr()
    assert main(["explain", "runs/iris-001", "--sample", "3,5-6"]) == 0
    said = capsys.readouterr().out
    assert "worked out on 3 samples" in " ".join(said.split())
    assert "formulas/affine.py:" in said
    assert main(["explain", "runs/iris-001", "--sample", "3", "--weight", "0.weight[2,1]"]) == 0
    said = capsys.readouterr().out
    assert "By which paths the cost reaches it" in said
    assert "Backward" not in said
    assert main(["explain", "runs/iris-001", "--conventions", "--digits", "3"]) == 0
    assert "Rows or columns" in capsys.readouterr().out
    assert main(["explain", "runs/iris-001", "--modes"]) == 0
    assert "layer 0 Linear: the same in both modes" in capsys.readouterr().out
    assert main(["explain", "runs/iris-001", "--step", "2", "--html", "page.html"]) == 0
    both = capsys.readouterr()
    assert both.out == ""
    assert "written to page.html" in both.err
    assert "after 2 updates" in Path("page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["runs/none"], "there is no folder runs/none"),
        ([".", "--sample", "x"], "--sample wants rows of the data, such as 3 or 3,7-9; got 'x'"),
        ([".", "--sample", "0-999"], "64 samples at most"),
        ([".", "--part", "tests"], "--part is one of train, validation, test; got 'tests'"),
        ([".", "--weight", "w"], "a weight is a parameter and a place in it"),
    ],
)
def test_explain_says_what_is_wrong(arguments: list[str], words: str, capsys: Said) -> None:
    assert main(["explain", *arguments]) == 1
    assert words in " ".join(capsys.readouterr().err.split())


def test_doctor_names_what_is_wrong_and_its_exit_code_says_so(capsys: Said) -> None:
    assert main(["doctor", "iris", "--set", "epochs=4", "--set", "optimizer.lr=30"]) == 4
    said = capsys.readouterr().out
    assert said.startswith("sick: the learning rate is too high (rate-too-high, likely)")
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.slow
def test_doctor_confirms_and_gives_data(capsys: Said) -> None:
    assert main(["doctor", "iris", "--set", "epochs=30"]) == 0
    assert "The doctor finds nothing wrong." in capsys.readouterr().out
    assert main(["doctor", "iris", "--set", "epochs=4", "--set", "optimizer.lr=30", "--confirm"]) == 4
    assert capsys.readouterr().out.rstrip().endswith("confirmed")
    assert main(["doctor", "iris", "--set", "epochs=1", "--set", "optimizer.lr=0.0001", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["findings"][0]["code"] == "rate-too-low"
    assert main(["doctor", "iris", "--json", "--confirm"]) == 1
    assert "choose one" in capsys.readouterr().err


def test_a_doctor_may_watch_a_run(capsys: Said) -> None:
    assert main(["train", "iris", "--epochs", "4", "--set", "optimizer.lr=30", "--doctor", "--no-progress"]) == 3
    assert "doctor, sick: The run broke off" in capsys.readouterr().err
