"""Only the matrix products of a training step, in NumPy: what no dense network on the same BLAS can undercut.

Activations, loss, biases and update are left out, and so is the gradient at the input, which nobody needs.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from layerwise.bench.contenders import Trainee
from layerwise.bench.workloads import Workload
from layerwise.types import Array


def build(workload: Workload, weights: dict[str, Array]) -> Trainee:
    matrices = [weights[name] for name in weights if name.endswith(".weight") and weights[name].ndim == 2]

    def step(x: Array, t: Array) -> None:
        inputs = []
        for W in matrices:
            inputs.append(x)
            x = x @ W.T
        dz = x
        for place in range(len(matrices) - 1, -1, -1):
            dz.T @ inputs[place]
            if place:
                dz = dz @ matrices[place]

    return Trainee(step, convert=lambda x, t: (x, t), read=lambda nothing: None, about=blas())


def blas() -> dict[str, Any]:
    """NumPy's version, and the threads of the library behind its products."""
    libraries = importlib.import_module("threadpoolctl").threadpool_info()  # it has no types to import by name
    pools = [each for each in libraries if each["user_api"] == "blas"]
    about: dict[str, Any] = {"numpy": np.__version__}
    if pools:
        library = f"{pools[0]['internal_api']} {pools[0]['version']} {pools[0].get('architecture', '')}"
        about |= {"blas": library.strip(), "threads": pools[0]["num_threads"]}
    return about
