"""A network as a table, and back: the grammar of the experiment file, the checkpoint's header and the lab's form.

    [{"name": "Linear", "in_features": 2, "out_features": 8}, {"name": "Tanh"}, ...]

Rows nest: `{"name": "Sequential", "layers": [...]}`. A layer that stands in the network a second time is written
`{"name": "Same", "layer": "0"}`, after the address where it stood first; in "1.0", 1 is the place of a Sequential, and
0 a place inside it. Names come from the registry of layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from layerwise.errors import KindError, SettingError, nearest
from layerwise.layers import LAYERS, Layer
from layerwise.network.sequential import Sequential

_MAX_LAYERS = 1000
_MAX_DEPTH = 20


def rows_of(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """The rows that describe layers."""
    return _rows(layers, "", {})


def _rows(layers: Sequence[Layer], prefix: str, seen: dict[int, str]) -> list[dict[str, Any]]:
    """seen: the address of every layer that has a row already, by its identity."""
    rows: list[dict[str, Any]] = []
    for index, layer in enumerate(layers):
        address = f"{prefix}{index}"
        if id(layer) in seen:
            rows.append({"name": "Same", "layer": seen[id(layer)]})
        elif isinstance(layer, Sequential):
            rows.append({"name": "Sequential", "layers": _rows(layer.layers, f"{address}.", seen)})
        else:
            rows.append(LAYERS.spec(layer))
        seen.setdefault(id(layer), address)
    return rows


def layers_of(rows: Any) -> list[Layer]:
    """The layers that rows describe."""
    return _layers(rows, "", {})


def _layers(rows: Any, prefix: str, before: dict[str, Layer]) -> list[Layer]:
    """before: the layers that are built already, by address."""
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise KindError(f"layers are a list of tables such as {{name = 'ReLU'}}; got {rows!r}")
    if len(rows) > _MAX_LAYERS or prefix.count(".") > _MAX_DEPTH:
        raise SettingError(f"a network may have {_MAX_LAYERS} layers in a row and {_MAX_DEPTH} levels; this has more")
    layers: list[Layer] = []
    for index, row in enumerate(rows):
        address = f"{prefix}{index}"
        layers.append(_layer(row, address, before))
        before.setdefault(address, layers[-1])
    return layers


def _layer(row: Any, address: str, before: dict[str, Layer]) -> Layer:
    if not isinstance(row, Mapping):
        raise KindError(f"a layer is a table such as {{name = 'ReLU'}}; got {row!r}")
    if row.get("name") == "Sequential":
        _only(row, "layers")
        return Sequential(*_layers(row.get("layers"), f"{address}.", before))
    if row.get("name") == "Same":
        _only(row, "layer")
        place = row.get("layer")
        if not isinstance(place, str) or place not in before:
            raise SettingError(f"'Same' must point to a layer before it, such as '0'; got {place!r}")
        return before[place]
    return LAYERS.build(row)


def _only(row: Mapping[str, Any], setting: str) -> None:
    for key in row.keys() - {"name", setting}:
        raise SettingError(f"{row['name']} has no setting {key!r}.{nearest(key, [setting])}")
