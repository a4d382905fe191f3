"""What may be loaded into a network: a table of arrays whose names and shapes are those of the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.layers.parameter import Parameter
from layerwise.types import Array


def checked_state(state: Any, places: Mapping[str, Array]) -> dict[str, Array]:
    """The arrays of a state by name, in the types of the places that they are for.

    Raises KindError, SettingError and ShapeError unless every name and shape fits.
    """
    if not isinstance(state, Mapping):
        raise KindError(f"a state is a dict of arrays by name, got {type(state).__name__}")
    missing, unknown = places.keys() - state.keys(), state.keys() - places.keys()
    if missing or unknown:
        raise SettingError(
            f"the names do not fit this network; missing: {_listed(missing)}; unknown: {_listed(unknown)}"
        )
    arrays = {name: real_array(name, values, places[name].dtype) for name, values in state.items()}
    for name, array in arrays.items():
        if array.shape != places[name].shape:
            raise ShapeError(f"{name} has shape {places[name].shape}, got values of shape {array.shape}")
    return arrays


def require_agreement(parameters: Mapping[str, Parameter], arrays: Mapping[str, Array]) -> None:
    """Refuse two different arrays for one parameter, of which one would be lost."""
    first: dict[int, str] = {}
    for name, parameter in parameters.items():
        other = first.setdefault(id(parameter), name)
        if not np.array_equal(arrays[name], arrays[other], equal_nan=True):
            raise SettingError(
                f"{other} and {name} are one array in this network, and the state holds two different ones: load it "
                "into a network where they are two"
            )


def _listed(names: Iterable[str]) -> str:
    """Names as a list for people.

    >>> _listed({"b", "a"}), _listed([])
    ('a, b', 'none')
    """
    return ", ".join(sorted(names)) or "none"
