"""Every form of a file that people have gives the values that it stands for; what is no table is named."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import os
import time
from pathlib import Path

import pytest
from tests.data.tables.tables_for_tests import ROWS, TRUTH, check_truth, text, write
from tests.support.refusals import noted

from layerwise.data import read_frame, read_table
from layerwise.errors import DataError, FileError, KindError, SettingError


def spaced(content: str) -> str:
    return "\n".join(" , ".join(line.split(",")) for line in content.split("\n"))


PLAIN = text()
QUOTED = text(town=lambda town: f"{town}\nGermany")
FORMS = {
    "plain": PLAIN,
    "no last newline": PLAIN.rstrip("\n"),
    "semicolons": text(delimiter=";"),
    "tabs": text(delimiter="\t"),
    "pipes": text(delimiter="|"),
    "spaces": text(delimiter=" "),
    "several spaces": "\n".join("   ".join(line.split(",")) for line in PLAIN.rstrip().split("\n")),
    "CRLF": text(end="\r\n"),
    "CR": text(end="\r"),
    "CRLF and LF": PLAIN.replace("\n", "\r\n", 9),
    "blanks around cells": spaced(PLAIN),
    "blank lines": PLAIN.replace("\n", "\n\n"),
    "lines of blanks": PLAIN.replace("\n", "\n   \n", 5),
    "quotes": "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in PLAIN.rstrip().split("\n")),
    "single quotes": PLAIN.replace("Ulm", "'Ulm'").replace("area", "'area'").replace("price", "'price'"),
    "single quotes, tabs": text(delimiter="\t").replace("area", "'area'").replace("Ulm", "'Ulm'"),
    "single quotes, spaces": text(delimiter=" ").replace("area", "'area'").replace("town", "'town'"),
    "comments above": "# made by the office\n# area in m2\n" + PLAIN,
    "comments with %": "% made by the office\n\n" + PLAIN,
    "comments with //": "// made by the office\n" + PLAIN,
    "comments between": "# made\n" + PLAIN.replace("\n", "\n# a remark\n", 3),
    "a title above": "Prices of flats\n\n" + PLAIN,
    "a delimiter at every end": PLAIN.replace("\n", ",\n"),
    "a delimiter at the end of rows": PLAIN.replace("\n", ",\n").replace(",\n", "\n", 1),
    "sep=": "sep=;\n" + text(delimiter=";"),
    "byte order mark": "\ufeff" + PLAIN,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_truth(form: str, tmp_path: Path) -> None:
    content = FORMS[form]
    check_truth(write(tmp_path / "flats.csv", content))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"])
def test_every_encoding_gives_the_truth(encoding: str, tmp_path: Path) -> None:
    data = check_truth(write(tmp_path / "flats.csv", PLAIN, encoding))
    assert any("cp1252" in note for note in data.notes) == (encoding in ("latin-1", "cp1252"))


@pytest.mark.parametrize("encoding", ["cp1250", "mac_roman", "cp437", "utf-8", "iso8859-15"])
def test_an_encoding_can_be_said(encoding: str, tmp_path: Path) -> None:
    check_truth(write(tmp_path / "flats.csv", PLAIN, encoding), encoding=encoding)


@pytest.mark.parametrize("name", ["a.tsv", "a.txt", "a.tab", "a.dat", "a", "a.CSV"])
def test_the_name_of_a_text_file_decides_nothing(name: str, tmp_path: Path) -> None:
    check_truth(write(tmp_path / name, text(delimiter="\t")))


@pytest.mark.parametrize("name", ["a.csv.gz", "a.gz", "squeezed.csv", "a.tsv.gz", "a.txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_packed_files_are_unpacked(name: str, encoding: str, tmp_path: Path) -> None:
    check_truth(write(tmp_path / name, gzip.compress(PLAIN.encode(encoding))))


def test_excel_parquet_and_json_lines(tmp_path: Path) -> None:
    duckdb, openpyxl = pytest.importorskip("duckdb"), pytest.importorskip("openpyxl")
    source = write(tmp_path / "flats.csv", PLAIN)
    for end, options in (("parquet", ""), ("jsonl", "(FORMAT json)"), ("json", "(FORMAT json, ARRAY true)")):
        path = tmp_path / f"flats.{end}"
        duckdb.sql(f"COPY (SELECT * FROM read_csv('{source}')) TO '{path}' {options}")
        check_truth(path)
    book = openpyxl.Workbook()
    book.active.title = "flats"
    book.active.append(["area", "rooms", "town", "price"])
    for row in TRUTH:
        book.active.append([row[name] for name in ("area", "rooms", "town", "price")])
    book.create_sheet("remarks").append(["by hand"])
    book.save(tmp_path / "flats.xlsx")
    data = check_truth(tmp_path / "flats.xlsx")
    assert data.notes[0] == "the sheet 'flats' of flats.xlsx is read; others are left aside: remarks"


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames(library: str, tmp_path: Path) -> None:
    frames = pytest.importorskip(library)
    path = write(tmp_path / "flats.csv", PLAIN)
    frame = frames.read_csv(path)
    check_truth(frame)
    assert read_table(frame, "price").train.x.tobytes() == read_table(path, "price").train.x.tobytes()


def test_quoted_cells_keep_delimiters_quotes_and_line_breaks(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a,b\n"1,5","say ""no"""\n"two\nlines",z\n3,w\n')
    frame = read_frame(path)
    assert dict(frame.columns(["a", "b"]))["a"].names == ("1,5", "two\nlines", "3")
    assert frame.column("b").names == ('say "no"', "z", "w")
    assert [frame.place(row) for row in range(3)] == [f"line {n} of a.csv" for n in (2, 3, 5)]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    frame = read_frame(write(tmp_path / "a.csv", "# remark\n\na,b\n\n1,x\n\n2,y\n"))
    assert [frame.place(0), frame.place(1)] == ["line 5 of a.csv", "line 7 of a.csv"]


