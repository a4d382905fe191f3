"""Train a little and print what came of it: `digest.py FOLDER`. One line of JSON with three sums."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from tests.training.runs import result

import layerwise as lw
from layerwise.random import generator


def main(folder: Path) -> None:
    rng = generator(1, "digest")
    x, labels = rng.normal(size=(512, 256)), rng.integers(0, 10, size=512)
    # Wide enough that one thread and two give other bits.
    net = lw.Network(lw.Linear(256, 128), lw.ReLU(), lw.Dropout(0.2), lw.Linear(128, 10), seed=3)
    path = folder / "run.safetensors"
    history = lw.fit(
        net,
        (x, labels),
        loss=lw.CrossEntropyLoss(),
        optimizer=lw.Adam(lr=1e-3),
        schedule=lw.CosineAnnealingLR(T_max=2),
        regularizer=lw.L2(1e-4),
        clip_norm=1.0,
        epochs=2,
        batch_size=64,
        validation=(x[:50], labels[:50]),
        listeners=[lw.EarlyStopping()],
        checkpoint=path,
        seed=5,
    )
    assert np.isfinite(net.theta).all()
    print(json.dumps(result(path, net, history)))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
