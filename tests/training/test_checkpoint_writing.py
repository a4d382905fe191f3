"""Checkpoints that can not be written: told before the first step, or with the last good one intact."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally
from tests.training import runs
from tests.training.setups import SETUPS, start

import layerwise as lw
from layerwise import storage
from layerwise.errors import FileError, SettingError


class Unknown(lw.Layer):
    """A layer of one's own that nobody registered."""

    def forward(self, x: Any, pass_: Any) -> Any:
        return x, lambda dy: dy

    def output_shape(self, shape: Any) -> Any:
        return shape


def test_what_can_not_be_written_is_told_before_the_first_step(tmp_path: Path, tally: Tally) -> None:
    net = runs.network()
    before = net.theta.copy()
    for name, words in (
        ("no folder/run", "No such file"),
        (".", "could not write"),
        ("file/run", "Not a directory"),
        ("a\0b", "null"),
        ("n" * 300, "too long"),
    ):
        (tmp_path / "file").write_text("")
        refused(tally, FileError, words, lambda name=name: runs.fit(net, checkpoint=tmp_path / name))
    own = lw.Network(lw.Linear(4, 3), Unknown())
    refused(tally, SettingError, ("Unknown", "register"), lambda: runs.fit(own, checkpoint=tmp_path / "run"))
    assert np.array_equal(net.theta, before)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path: Path, tally: Tally) -> None:
    tmp_path.chmod(0o500)
    refused(tally, FileError, "Permission", lambda: runs.fit(runs.network(), checkpoint=tmp_path / "run"))


def test_a_disk_that_fails_ends_the_run_and_leaves_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    path, kept = tmp_path / "run", tmp_path / "kept"
    write, turns = storage.write, iter(range(100))

    def failing(*arguments: Any) -> None:
        if next(turns) == 3:
            raise FileError("could not write: No space left on device. What was there is intact.")
        write(*arguments)
        shutil.copy(path, kept)

    with monkeypatch.context() as patch:
        patch.setattr(storage, "write", failing)
        refused(tally, FileError, "No space", lambda: runs.fit(runs.network(), checkpoint=path))
    assert path.read_bytes() == kept.read_bytes()
    assert start(SETUPS["Adam"], path, resume=True) == start(SETUPS["Adam"], tmp_path / "whole")
