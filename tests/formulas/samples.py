"""The arguments that the formula tests share: every sample of the registry, in every layout of memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from layerwise.formulas import Case, Formula, registry
from layerwise.random import generator

FORMULAS = [entry for entry in registry.values() if entry.function.__module__.startswith("layerwise.")]
LAYOUTS = ("C", "Fortran", "reversed", "strided", "broadcast")


def cases(formula: Formula, seed: int = 0) -> list[Case]:
    """The samples of a formula, the same in every run."""
    return list(formula.sample(generator(seed, "samples", layer=formula.name)))


def everywhere() -> Iterator[tuple[str, Formula, Case]]:
    """Every formula with every sample, under a name for the report."""
    for formula in FORMULAS:
        for number, case in enumerate(cases(formula)):
            yield f"{formula.name}-{number}", formula, case


def relayout(arguments: dict[str, Any], layout: str) -> dict[str, Any]:
    """The same arguments with their arrays in another layout of memory (broadcast: the first row, repeated)."""
    return {name: lay(each, layout) if isinstance(each, np.ndarray) else each for name, each in arguments.items()}


def lay(array: np.ndarray, layout: str) -> np.ndarray:
    """One array in another layout."""
    if array.ndim == 0 or layout == "C":
        return np.array(array, order="C")
    if layout == "Fortran":
        return np.array(array, order="F")
    if layout == "reversed":  # negative strides along every axis
        return np.flip(np.flip(array).copy())
    if layout == "strided":  # every second element of a larger block, with rubbish between
        block = np.zeros(tuple(2 * length for length in array.shape), dtype=array.dtype)
        if array.dtype.kind == "f":
            block[...] = np.nan
        view = block[tuple(slice(None, None, 2) for _ in array.shape)]
        view[...] = array
        return view
    if layout == "broadcast":  # stride 0: one row in memory
        return np.broadcast_to(array[:1], array.shape)
    raise ValueError(layout)


def in_dtype(arguments: dict[str, Any], dtype: type) -> dict[str, Any]:
    """The arguments with their floating-point arrays and scalars in another dtype; labels and masks stay."""
    return {
        name: each.astype(dtype) if isinstance(each, np.ndarray | np.generic) and each.dtype.kind == "f" else each
        for name, each in arguments.items()
    }


def upstream_for(value: Any, seed: int = 0) -> np.ndarray:
    """A random gradient at a value, in its dtype: uniform ones forgive what a sum forgives."""
    value = np.asarray(value)
    return np.asarray(generator(seed, "upstream").normal(size=value.shape), dtype=value.dtype)


def in_a_tuple(gradients: Any) -> tuple[Any, ...]:
    """What backward returned, as a tuple."""
    return gradients if isinstance(gradients, tuple) else (gradients,)
