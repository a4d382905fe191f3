"""`layerwise predict`: the answers of a trained network for new samples."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from layerwise import files
from layerwise.cli.output import announced, look, note
from layerwise.cli.streams import Stream
from layerwise.errors import SettingError
from layerwise.runs.answers import answers, folder_of, learnt_from, samples_in, trained


def predict(run: str, file: str, out: str | None) -> int:
    """Write the answers as CSV; how right they are goes to standard error."""
    if out is not None:
        _require_free(out, run, file)
    with announced(f"reading {file} and answering"):
        net, preparation = trained(run)
        samples = samples_in(file, preparation)
        found = answers(net, preparation, samples)
    content = found.to_csv()
    if out is None:
        _to_standard_output(content)
    else:
        files.replace(out, [content])
    for sentence in (found.score, *samples.notes, learnt_from(run, file)):
        if sentence:
            note(*look().wrapped(sentence))
    return 0


def _require_free(out: str, run: str, file: str) -> None:
    """Refuse to write the answers over what they are read from: the samples, or a file of the run."""
    for path in (Path(file), Path(run), *folder_of(run).files):
        if os.path.exists(out) and path.exists() and os.path.samefile(out, path):
            raise SettingError(f"--out {out} is what the answers are read from ({path}): choose another file")


def _to_standard_output(content: bytes) -> None:
    """In UTF-8, whatever the terminal: it is data."""
    assert isinstance(sys.stdout, Stream)  # put there before any command
    sys.stdout.write_bytes(content)
