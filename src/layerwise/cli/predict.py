"""`layerwise predict`: the answers of a trained network for new samples."""

from __future__ import annotations

import sys
from pathlib import Path

from layerwise import files
from layerwise.cli.output import note
from layerwise.cli.streams import Stream
from layerwise.errors import FileError
from layerwise.report.text import wrapped
from layerwise.runs.answers import answers, learnt_from, samples_in, trained


def predict(run: str, file: str, out: str | None) -> int:
    """Write the answers as CSV; how right they are goes to standard error."""
    if out is not None and Path(out).exists() and Path(file).exists() and Path(out).samefile(file):
        raise FileError(f"--out {out} is the file that is read, which would be lost: choose another")
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
            note(*wrapped(sentence))
    return 0


def _to_standard_output(content: bytes) -> None:
    """In UTF-8, whatever the terminal: it is data."""
    assert isinstance(sys.stdout, Stream)  # put there before any command
    sys.stdout.write_bytes(content)
