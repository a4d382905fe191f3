"""Save more than the operating system lets this process write: `file_limit.py FOLDER` prints the error."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import numpy as np

from layerwise import storage
from layerwise.errors import FileError


def main(path: Path) -> None:
    storage.write(path, {"theta": np.zeros(100)}, {"save": 1})
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        storage.write(path, {"theta": np.ones(100_000)}, {"save": 2})
    except FileError as error:
        print(error)  # noqa: T201
    stored = storage.read(path)
    assert stored.header == {"save": 1}
    assert not stored.arrays["theta"].any()
    assert os.listdir(path.parent) == [path.name]
    storage.write(path, {"theta": np.ones(100)}, {"save": 3})


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "net.safetensors")
