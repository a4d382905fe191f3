"""The errors: one root, the built-in class that fits, and a hint for misspelt names."""

from __future__ import annotations

import pickle

import pytest

from layerwise import errors
from layerwise.errors import LayerwiseError, ShapeError, nearest

BUILT_IN = {
    "ShapeError": ValueError,
    "SettingError": ValueError,
    "DataError": ValueError,
    "KindError": TypeError,
    "FileError": OSError,
    "MissingExtraError": ImportError,
    "DivergedError": ArithmeticError,
}


def test_every_error_has_a_row():
    own = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, LayerwiseError)}
    assert own == set(BUILT_IN) | {"LayerwiseError"}


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_is_caught_as_ours_and_as_the_built_in_one(name):
    error = getattr(errors, name)("what came, what was wanted")
    assert isinstance(error, LayerwiseError)
    assert isinstance(error, BUILT_IN[name])
    assert str(error) == "what came, what was wanted"
    assert type(error).__doc__
    again = pickle.loads(pickle.dumps(error))  # as it comes back from another process
    assert (type(again), str(again)) == (type(error), str(error))


def test_a_shape_error_keeps_problem_and_advice_apart():
    error = ShapeError("got 3 features", "write Linear(3, 1)")
    assert str(error) == "got 3 features: write Linear(3, 1)"
    assert (error.problem, error.advice) == ("got 3 features", "write Linear(3, 1)")
    assert str(ShapeError("got 3 features")) == "got 3 features"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(("name", "words"), [
    ("Lineer", " Did you mean 'Linear'?"),
    ("linear", " Did you mean 'Linear'?"),
    ("RELU", " Did you mean 'ReLU'?"),
    ("zzz", " Known: Linear, ReLU."),
    ("", " Known: Linear, ReLU."),
    (None, " Known: Linear, ReLU."),
    (3, " Known: Linear, ReLU."),
])  # fmt: skip
def test_nearest(name, words):
    assert nearest(name, ["ReLU", "Linear"]) == words


def test_nearest_heeds_capitals_where_two_names_differ_in_them_only():
    assert nearest("Netwrok", ["network", "Network"]) == " Did you mean 'Network'?"
    assert nearest("netwrok", ["network", "Network"]) == " Did you mean 'network'?"


def test_nearest_of_nothing():
    assert nearest("relu", []) == " Known: ."
