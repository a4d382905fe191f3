"""A run that can be told to stop: `interrupted.py FILE`. Goes on from the file if it is there; says how it ended."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from tests.training import runs

import layerwise as lw
from layerwise.errors import TrainingInterrupted
from layerwise.training import Listener, Stop

EPOCHS = 40


class Slow(Listener):
    """Says when the run has begun, and gives the world time to send a signal."""

    def step_ended(self, event: Any) -> Stop | None:
        if event.step % 7 == 0:
            print("step", event.step, flush=True)  # noqa: T201
        time.sleep(0.003)
        return None


def main(path: Path) -> None:
    resume = path if path.exists() else None
    net = runs.network()
    try:
        runs.fit(net, epochs=EPOCHS, listeners=[lw.EarlyStopping(EPOCHS), Slow()], checkpoint=path, resume=resume)
    except TrainingInterrupted as error:
        print("interrupted", error.step, error, flush=True)  # noqa: T201
    else:
        print("finished", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
