"""Names for things: how a layer, a loss or an optimizer becomes a table of settings, and comes back.

A class registers under its own name. Its settings are the arguments of its constructor, kept as attributes of the
same names (or answered by a method `setting(name)`); a setting at its default is left out. Nothing in a table is ever
imported or evaluated: a name is looked up in a registry, and that is all. A learner's own class joins by
`registry.register`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

from layerwise.arguments import answering, complaint
from layerwise.errors import KindError, SettingError, nearest

T = TypeVar("T")


class Registry(Mapping[str, type[T]], Generic[T]):
    """The classes of one kind by name, with the way to a table and back.

    >>> colours = Registry("colour")
    >>> @colours.register
    ... class Grey:
    ...     def __init__(self, level=0.5):
    ...         self.level = level
    >>> colours.spec(Grey(0.25))
    {'name': 'Grey', 'level': 0.25}
    >>> colours.build({"name": "Grey"}).level
    0.5
    """

    def __init__(self, kind: str, home: str = "") -> None:
        """kind: what the classes are, in a word. home: how to write the registry, after `import layerwise as lw`."""
        self.kind = kind
        self.home = home or f"the {kind} registry"
        self._classes: dict[str, type[T]] = {}

    def __getitem__(self, name: str) -> type[T]:
        if name not in self._classes:
            raise SettingError(f"there is no {self.kind} called {name!r}.{nearest(name, self._classes)}")
        return self._classes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)

    def __contains__(self, name: object) -> bool:
        return name in self._classes

    def get(self, name: object, default: Any = None) -> Any:
        """The class of this name, or the default; asking is no mistake."""
        return self._classes.get(name, default) if isinstance(name, str) else default

    def register(self, cls: type[T]) -> type[T]:
        """Enter a class under its own name (also as a decorator). A taken name is refused.

        From then on the class answers a call with arguments that it does not take; see `layerwise.arguments`.
        """
        taken = self._classes.get(cls.__name__)
        if taken is not None and (taken.__module__, taken.__qualname__) != (cls.__module__, cls.__qualname__):
            raise SettingError(f"the name {cls.__name__!r} already belongs to another {self.kind}: choose another")
        if taken is not cls:
            self._classes[cls.__name__] = answering(cls, self.kind)
        return cls

    def settings(self, thing: T) -> dict[str, Any]:
        """The constructor's arguments that differ from their defaults."""
        found: dict[str, Any] = {}
        read = getattr(thing, "setting", lambda name: getattr(thing, name))
        for parameter in _arguments(type(thing)):
            value = read(parameter.name)
            if parameter.default is parameter.empty or value != parameter.default:
                found[parameter.name] = list(value) if isinstance(value, tuple) else value
        return found

    def spec(self, thing: T) -> dict[str, Any]:
        """The table of one thing: its name and its settings."""
        name = type(thing).__name__
        if self._classes.get(name) is not type(thing):
            raise SettingError(
                f"{name} is not a registered {self.kind}, so it has no name in a table: write @{self.home}.register "
                "above its class"
            )
        return {"name": name, **self.settings(thing)}

    def build(self, spec: Mapping[str, Any], *arguments: Any) -> T:
        """The thing that a table describes. Unknown names and settings are answered with the nearest known one.

        arguments: what its constructor takes by position besides.
        """
        if not isinstance(spec, Mapping) or not isinstance(spec.get("name"), str):
            raise KindError(f"a {self.kind} is a table with a name, such as {{name = ...}}; got {spec!r}")
        cls = self[spec["name"]]
        settings = {key: value for key, value in spec.items() if key != "name"}
        taken = inspect.signature(cls).parameters.values()
        words = complaint(cls.__name__, taken, arguments, settings, self.kind, "setting")
        if words is not None:
            raise SettingError(words)
        return cls(*arguments, **settings)


def _arguments(cls: type[Any]) -> list[inspect.Parameter]:
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [each for each in inspect.signature(cls).parameters.values() if each.kind in plain]
