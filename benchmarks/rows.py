"""The rows of a network, as `Network.spec()` writes them: the layers they name, and those layers in another library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]
"""One layer, by name and settings; a container's `layers` are rows themselves."""


def settings(row: Row) -> dict[str, Any]:
    """What the layer is built with, beside the layers inside it.

    >>> settings({"name": "Linear", "in_features": 2, "out_features": 8})
    {'in_features': 2, 'out_features': 8}
    """
    return {name: value for name, value in row.items() if name not in ("name", "layers")}


def built(row: Row, look_up: Callable[[str], Callable[..., Any]]) -> Any:
    """The layer, made by what `look_up` finds under its name; those inside it come first.

    >>> built({"name": "Residual", "layers": [{"name": "ReLU"}]}, lambda name: lambda *inside: (name, *inside))
    ('Residual', ('ReLU',))
    """
    inside = [built(each, look_up) for each in row.get("layers", ())]
    return look_up(row["name"])(*inside, **settings(row))


def addressed(rows: Iterable[Row], prefix: str = "") -> Iterator[tuple[str, Row]]:
    """Every row that holds no others, with its place in the network, such as "3.1".

    >>> rows = [{"name": "Tanh"}, {"name": "Residual", "layers": [{"name": "ReLU"}]}]
    >>> [(place, each["name"]) for place, each in addressed(rows)]
    [('0', 'Tanh'), ('1.0', 'ReLU')]
    """
    for number, each in enumerate(rows):
        if "layers" in each:
            yield from addressed(each["layers"], f"{prefix}{number}.")
        else:
            yield f"{prefix}{number}", each
