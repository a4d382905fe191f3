"""A network as a table, and back: the grammar of the experiment file, the checkpoint's header and the lab's form.

    [{"name": "Linear", "in_features": 2, "out_features": 8}, {"name": "Tanh"}, ...]

Rows nest: `{"name": "Sequential", "layers": [...]}`. A layer that stands in its row a second time is written
`{"name": "Same", "layer": 0}`, after the place where it stood first. Names come from the registry of layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from layerwise.errors import KindError, SettingError
from layerwise.layers import LAYERS, Layer
from layerwise.network.sequential import Sequential

_MAX_LAYERS = 1000
_MAX_DEPTH = 20


def rows_of(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """The rows that describe layers."""
    rows: list[dict[str, Any]] = []
    for index, layer in enumerate(layers):
        first = next(place for place, other in enumerate(layers) if other is layer)
        if first < index:
            rows.append({"name": "Same", "layer": first})
        elif isinstance(layer, Sequential):
            rows.append({"name": "Sequential", "layers": rows_of(layer.layers)})
        else:
            rows.append(LAYERS.spec(layer))
    return rows


def layers_of(rows: Any, depth: int = 0) -> list[Layer]:
    """The layers that rows describe."""
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise KindError(f"layers are a list of tables such as {{name = 'ReLU'}}; got {rows!r}")
    if len(rows) > _MAX_LAYERS or depth > _MAX_DEPTH:
        raise SettingError(f"a network may have {_MAX_LAYERS} layers in a row and {_MAX_DEPTH} levels; this has more")
    layers: list[Layer] = []
    for row in rows:
        layers.append(_layer(row, layers, depth))
    return layers


def _layer(row: Any, before: Sequence[Layer], depth: int) -> Layer:
    if not isinstance(row, Mapping):
        raise KindError(f"a layer is a table such as {{name = 'ReLU'}}; got {row!r}")
    if row.get("name") == "Sequential":
        return Sequential(*layers_of(row.get("layers"), depth + 1))
    if row.get("name") == "Same":
        index = row.get("layer")
        if not isinstance(index, int) or not 0 <= index < len(before):
            raise SettingError(
                f"'Same' must point to an earlier layer of its row, 0 to {len(before) - 1}; got {index!r}"
            )
        return before[index]
    return LAYERS.build(row)
