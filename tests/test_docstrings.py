"""Docstrings of what is public: an example everywhere, which the tests run; a source for everything from the field."""

from __future__ import annotations

import inspect

import pytest

import layerwise as lw
from layerwise import metrics
from layerwise.formulas import registry
from layerwise.losses import LOSSES
from layerwise.schedules import SCHEDULES

PUBLIC = {name: getattr(lw, name) for name in dir(lw) if not name.startswith("_")}
NAMES = {name: each for name, each in PUBLIC.items() if inspect.isclass(each) or inspect.isfunction(each)}
METRICS = {name: each for name, each in vars(metrics).items() if inspect.isfunction(each) and name in metrics.__all__}
OURS = {
    name: each
    for table in (LOSSES, SCHEDULES)
    for name, each in table.items()
    if each.__module__.startswith("layerwise")
}


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_shows_an_example(name):
    assert ">>> " in (NAMES[name].__doc__ or "")


@pytest.mark.parametrize("name", OURS | METRICS)
def test_a_source_is_named(name):
    assert "Source: " in (OURS | METRICS)[name].__doc__


@pytest.mark.parametrize("name", registry)
def test_a_formula_has_an_example_and_a_source(name):
    assert ">>> " in registry[name].function.__doc__
    assert registry[name].source


DESCRIBED = METRICS | {name: each for name, each in LOSSES.items() if name in OURS} | {"a loss": lw.Loss.__call__}


@pytest.mark.parametrize("name", DESCRIBED)
def test_each_argument_has_a_line_of_its_own(name):
    lines = inspect.getdoc(DESCRIBED[name]).split("\n")
    for argument in inspect.signature(DESCRIBED[name]).parameters:
        assert argument == "self" or any(line.startswith(f"{argument}: ") for line in lines), argument
