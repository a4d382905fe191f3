"""Make the golden arrays: what PyTorch answers to the samples of every formula.

    python -m tests.golden.make_golden        (from the root of the repository, with torch installed)

One file a formula, in float64 and float32, with the arguments beside the answers. Run it when a formula or its samples
change, and look at the difference before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tests.formulas.samples import FORMULAS, cases, in_dtype, upstream_for
from tests.formulas.torch_twins import run

HERE = Path(__file__).parent / "formulas"


def golden(torch, entry) -> dict[str, np.ndarray]:
    """All arrays of one formula, as `case.kind.name`."""
    arrays: dict[str, np.ndarray] = {}
    for number, case in enumerate(cases(entry)):
        for name, each in case.arguments.items():
            if np.asarray(each).dtype.kind in "bif":  # not a word, nor None
                arrays[f"{number}.argument.{name}"] = np.asarray(each)
        upstream = upstream_for(entry.run(**case.arguments)[0], seed=number)
        arrays[f"{number}.upstream"] = upstream
        for dtype in (np.float64, np.float32):
            value, gradients = run(torch, entry, in_dtype(case.arguments, dtype), upstream.astype(dtype))
            arrays[f"{number}.{dtype.__name__}.value"] = value
            for name, gradient in gradients.items():
                arrays[f"{number}.{dtype.__name__}.gradient.{name}"] = gradient
    return {key: np.ascontiguousarray(each).reshape(each.shape) for key, each in arrays.items()}


def main() -> None:
    """Write one file for each formula of the registry."""
    import torch

    HERE.mkdir(exist_ok=True)
    for entry in FORMULAS:
        save_file(golden(torch, entry), HERE / f"{entry.name}.safetensors", metadata={"torch": torch.__version__})


if __name__ == "__main__":
    main()
