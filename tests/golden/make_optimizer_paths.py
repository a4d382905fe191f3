"""Writes optimizer_paths.npz: where PyTorch's optimizers stand at every 20th of 200 steps, in float64.

Run from the top folder, with PyTorch installed:  python -m tests.golden.make_optimizer_paths
"""

from __future__ import annotations

import numpy as np
from tests.optimizers.paths import GOLDEN, KEPT, PATHS, torchs


def main() -> None:
    import torch

    np.savez_compressed(GOLDEN, **{name: torchs(torch, path)[KEPT - 1 :: KEPT] for name, path in PATHS.items()})


if __name__ == "__main__":
    main()
