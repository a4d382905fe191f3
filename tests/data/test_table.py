"""Reading CSV files: every form that is read, and one sentence for each that is not."""

from __future__ import annotations

import os

import pytest
from tests.support.clock import at_most
from tests.support.refusals import noted

from layerwise.data import read_rows, table
from layerwise.errors import DataError, FileError, KindError


@pytest.fixture
def write(tmp_path):
    def to_file(content: str | bytes):
        path = tmp_path / "houses.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return to_file


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,x\n2,y\n",
        "a,b\n1,x\n2,y",
        "a;b\n1;x\n2;y\n",
        "a\tb\n1\tx\n2\ty\n",
        "a,b\r\n1,x\r\n2,y\r\n",
        "a,b\r1,x\r2,y\r",
        "\ufeffa,b\n1,x\n2,y\n",
        "\n\na,b\n\n1,x\n   \n2,y\n\n",
        ' a ,"b"\n 1 ,"x"\n2, y\n',
    ],
    ids=["plain", "no last newline", ";", "tab", "CRLF", "CR", "BOM", "blank lines", "blanks and quotes"],
)
def test_every_form_gives_the_same_table(write, content):
    found = read_rows(write(content))
    assert dict(found) == {"a": ["1", "2"], "b": ["x", "y"]}
    assert found.rows == 2


def test_quoted_cells_keep_delimiters_quotes_and_line_breaks(write):
    found = read_rows(write('a,b\n"1,5","say ""no"""\n"two\nlines",z\n3,w\n'))
    assert dict(found) == {"a": ["1,5", "two\nlines", "3"], "b": ['say "no"', "z", "w"]}
    assert [found.place(row) for row in range(3)] == [f"line {n} of houses.csv" for n in (2, 3, 5)]


def test_lines_are_counted_as_an_editor_counts_them(write):
    found = read_rows(write("\n\na,b\n\n1,x\n\n2,y\n"))
    assert [found.place(0), found.place(1)] == ["line 5 of houses.csv", "line 7 of houses.csv"]


def test_many_chunks_join_in_order(write):
    n = 10_000
    found = read_rows(write("a,b\n" + "".join(f"{i},{i % 3}\n" for i in range(n))))
    assert found["a"] == [str(i) for i in range(n)]
    assert found.place(n - 1) == f"line {n + 1} of houses.csv"


def test_a_delimiter_can_be_chosen(write):
    assert list(read_rows(write("a;b,c\n1;2,3\n"), delimiter=";")) == ["a", "b,c"]


def test_ten_thousand_columns(write):
    header = ",".join(f"c{i}" for i in range(10_000))
    assert len(read_rows(write(f"{header}\n" + ",".join("1" * 10_000) + "\n"))) == 10_000


