"""What a module shows of itself: the names that it is for, and none that it only uses."""

from __future__ import annotations

import inspect

import pytest

import layerwise as lw

MODULES = ("metrics", "random", "schedules", "storage")


@pytest.mark.parametrize("name", MODULES)
def test_a_module_lists_its_own_names_and_no_others(name):
    module = getattr(lw, name)
    assert dir(module) == sorted(module.__all__)
    for each in module.__all__:
        found = getattr(module, each)
        assert not inspect.ismodule(found)
        assert getattr(found, "__module__", module.__name__).startswith(("layerwise." + name, "layerwise.specs"))


@pytest.mark.parametrize("name", MODULES)
def test_nothing_public_is_left_out(name):
    module = getattr(lw, name)
    own = {
        each
        for each, thing in vars(module).items()
        if not each.startswith("_")
        and (inspect.isclass(thing) or inspect.isfunction(thing))
        and thing.__module__.startswith(module.__name__)
    }
    assert own <= set(module.__all__)
