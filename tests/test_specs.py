"""Registries: from a thing to a table of settings and back, and nothing else is ever looked up."""

from __future__ import annotations

import pytest
from tests.support.refusals import refused

from layerwise.errors import KindError, SettingError
from layerwise.specs import Registry


class Colour:
    """A class as the registries hold them: arguments kept under their own names."""

    def __init__(self, level: float, mix: tuple[float, ...] = (1.0, 2.0), *, name_of: str = "grey") -> None:
        self.level, self.mix, self.name_of = level, tuple(mix), name_of


@pytest.fixture
def colours():
    registry: Registry[Colour] = Registry("colour")
    registry.register(Colour)
    return registry


def test_a_registry_is_a_mapping(colours):
    assert colours["Colour"] is Colour
    assert dict(colours) == {"Colour": Colour}
    assert len(colours) == 1
    assert "Colour" in colours
    assert "colour" not in colours
    assert None not in colours


@pytest.mark.parametrize(("arguments", "settings"), [
    ({"level": 0.5}, {"level": 0.5}),
    ({"level": 0.5, "mix": (1.0, 2.0), "name_of": "grey"}, {"level": 0.5}),
    ({"level": 0, "mix": (3.0,)}, {"level": 0, "mix": [3.0]}),
    ({"level": 0.5, "name_of": "red"}, {"level": 0.5, "name_of": "red"}),
])  # fmt: skip
def test_there_and_back(colours, arguments, settings):
    thing = Colour(**arguments)
    assert colours.spec(thing) == {"name": "Colour", **settings}
    assert vars(colours.build(colours.spec(thing))) == vars(thing)


def test_register_is_a_decorator_and_can_be_repeated(colours, tally):
    assert colours.register(Colour) is Colour

    def another():
        class Colour:
            pass

        return colours.register(Colour)

    refused(tally, SettingError, ("'Colour' already belongs to another colour",), another)
    assert colours["Colour"] is Colour


def test_a_method_may_answer_for_the_attributes():
    registry: Registry[object] = Registry("thing")

    @registry.register
    class Thing:
        def __init__(self, bias: bool = True) -> None:
            self.bias = "a view of the values"

        def setting(self, name: str) -> bool:
            return False

    assert registry.spec(Thing()) == {"name": "Thing", "bias": False}


@pytest.mark.parametrize(("spec", "error", "words"), [
    (None, KindError, "a colour is a table with a name"),
    ("Colour", KindError, "got 'Colour'"),
    ([], KindError, "table"),
    ({}, KindError, "table with a name"),
    ({"level": 1}, KindError, "table with a name"),
    ({"name": 3}, KindError, "table with a name"),
    ({"name": ["Colour"]}, KindError, "table with a name"),
    ({"name": "Color"}, SettingError, ("no colour called 'Color'", "Did you mean 'Colour'?")),
    ({"name": "os.system"}, SettingError, ("'os.system'", "Known: Colour.")),
    ({"name": "__class__"}, SettingError, "Known: Colour."),
    ({"name": "tests.test_specs.Colour"}, SettingError, "no colour called"),
    ({"name": "Colour"}, SettingError, ("Colour", "'level'")),
    ({"name": "Colour", "lvel": 1}, SettingError, ("no setting 'lvel'", "Did you mean 'level'?")),
    ({"name": "Colour", "level": 1, "self": 2}, SettingError, "no setting 'self'"),
    ({"name": "Colour", "level": 1, "__init__": 2}, SettingError, "no setting '__init__'"),
    ({"name": "Colour", "level": 1, 3: 4}, SettingError, "no setting 3"),
], ids=str)  # fmt: skip
def test_tables_that_do_not_fit(colours, spec, error, words, tally):
    refused(tally, error, words, lambda: colours.build(spec))


def test_what_is_not_registered_has_no_name_in_a_table(colours, tally):
    class Stranger(Colour):
        pass

    refused(tally, SettingError, ("Stranger is not a registered colour", "register"),
            lambda: colours.spec(Stranger(1.0)))  # fmt: skip