WRONG = {
    "empty": ("", "houses.csv is empty: a header line"),
    "an empty quoted header": ('""\n', "houses.csv is empty"),
    "huge header": ("a" * 200_000 + ",b\n1,2\n", "line 1 of houses.csv: a cell is longer than 131,072"),
    "only blank lines": ("\n \n\n", "houses.csv is empty"),
    "header only": ("a,b\n", "has a header line and no rows"),
    "row too short": ("a,b\n1,2\n3\n", "line 3 of houses.csv has 1 cell, the header has 2"),
    "row too long": ("a,b\n1,2\n\n3,4,5\n", "line 4 of houses.csv has 3 cells, the header has 2"),
    "open quote": ('a,b\n1,2\n"3,4\n5,6\n', "line 3 of houses.csv: a quote is opened and never closed"),
    "text after a quote": ('a,b\n"1"x,2\n', "line 2 of houses.csv: .*a quote inside a quoted cell"),
    "open quote in the header": ('a,"b\n1,2\n', "line 1 of houses.csv: a quote is opened"),
    "huge cell": ("a,b\n1," + "x" * 200_000 + "\n", "line 2 of houses.csv: a cell is longer than 131,072"),
    "UTF-16 without its mark": ("a,b\n1,2\n".encode("utf-16-le"), "line 1 of houses.csv holds a NUL character"),
    "another tool's file": (b"\x89HDF\r\n\x1a\n\0\0", "line 1 of houses.csv is not UTF-8 text"),
    "NUL": ("a,b\n1,2\n3,\0\n", "line 3 of houses.csv holds a NUL character"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), "line 1 of houses.csv looks like UTF-16 .*UTF-8"),
    "latin-1": ("a,b\n1,x\n2,Zürich\n".encode("latin-1"), "line 3 of houses.csv is not UTF-8 .*0xfc"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x9c\xff", "line 1 of houses.csv is not UTF-8"),
    "duplicate header": ("a,b,a\n1,2,3\n", r"has 'a' twice \(columns 1 and 3\)"),
    "unnamed column": (",a,b\n0,1,2\n", "column 1 of houses.csv has no name"),
    "no header": ("1,2\n3,4\n", "first line of houses.csv holds numbers"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_table_is_refused_with_its_line(write, case, tally):
    content, message = WRONG[case]
    with pytest.raises(DataError, match=message) as caught:
        read_rows(write(content))
    assert len(str(caught.value)) < 400
    noted(tally, caught.value)


def test_an_endless_line_is_refused_before_it_fills_the_memory(write, monkeypatch, tally):
    monkeypatch.setattr(table, "LINE_LIMIT", 1000)
    with pytest.raises(DataError, match=r"line 2 of houses.csv is longer than 1,000 characters") as caught:
        read_rows(write("a,b\n" + "1" * 5000 + ",2\n"))
    noted(tally, caught.value)


def test_a_line_of_a_gigabyte_is_refused_at_once(tmp_path, tally):
    """The file is sparse: it takes no place on the disk, and reads as NUL characters."""
    path = tmp_path / "large.csv"
    path.write_text("a,b\n1,2\n")
    os.truncate(path, 2**30)
    longer = r"line 3 of large.csv is longer than 16,777,216 characters"
    with pytest.raises(DataError, match=longer) as caught, at_most(seconds=2):
        read_rows(path)
    noted(tally, caught.value)


def test_texts_of_other_alphabets_are_kept(write):
    found = read_rows(write("Größe,名前\n1,東京\n2,Ñandú \n"))
    assert dict(found) == {"Größe": ["1", "2"], "名前": ["東京", "Ñandú"]}


def test_a_folder_is_refused(tmp_path, tally):
    with pytest.raises(FileError, match="is a folder") as caught:
        read_rows(tmp_path)
    noted(tally, caught.value)


def test_a_missing_file_is_answered_with_its_neighbour(write, tally):
    path = write("a,b\n1,2\n")
    with pytest.raises(FileError, match=r"there is no file .*house\.csv\. Did you mean 'houses.csv'"):
        read_rows(path.with_name("house.csv"))
    with pytest.raises(FileError, match="does not exist either"):
        read_rows(path.parent / "nowhere" / "a.csv")
    tally.add("bad input")


def test_a_file_without_permission_is_refused(write, monkeypatch, tally):
    path = write("a,b\n1,2\n")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)  # the rights of a file do not bind root
    with pytest.raises(FileError, match=r"houses.csv can not be read: Permission denied") as caught:
        read_rows(path)
    noted(tally, caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in the file system")
def test_a_pipe_is_refused_instead_of_waiting_for_ever(tmp_path, tally):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="is not a regular file") as caught:
        read_rows(tmp_path / "pipe")
    noted(tally, caught.value)


def test_a_name_that_no_file_can_have_is_refused(tally):
    with pytest.raises(FileError, match="can not be read") as caught:
        read_rows("x" * 5000)
    noted(tally, caught.value)


@pytest.mark.parametrize("path", [None, 3, ["a.csv"]])
def test_what_is_no_path_is_refused(path, tally):
    with pytest.raises(KindError, match="must be a text or a Path") as caught:
        read_rows(path)
    noted(tally, caught.value)


def test_a_wrong_delimiter_is_refused(write, tally):
    with pytest.raises(DataError, match="delimiter must be") as caught:
        read_rows(write("a,b\n1,2\n"), delimiter="|")
    noted(tally, caught.value)
