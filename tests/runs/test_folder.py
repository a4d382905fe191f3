"""Folders of runs: new ones for all, and one process at a time in each."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.refusals import refused
from tests.tally import Tally

from layerwise.errors import FileError, SettingError
from layerwise.runs import folder as folders
from layerwise.runs.folder import RunFolder


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_folders_are_numbered_by_name() -> None:
    assert [folders.created(name).path.name for name in ("a", "a", "b", "a")] == ["a-001", "a-002", "b-001", "a-003"]


def test_a_deleted_run_leaves_its_number_free_only_at_the_end() -> None:
    first, _ = folders.created("a"), folders.created("a")
    first.path.rmdir()
    assert folders.created("a").path.name == "a-003"  # the newest run always has the highest number


def test_many_at_once_get_a_folder_each() -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: folders.created("a").path.name, range(64)))
    assert len(set(made)) == 64


def test_one_holder_at_a_time(tally: Tally) -> None:
    folder = folders.created("a")
    with folder.held():
        refused(tally, FileError, "another run is at work", lambda: RunFolder(folder.path).held().__enter__())
    with folder.held():
        pass


def test_refusals(tally: Tally) -> None:
    Path("file").write_text("")
    Path("empty").mkdir()
    refused(tally, FileError, "exists already", lambda: folders.created("a", "empty"))
    refused(tally, FileError, "there is a file where", lambda: folders.created("a", "file"))
    refused(tally, FileError, "could not make", lambda: folders.created("a", "x" * 300))
    refused(tally, FileError, "could not make", lambda: folders.created("a", "nul\0"))
    refused(tally, FileError, "there is no folder", lambda: folders.found("nowhere"))
    refused(tally, FileError, "holds no experiment.toml", lambda: folders.found("empty"))


def test_the_newest_runs_are_named(tally: Tally) -> None:
    folders.created("a").experiment.write_text("")
    refused(tally, FileError, "runs/a-001", lambda: folders.found("runs/a-01"))


def ends(error: BaseException, *, out: str | None = None, writes: str) -> RunFolder:
    """A run that leaves one of its files, and ends by an error."""
    with contextlib.suppress(type(error)), folders.new("a", out) as folder:
        getattr(folder, writes).write_text("")
        raise error
    return folder


@pytest.mark.parametrize("out", [None, "there", "a/new/place", "old/place"])
def test_a_refused_run_leaves_no_folder(out: str | None) -> None:
    Path("old").mkdir()
    ends(SettingError("no"), out=out, writes="experiment")
    assert list(Path().iterdir()) == [Path("old")]
    assert not list(Path("old").iterdir())


def test_other_runs_stay_where_one_is_refused() -> None:
    kept = folders.created("a")
    ends(SettingError("no"), writes="experiment")
    assert list(Path("runs").iterdir()) == [kept.path]


@pytest.mark.parametrize(
    ("error", "writes"),
    [(FileError("full"), "experiment"), (KeyboardInterrupt(), "experiment"), (SettingError("no"), "checkpoint")],
)
def test_what_can_go_on_stays(error: BaseException, writes: str) -> None:
    folder = ends(error, writes=writes)
    assert list(Path("runs").iterdir()) == [folder.path]
    with folder.held():
        pass  # nobody holds it any more
