"""A whole run, small; and its record and tables, from rounds that are made up."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from benchmarks.record import Record, Round, Row, Table
from benchmarks.workloads import varied
from rich.console import Console

from benchmarks import run_bench, show
from layerwise.errors import FileError, KindError, SettingError


def made_up() -> Record:
    def row(name: str, label: str, peer: bool, times: list[float]) -> Row:
        rounds = [Round(i, 0, 10, t * 1e-5, t, 0.5, 0.25) for i, t in enumerate(times, start=1)]
        return Row(name, label, peer, {"threads": 2}, [0.7, 0.6], rounds)

    rows = [
        row("layerwise", "Layerwise", False, [500.0, 600.0, 1000.0]),
        row("torch_eager", "PyTorch eager", True, [1300.0, 1400.0, 2000.0]),
        row("jax_jit", "JAX jit", True, [1000.0, 1200.0, 1900.0]),
        Row("torch_compile", "torch.compile", True, problem="not installed:\npip install -e '.[bench]'"),
        row("products", "matrix products", False, [400.0, 400.0, 500.0]),
    ]
    machine = {"cpu": "a processor", "cores": 2, "system": "Linux", "python": "3.13.0"}
    machine["environment"] = {"OMP_NUM_THREADS": "1"}
    return Record("2030-01-01T00:00:00+00:00", 0, 3, 0.4, machine, [Table("W2", "an MLP", rows)])


def printed(record: Record, **settings: object) -> str:
    stream = io.StringIO()
    show(record, Console(file=stream, width=80, **settings))  # type: ignore[arg-type]
    return stream.getvalue()


def test_the_best_peer_and_the_paired_ratio() -> None:
    table = made_up().tables[0]
    best = table.best_peer()
    assert best is not None
    assert best.name == "jax_jit"
    share = table.against(best)
    assert share is not None
    assert share.paired.median == 0.5
    assert share.of_medians == 0.5


def test_a_row_that_did_other_work_is_not_compared() -> None:
    record = made_up()
    record.tables[0].rows[2].problem = "other work: loss 0.5 at step 2, the others 0.6"
    best = record.tables[0].best_peer()
    assert best is not None
    assert best.name == "torch_eager"
    assert "other work" in printed(record)


def test_the_report_fits_80_columns_and_is_plain_in_a_pipe() -> None:
    text = printed(made_up())
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "\x1b" not in text
    lines = [line for line in text.splitlines() if "JAX jit" in line]
    assert "1,200" in lines[0]
    assert "0.50 ×" in lines[0]
    assert "best peer" in lines[0]
    assert "pip install -e '.[bench]'" in text  # on one line, so that it can be copied
    joined = " ".join(text.split())
    assert "Layerwise takes 0.50 of the time of the best peer, JAX jit (median of 3 rounds;" in joined
    assert "Same work: 4 contenders reached the same losses" in joined
    assert "Other programs used 25% of the machine" in joined
    assert "OMP_NUM_THREADS=1" in joined


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = printed(made_up(), force_terminal=True)
    assert "\x1b[3" not in text.replace("\x1b[3m", "")  # italics may stay, colours not


def test_without_layerwise_there_are_times_and_no_ratios() -> None:
    record = made_up()
    record.tables[0].rows[0].rounds.clear()
    record.tables[0].rows[0].problem = "failed: it"
    text = printed(record)
    assert "Layerwise takes 0" not in text
    assert "1,400" in text


@pytest.mark.slow
def test_a_run_tells_where_it_is_and_keeps_every_round(tmp_path: Path) -> None:
    said: list[str] = []
    out = tmp_path / "new folder" / "bench.json"
    names = ["layerwise", "sklearn", "products"]
    run_bench(["w1"], rounds=3, seconds=0.02, out=out, seed=7, contenders=names, say=said.append)
    data = json.loads(out.read_text())
    table = data["tables"][0]
    assert [row["name"] for row in table["rows"]] == names
    assert [len(row["rounds"]) for row in table["rows"]] == [3, 3, 3]
    assert [row["problem"] for row in table["rows"]] == [None, None, None]
    assert [[each["place"] for each in row["rounds"]] for row in table["rows"]] == [[0, 2, 1], [1, 0, 2], [2, 1, 0]]
    assert table["best_peer"] == "sklearn"
    assert 0 < table["rows"][1]["layerwise_ratio"]["paired"]["median"] < 1
    assert data["seed"] == 7
    assert data["machine"]["cores"] >= 1
    assert table["rows"][0]["check_losses"] == pytest.approx(table["rows"][1]["check_losses"], rel=1e-3)
    assert "round 2 of 3, scikit-learn" in said


@pytest.mark.slow
def test_varied_sizes_reach_every_contender(tmp_path: Path) -> None:
    out = tmp_path / "varied.json"
    names = ["layerwise", "sklearn", "products"]
    record = run_bench(["W2"], rounds=1, seconds=0.01, vary=5, contenders=names, out=out, say=lambda line: None)
    assert [row.problem for row in record.tables[0].rows] == [None, None, None]
    data = json.loads(out.read_text())
    assert data["vary"] == 5
    assert data["tables"][0]["sizes"] == varied("W2", 5).sizes
    assert "sizes drawn by seed 5" in " ".join(printed(record).split())


@pytest.mark.slow
def test_a_contender_that_lacks_a_layer_has_no_row() -> None:
    record = run_bench(["W3"], rounds=1, seconds=0.01, contenders=["sklearn", "products"], say=lambda line: None)
    assert [row.name for row in record.tables[0].rows] == ["products"]


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    run_bench(["W1"], rounds=2, seconds=0.01, contenders=["products"])
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.splitlines()[-1] == "W1: round 2 of 2"


def test_a_contender_that_dies_leaves_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", shutil.which("false"))
    record = run_bench(["W1"], rounds=1, seconds=0.01, contenders=["products"], say=lambda line: None)
    assert record.tables[0].rows[0].problem == "ended with status 1: without a word"


def test_settings_are_checked_before_anything_starts() -> None:
    with pytest.raises(SettingError, match="W7"):
        run_bench(["W7"])
    with pytest.raises(SettingError, match="rounds must be at least 1"):
        run_bench(["W1"], rounds=0)
    with pytest.raises(SettingError, match="seconds must be above 0"):
        run_bench(["W1"], seconds=0)
    with pytest.raises(SettingError, match="lists of names"):
        run_bench("W1")
    with pytest.raises(KindError, match="seed must be a whole number"):
        run_bench(["W1"], seed=0.5)  # type: ignore[arg-type]


def test_an_unwritable_record_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="choose another --out"):
        made_up().write(tmp_path / "file" / "bench.json")
