"""Train from a file that is larger than the memory that the process may fill with data of its own.

Run as a program: `big_file.py FOLDER ROWS COLUMNS`; prints one line of JSON. The file is sparse: holes of zeros between
a few rows. Pages of the file that the system shows are its own to take back; counted is what NumPy allocates, and what
the process holds alone.
"""

from __future__ import annotations

import json
import sys
import tracemalloc
from pathlib import Path

import numpy as np
from tests.training import runs

import layerwise as lw
from layerwise.training import Listener, StepEnded, Stop


def private() -> int:
    """Bytes of memory that belong to this process alone; 0 where the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


class Watch(Listener):
    """The most that the process held at the end of a step."""

    def __init__(self) -> None:
        self.most = 0

    def step_ended(self, event: StepEnded) -> Stop | None:
        if event.step % 10 == 0:
            self.most = max(self.most, private())
        return None


def main(folder: Path, rows: int, columns: int) -> None:
    path = folder / "x.npy"
    x = np.lib.format.open_memmap(path, mode="w+", dtype=np.float64, shape=(rows, columns))
    labels = np.arange(rows) % 2
    x[:: rows // 64, :4] = runs.generator(0, "rows").normal(size=(len(x[:: rows // 64]), 4))
    del x
    x = np.load(path, mmap_mode="r")
    net = lw.Network(lw.Linear(columns, 4), lw.Tanh(), lw.Linear(4, 2))
    options = {"loss": lw.CrossEntropyLoss(), "optimizer": lw.SGD(0.1), "progress": False, "batch_size": 64}
    lw.fit(net, (x[:64], labels[:64]), epochs=1, **options)  # everything is imported and warm
    watch, before = Watch(), private()
    tracemalloc.start()
    history = lw.fit(
        net, (x, labels), epochs=1, validation=(x[::2], labels[::2]), evaluate_train=True,
        checkpoint=folder / "run", listeners=[watch], **options,
    )  # fmt: skip
    _, peak = tracemalloc.get_traced_memory()
    found = {"file": path.stat().st_size, "peak": peak, "private": watch.most - before, "epochs": history.epochs}
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
