"""A network as rows: each names a layer, with its arguments; a row may hold rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One layer under PyTorch's name. Arguments that are rows are the layers inside it."""

    kind: str
    arguments: tuple[Any, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def inside(self) -> list[Row]:
        """The layers inside this one; none for most."""
        return [each for each in self.arguments if isinstance(each, Row)]

    def build(self, look_up: Callable[[str], Callable[..., Any]]) -> Any:
        """The layer, made by what `look_up` finds under its name; those inside it come first.

        >>> row("Residual", row("ReLU")).build(lambda kind: lambda *inside: (kind, *inside))
        ('Residual', ('ReLU',))
        """
        arguments = [each.build(look_up) if isinstance(each, Row) else each for each in self.arguments]
        return look_up(self.kind)(*arguments, **self.settings)


def row(kind: str, *arguments: Any, **settings: Any) -> Row:
    """A row, written like the call that builds the layer.

    >>> row("MultiheadAttention", 64, 4, causal=True)
    Row(kind='MultiheadAttention', arguments=(64, 4), settings={'causal': True})
    """
    return Row(kind, arguments, settings)


def addressed(rows: Iterable[Row], prefix: str = "") -> Iterator[tuple[str, Row]]:
    """Every row that holds no others, with its place in the network, such as "3.1".

    >>> [(place, each.kind) for place, each in addressed([row("Linear", 2, 8), row("Residual", row("ReLU"))])]
    [('0', 'Linear'), ('1.0', 'ReLU')]
    """
    for number, each in enumerate(rows):
        if each.inside:
            yield from addressed(each.inside, f"{prefix}{number}.")
        else:
            yield f"{prefix}{number}", each
