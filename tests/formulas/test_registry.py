"""The registry: every formula is there, whole, and unwrapped."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys

import numpy as np
import pytest
from tests.formulas.samples import FORMULAS, cases, in_a_tuple, upstream_for

from layerwise import formulas
from layerwise.errors import SettingError
from layerwise.formulas import formula, registry, smooth

each_formula = pytest.mark.parametrize("entry", FORMULAS, ids=lambda entry: entry.name)


def test_every_differentiable_function_is_registered():
    """A public function of a family file whose result is (value, backward) is a formula."""
    for module in pkgutil.iter_modules(formulas.__path__):
        namespace = vars(importlib.import_module(f"layerwise.formulas.{module.name}"))
        for name, thing in namespace.items():
            own = inspect.isfunction(thing) and thing.__module__ == f"layerwise.formulas.{module.name}"
            if own and thing.__annotations__.get("return") == "Differentiable":
                assert registry[name].function is thing


@each_formula
def test_is_returned_unwrapped_and_exported(entry):
    assert getattr(formulas, entry.name) is entry.function
    assert inspect.unwrap(entry.function) is entry.function
    assert entry.name in formulas.__all__


@each_formula
def test_states_where_it_comes_from(entry):
    assert len(entry.source) > 10
    assert entry.tex
    assert "=" in entry.tex
    assert entry.family in entry.function.__module__
    assert inspect.getsourcefile(entry.function).replace("\\", "/").endswith(f"layerwise/{entry.file}")


@each_formula
def test_states_the_shape_of_every_argument_and_of_the_value(entry):
    values = set(entry.shapes) - set(entry.arguments)
    assert set(entry.arguments) <= set(entry.shapes)
    value, _ = entry.function(**cases(entry)[0].arguments)
    assert values == set(value._fields) if isinstance(value, tuple) else len(values) == 1
    assert all(shape.startswith("(") and shape.endswith(")") for shape in entry.shapes.values())


@each_formula
def test_constants_are_arguments(entry):
    assert set(entry.constants) <= set(entry.arguments)
    assert entry.differentiable


@each_formula
def test_documentation_says_what_and_how_backward_and_shows_an_example(entry):
    doc = entry.function.__doc__
    assert "Backward" in doc
    assert ">>>" in doc


@each_formula
def test_has_at_least_six_shapes(entry):
    shapes = {tuple(np.shape(each) for each in case.arguments.values()) for case in cases(entry) if case.smooth}
    assert len(shapes) >= 6


@each_formula
def test_has_a_batch_of_one_and_an_axis_of_one(entry):
    shapes = [np.shape(case.arguments[entry.differentiable[0]]) for case in cases(entry)]
    if entry.name != "batch_norm":  # PyTorch refuses a batch of one; test_stability.py says what ours gives
        assert any(shape[0] == 1 for shape in shapes)
    assert any(shape[-1] == 1 for shape in shapes)


@each_formula
def test_samples_are_valid_and_in_float64(entry):
    for case in cases(entry):
        assert set(case.arguments) == set(entry.arguments)
        for name in entry.differentiable:
            assert np.asarray(case.arguments[name]).dtype == np.float64
        value, backward = entry.run(**case.arguments)
        gradients = in_a_tuple(backward(upstream_for(value)))
        shapes = [np.shape(case.arguments[name]) for name in entry.differentiable]
        assert [np.shape(gradient) for gradient in gradients] == shapes


@each_formula
def test_samples_are_the_same_every_time(entry):
    for one, two in zip(cases(entry), cases(entry), strict=True):
        for name in entry.arguments:
            np.testing.assert_array_equal(one.arguments[name], two.arguments[name])


def no_samples(rng):
    yield smooth(x=np.ones(1))


def test_a_formula_without_the_shape_of_an_argument_is_refused(tally):
    def nameless(x, W):
        return x, lambda dy: dy

    with pytest.raises(SettingError, match="states no shape for: W"):
        formula("y = x", sample=no_samples, source="a test", x="(N,)")(nameless)
    assert "nameless" not in registry
    tally.add("bad input")


def test_a_taken_name_is_refused(tally):
    def relu(x):
        return x, lambda dy: dy

    before = registry["relu"]
    with pytest.raises(SettingError, match="there is a formula 'relu' already, in activation"):
        formula("y = x", sample=no_samples, source="a test", x="(N,)")(relu)
    assert registry["relu"] is before
    tally.add("bad input")


def test_samples_that_are_named_stand_anywhere_in_the_module():
    def named(x):
        return x, lambda dy: dy

    try:
        formula("y = x", sample="named_samples", source="a test", x="(N,)", y="(N,)")(named)
        entry = registry["named"]
        assert [case.arguments["x"] for case in entry.sample(None)] == [3.0]
        assert entry.sample is named_samples
        assert entry.file.endswith("test_registry.py")
    finally:
        registry.pop("named", None)


def named_samples(rng):
    yield smooth(x=3.0)


def test_samples_that_are_nowhere_are_refused(tally):
    def orphan(x):
        return x, lambda dy: dy

    try:
        formula("y = x", sample="no_such_samples", source="a test", x="(N,)", y="(N,)")(orphan)
        with pytest.raises(SettingError, match="formula 'orphan' has its samples from 'no_such_samples', which is not"):
            _ = registry["orphan"].sample
        tally.add("bad input")
    finally:
        registry.pop("orphan", None)


FAMILIES = sorted({entry.function.__module__ for entry in FORMULAS})


@pytest.mark.parametrize("family", FAMILIES)
def test_the_mathematics_comes_before_its_samples(family):
    """Nothing of a family's file that yields cases stands above its last formula."""
    names = [(inspect.getsourcelines(entry.function)[1], entry) for entry in FORMULAS]
    last = max(line for line, entry in names if entry.function.__module__ == family)
    for thing in vars(sys.modules[family]).values():
        if inspect.isgeneratorfunction(thing) and thing.__module__ == family:
            assert inspect.getsourcelines(thing)[1] > last, thing.__name__
