"""Growth, threads and memory: a small run, and the tables from figures that are made up."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from benchmarks.contenders import CONTENDERS
from benchmarks.record import Growth, Memory, Record, Round, Row, Table
from benchmarks.workloads import WORKLOADS, declared, sizes_of
from rich.console import Console

from benchmarks import growth, growth_report, machine, run_growth, show_growth


def table(factor: int, ours: float, theirs: float) -> Table:
    rows = [
        Row(name, label, name != "layerwise", rounds=[Round(1, 0, 10, 1.0, time, 0.5)])
        for name, label, time in (("layerwise", "Layerwise", ours), ("torch_eager", "PyTorch eager", theirs))
    ]
    grown = [Growth("batch", factor)] + ([Growth("depth", 1)] if factor == 1 else [])
    return Table("W2", "an MLP", rows, {"batch": 128 * factor, "depth": 1}, grown)


def limited() -> Table:
    rows = [
        Row(name, label, name != "layerwise", rounds=[Round(1, 0, 10, 1.0, time, 0.5)], threads=count)
        for name, label, times in (
            ("layerwise", "Layerwise", (800, 500)),
            ("torch_eager", "PyTorch eager", (1500, 1200)),
        )
        for count, time in zip((1, 2), times, strict=True)
    ]
    return Table("W2", "an MLP", rows, {"batch": 128})


def made_up() -> Record:
    about = {"cpu": "a processor", "cores": 2, "system": "Linux", "python": "3.13.0", "environment": {}}
    weighed = [
        Memory("W2", "layerwise", "Layerwise", 3 * 1024 * 1024, 1),
        Memory("W2", "torch_eager", "PyTorch eager", 6 * 1024 * 1024, 1),
    ]
    grown = [table(1, 512.0, 1280.0), table(2, 768.0, 2560.0)]
    return Record("2030-01-01T00:00:00+00:00", 0, 1, 0.2, about, [*grown, limited()], weighed)


def test_the_cost_of_a_sample_and_the_share_of_pytorch() -> None:
    words = growth_report.growth(made_up())
    assert words.columns == ["", "", "1 ×", "2 ×"]
    assert words.rows == [
        ["W2 batch", "Layerwise", "4.00", "3.00"],
        ["128 to 256", "PyTorch eager", "10.0", "10.0"],
        ["", "Layerwise takes", "0.40 ×", "0.30 ×"],
        ["W2 depth", "Layerwise", "4.00", ""],
        ["", "PyTorch eager", "10.0", ""],
        ["", "Layerwise takes", "0.40 ×", ""],
    ]


def test_one_thread_against_two() -> None:
    words = growth_report.threads(made_up())
    assert words.columns == ["", "", "1 thread", "2 threads", "share"]
    assert words.rows == [
        ["W2", "Layerwise", "800", "500", "0.62 ×"],
        ["", "PyTorch eager", "1,500", "1,200", "0.80 ×"],
    ]


def test_memory_beside_that_of_pytorch() -> None:
    assert growth_report.memory(made_up()).rows == [["W2", "3.0", "6.0", "0.50 ×"]]


def test_the_tables_fit_80_columns_and_say_what_is_missing() -> None:
    record = made_up()
    record.tables[1].rows[1].problem = "failed: it"
    record.memory.append(Memory("W3", "layerwise", "Layerwise", problem="only Linux tells"))
    stream = io.StringIO()
    show_growth(record, Console(file=stream, width=80))
    lines = stream.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 80
    assert "W2, PyTorch eager: failed: it" in lines
    assert "W3, memory of Layerwise: only Linux tells" in lines


def test_every_axis_names_sizes_of_its_workload_and_begins_at_the_declared_ones() -> None:
    for axis in growth.AXES:
        assert set(axis.sizes) <= {*sizes_of(axis.workload), "samples"}
        if axis.name != "samples":
            assert axis.at(1).sizes == WORKLOADS[axis.workload].sizes
        assert all(axis.at(8).sizes[size] == 8 * axis.at(1).sizes[size] for size in axis.sizes)


@pytest.mark.slow
def test_a_small_run_measures_the_common_beginning_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "PAIR", ("layerwise", "products"))
    monkeypatch.setattr(growth, "FACTORS", (1, 2))
    record = run_growth(["w1"], rounds=1, seconds=0.01, out=tmp_path / "growth.json", say=lambda line: None)
    grown = [[(each.axis, each.factor) for each in table.grown] for table in record.tables]
    assert grown == [[("batch", 1), ("width", 1)], [("batch", 2)], [("width", 2)], []]
    assert [row.threads for row in record.tables[-1].rows] == sorted([1, 2][: machine.cores()] * 2, key=[].count)
    assert all(row.problem is None for table in record.tables for row in table.rows)
    assert (tmp_path / "growth.json").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process's memory")
@pytest.mark.slow
def test_memory_grows_with_the_batch() -> None:
    """The MLP keeps its activations: (784 is given) 128 + 128 + 64 + 64 + 10 numbers a sample and as many gradients."""
    small, large = (
        growth.weigh("layerwise", declared("W2", batch=batch), 0, say=lambda line: None).bytes for batch in (64, 2048)
    )
    assert small is not None
    assert large is not None
    numbers = (2048 - 64) * (128 + 128 + 64 + 64 + 10)
    assert 4 * numbers < large - small < 6 * 4 * numbers


def test_a_weighing_that_fails_says_why() -> None:
    found = growth.weigh("sklearn", WORKLOADS["W3"], 0, say=lambda line: None)
    assert found.bytes is None
    assert found.problem is not None
    assert CONTENDERS["sklearn"].label == found.label