@pytest.mark.parametrize("seed", range(12))
def test_an_independent_reader_finds_the_same_cells(seed: int, tmp_path: Path) -> None:
    """Tables of drawn texts, with delimiters, quotes and breaks within cells, against the module csv."""
    import random

    draw = random.Random(seed)
    letters = ["a", "é", "東", " ", ",", ";", '"', "'", "\n", "1", "#", "x"]
    rows = [["".join(draw.choices(letters, k=draw.randrange(1, 6))) + "z" for _ in range(3)] for _ in range(30)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=draw.choice(",;\t"), lineterminator=draw.choice(["\n", "\r\n"]))
    writer.writerows([["p", "q", "r"], *rows])
    frame = read_frame(write(tmp_path / "drawn.csv", out.getvalue()))
    for number, name in enumerate("pqr"):
        texts = frame.column(name)
        assert [texts.names[code] for code in texts.codes] == [row[number].strip() for row in rows]


NAMES = {
    "given twice": ("a,a,b\n1,2,3\n", ("a", "a (2)", "b")),
    "given thrice": ("a,a,a\n1,2,3\n", ("a", "a (2)", "a (3)")),
    "a second one that is taken": ("a,a (2),a\n1,2,3\n", ("a", "a (2)", "a (3)")),
    "missing in the middle": ("a,,b\n1,2,3\n", ("a", "column 2", "b")),
    "missing at the start": (",a,b\n1,2,3\n", ("column 1", "a", "b")),
    "missing and taken": ("column 2,,b\n1,2,3\n", ("column 2", "column 2 (2)", "b")),
    "row names of R": ("a b\nx 1 2\ny 3 4\nz 5 6\n", ("column 1", "a", "b")),
    "none at all": ("1,2,3\n4,5,6\n7,8,9\n", ("column 1", "column 2", "column 3")),
    "with a break": ('"area\n(m2)",b\n1,2\n', ("area (m2)", "b")),
}


@pytest.mark.parametrize("case", NAMES)
def test_each_column_gets_a_name_of_its_own(case: str, tmp_path: Path) -> None:
    content, names = NAMES[case]
    assert read_frame(write(tmp_path / "a.csv", content)).names == names


NO_TABLES = {
    "empty": ("", DataError, "a.csv is empty: a header line"),
    "only blank lines": ("\n \n\n", DataError, "a.csv is empty"),
    "header only": ("a,b\n", DataError, "has a header line and no rows"),
    "row too short": ("a,b\n1,2\n3\n", DataError, "line 3 of a.csv has 1 cell, the header has 2"),
    "row too long": ("a,b\n1,2\n\n3,4,5\n", DataError, "line 4 of a.csv has 3 cells, the header has 2"),
    "a long row far down": ("a,b\n" + "1,2\n" * 3000 + "1,2,3\n", DataError, "line 3002 of a.csv has 3 cells"),
    "a short row far down": ("a,b,c\n" + "1,2,3\n" * 3000 + "1,2\n", DataError, "line 3002 of a.csv has 2 cells"),
    "open quote": ('a,b\n1,2\n"3,4\n5,6\n', DataError, "line 3 of a.csv: a quote is opened and never closed"),
    "text after a quote": ('a,b\n"1"x,2\n3,4\n', DataError, "line 2 of a.csv: .*a quote inside a quoted cell"),
    "NUL": ("a,b\n1,2\n3,\0\n", DataError, "line 3 of a.csv holds a NUL character"),
    "another tool's file": (b"\x89HDF\r\n\x1a\n\0\0", FileError, "a.csv is an HDF5 file"),
    "a zip": (b"PK\x03\x04\x14\x00\x06\x00", FileError, "a.csv is a zip archive: unpack it first"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileError, "an old Excel"),
    "a PDF": (b"%PDF-1.7\n", FileError, "a.csv is a PDF"),
    "a database": (b"SQLite format 3\0", FileError, "a.csv is a SQLite database"),
    "a web page": ("<!DOCTYPE html>\n<html></html>", FileError, "a.csv is a web page, not a table"),
    "a web page without a type": ("\n <html>\n<head>", FileError, "a.csv is a web page"),
    "a document": ('<?xml version="1.0"?>\n<a/>', FileError, "a.csv is a document"),
    "a pointer": ("version https://git-lfs.github.com/spec/v1\noid sha256:4d\n", FileError, "git lfs pull"),
    "half of a packed file": (gzip.compress(b"a,b\n1,2\n" * 900)[:-9], FileError, "packed by gzip and"),
    "a damaged packed file": (b"\x1f\x8b" + b"x" * 40, FileError, "packed by gzip and damaged"),
}


