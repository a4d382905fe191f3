"""A network as a table, and back: the grammar of the experiment file, the checkpoint's header and the lab's form.

    [{"name": "Linear", "in_features": 2, "out_features": 8}, {"name": "Tanh"}, ...]

Rows nest: `{"name": "Sequential", "layers": [...]}`, and so for every container, whose other settings stand beside
`layers`; those that are layers are rows themselves. A layer that stands in the network a second time is written
`{"name": "Same", "layer": "0"}`, after the address where it stood first; in "1.0", 1 is the place of a container, and
0 a place inside it. Names come from the registry of layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from layerwise.errors import KindError, SettingError, nearest
from layerwise.layers import LAYERS, Layer
from layerwise.network.container import Container

_MAX_LAYERS = 1000
_MAX_DEPTH = 20
_MAX_ELEMENTS = 10_000
"""Layers and arrays of parameters in all, each as often as it stands in the network: a few words that point to each
other could ask for millions of millions."""


class _Built(NamedTuple):
    """What is built already: the layers by address, and by identity of how many layers and arrays each is."""

    layers: dict[str, Layer]
    elements: dict[int, int]


def rows_of(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """The rows that describe layers."""
    return _rows(layers, "", {})


def _rows(layers: Sequence[Layer], prefix: str, seen: dict[int, str]) -> list[dict[str, Any]]:
    """seen: the address of every layer that has a row already, by its identity."""
    rows: list[dict[str, Any]] = []
    for index, layer in enumerate(layers):
        rows.append(_row(layer, f"{prefix}{index}", seen))
    return rows


def _row(layer: Layer, address: str, seen: dict[int, str]) -> dict[str, Any]:
    if id(layer) in seen:
        return {"name": "Same", "layer": seen[id(layer)]}
    row = LAYERS.spec(layer)
    if isinstance(layer, Container):
        row = {"name": row.pop("name"), "layers": _rows(layer.layers, f"{address}.", seen), **row}
        for name in layer.layer_settings:
            if name in row:
                row[name] = _row(row[name], f"{address}.{name}", seen)
    seen[id(layer)] = address
    return row


def layers_of(rows: Any) -> list[Layer]:
    """The layers that rows describe."""
    return _layers(rows, "", _Built({}, {}))


def _layers(rows: Any, prefix: str, before: _Built) -> list[Layer]:
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise KindError(f"layers are a list of tables such as {{name = 'ReLU'}}; got {rows!r}")
    if len(rows) > _MAX_LAYERS or prefix.count(".") > _MAX_DEPTH:
        raise SettingError(f"a network may have {_MAX_LAYERS} layers in a row and {_MAX_DEPTH} levels; this has more")
    layers: list[Layer] = []
    elements = 0
    for index, row in enumerate(rows):
        layers.append(_layer(row, f"{prefix}{index}", before))
        elements += before.elements[id(layers[-1])]
        if elements > _MAX_ELEMENTS:
            raise SettingError(f"a network may have {_MAX_ELEMENTS:,} layers and arrays of parameters; this has more")
    return layers


def _layer(row: Any, address: str, before: _Built) -> Layer:
    if not isinstance(row, Mapping):
        raise KindError(f"a layer is a table such as {{name = 'ReLU'}}; got {row!r}")
    if row.get("name") == "Same":
        return _same(row, before)
    cls = LAYERS.get(row.get("name"))
    if cls is not None and issubclass(cls, Container):
        settings = dict(row)
        layers = _layers(settings.pop("layers", None), f"{address}.", before)
        for name in cls.layer_settings:
            if settings.get(name) is not None:
                settings[name] = _layer(settings[name], f"{address}.{name}", before)
        layer = LAYERS.build(settings, *layers)
    else:
        layer = LAYERS.build(row)
    before.layers[address] = layer
    inside = (before.elements.get(id(child), 1) for _, child in layer.children())
    before.elements[id(layer)] = 1 + len(layer.parameters) + sum(inside)
    return layer


def _same(row: Mapping[str, Any], before: _Built) -> Layer:
    for key in row.keys() - {"name", "layer"}:
        raise SettingError(f"Same has no setting {key!r}.{nearest(key, ['layer'])}")
    place = row.get("layer")
    if not isinstance(place, str) or place not in before.layers:
        raise SettingError(f"'Same' must point to a layer before it, such as '0'; got {place!r}")
    return before.layers[place]
