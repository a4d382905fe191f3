"""Weight tying: a parameter with two names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layerwise.errors import KindError, SettingError, ShapeError, nearest
from layerwise.layers import Layer


def tie(layer: Layer, ties: Any) -> dict[str, str]:
    """Make the parameters that `ties` names on its left those that it names on its right, and return it, checked.

    Nothing changes unless all of it fits. Raises KindError, SettingError and ShapeError.
    Source: Press and Wolf, Using the output embedding to improve language models (2017)
    """
    if not isinstance(ties, Mapping) or not all(isinstance(each, str) for pair in ties.items() for each in pair):
        raise KindError(f"ties are names of parameters by name, such as {{'2.weight': '0.weight'}}; got {ties!r}")
    places = {prefix + name: (inner, name) for prefix, inner in layer.walk() for name in inner.parameters}
    for name, target in ties.items():
        for each in (name, target):
            if each not in places:
                raise SettingError(f"ties: there is no parameter {each!r}.{nearest(each, places)}")
        if target in ties:
            raise SettingError(f"ties: {target!r} is tied itself, to {ties[target]!r}: tie both to one name")
        shapes = [inner.parameters[own].shape for inner, own in (places[name], places[target])]
        if shapes[0] != shapes[1]:
            raise ShapeError(f"ties: {name} has shape {shapes[0]}, and {target}, which it should be, {shapes[1]}")
    for name, target in ties.items():
        (layer_tied, own), (owner, theirs) = places[name], places[target]
        given_up, shared = layer_tied.parameters[own], owner.parameters[theirs]
        if given_up is not shared:  # as it is where a layer that stands at two places is tied to itself
            layer_tied.parameters[own] = shared
            given_up.siblings.remove(given_up)
    return dict(ties)