@pytest.mark.parametrize("case", NO_TABLES)
def test_what_is_no_table_is_refused_in_a_sentence(case: str, tmp_path: Path, tally) -> None:
    content, error, message = NO_TABLES[case]
    begin = time.perf_counter()
    with pytest.raises(error, match=message) as caught:
        read_frame(write(tmp_path / "a.csv", content))
    assert time.perf_counter() - begin < 2
    assert len(str(caught.value)) < 400
    noted(tally, caught.value)


@pytest.mark.parametrize("letter", [b"", b"x"])
def test_a_line_of_a_gigabyte_is_refused_at_once(letter: bytes, tmp_path: Path, tally) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n" + letter * 2**25)
        file.truncate(2**30)  # the rest is sparse, and reads as NUL characters
    begin = time.perf_counter()
    with pytest.raises(DataError, match=r"line 3 of large.csv (is longer than|holds a NUL)") as caught:
        read_frame(path)
    assert time.perf_counter() - begin < 2
    noted(tally, caught.value, f"a gigabyte of {letter!r}")


PLACES = {
    "an address": ("https://example.org/a.csv", FileError, "is an address: download the file first"),
    "another address": ("ftp://example.org/a.csv", FileError, "is an address"),
    "standard input": ("-", FileError, "not from standard input"),
    "a folder": (".", FileError, "is a folder: name a file in it"),
    "no folder": ("nowhere/a.csv", FileError, "does not exist either"),
    "a long name": ("x" * 5000, FileError, "can not be read"),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_place_without_a_table_is_named(case: str, tally) -> None:
    path, error, message = PLACES[case]
    with pytest.raises(error, match=message) as caught:
        read_frame(path)
    noted(tally, caught.value)


def test_a_missing_file_is_answered_with_its_neighbour(tmp_path: Path, tally) -> None:
    write(tmp_path / "houses.csv", "a,b\n1,2\n")
    with pytest.raises(FileError, match=r"there is no file .*house\.csv\. Did you mean 'houses.csv'") as caught:
        read_frame(tmp_path / "house.csv")
    noted(tally, caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in the file system")
def test_a_pipe_is_refused_instead_of_waiting_for_ever(tmp_path: Path, tally) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="is not a regular file") as caught:
        read_frame(tmp_path / "pipe")
    noted(tally, caught.value)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"encoding": "utf-99"}, SettingError, "encoding 'utf-99' is not known"),
        ({"encoding": "utf-16"}, DataError, "name another encoding"),
        ({"encoding": "utf-8"}, DataError, "line 4 of a.csv is not UTF-8 text: name its encoding"),
        ({"delimiter": ";;"}, DataError, "delimiter must be one character"),
        ({"delimiter": '"'}, DataError, "delimiter must be one character"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, str], error: type, message: str, tmp_path: Path, tally) -> None:
    path = write(tmp_path / "a.csv", PLAIN, "cp1252")
    with pytest.raises(error, match=message) as caught:
        read_frame(path, **options)
    noted(tally, caught.value)


@pytest.mark.parametrize("table", [None, 3, ["a.csv"], {1, 2}])
def test_what_is_no_table_in_memory_is_refused(table: object, tally) -> None:
    with pytest.raises(KindError, match="must map each name to its cells") as caught:
        read_frame(table)
    noted(tally, caught.value)


@pytest.mark.slow
def test_ten_thousand_columns(tmp_path: Path) -> None:
    header = ",".join(f"c{i}" for i in range(10_000))
    frame = read_frame(write(tmp_path / "wide.csv", f"{header}\n" + (",".join("1" * 10_000) + "\n") * 3))
    assert len(frame.names) == 10_000
    assert sum(1 for _ in frame.columns(frame.names)) == 10_000


def test_marks_of_encodings_are_told_apart() -> None:
    assert codecs.BOM_UTF32_LE.startswith(codecs.BOM_UTF16_LE)  # so the longer is looked for first
    assert len(TRUTH) == ROWS
