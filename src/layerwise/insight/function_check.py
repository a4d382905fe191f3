"""The check of a function that returns its value and its way back: a formula, or one of the learner's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from layerwise.errors import KindError, SettingError, ShapeError, nearest
from layerwise.formulas import Formula, registry
from layerwise.insight.array_check import Checked, Settings, check_array
from layerwise.insight.gradient_report import ArrayCheck, GradientReport
from layerwise.insight.mismatch import Mismatch
from layerwise.random import generator
from layerwise.types import Array


def check_function(
    function: Callable[..., Any],
    constants: tuple[str, ...],
    cases: Sequence[Mapping[str, Any]],
    settings: Settings,
) -> GradientReport:
    """Check a function at each of the cases: its arguments by name."""
    if not cases:
        name = getattr(function, "__name__", "the function")
        raise KindError(f"{name} is not in the registry: pass arguments to check it with")
    checks = [check for case in cases for check in _check_case(function, constants, case, settings)]
    return GradientReport(tuple(checks), settings.tolerance)


def resolve(
    formula: str | Formula | Callable[..., Any], constants: tuple[str, ...], seed: int
) -> tuple[Callable[..., Any], tuple[str, ...], list[Mapping[str, Any]]]:
    """The function, its constants, and the samples that the registry has for it."""
    if isinstance(formula, str):
        if formula not in registry:
            raise SettingError(f"there is no formula called {formula!r}.{nearest(formula, registry)}")
        formula = registry[formula]
    if not isinstance(formula, Formula):
        if not callable(formula):
            raise KindError(f"formula must be a name, a formula or a function, got {formula!r}")
        entry = registry.get(getattr(formula, "__name__", ""))
        if entry is None or entry.function is not formula:
            return formula, constants, []
        formula = entry
    samples = formula.sample(generator(seed, "samples", layer=formula.name))
    return formula.function, formula.constants, [each.arguments for each in samples]


def named(
    names: Sequence[str] | None,
    arguments: tuple[Any, ...],
    by_name: Mapping[str, Any],
    function: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """The arguments of a call by name; `names` are those it may have, or those of the function."""
    if names is None:
        assert function is not None
        names = list(inspect.signature(function).parameters)
    if len(arguments) > len(names):
        raise KindError(f"there are {len(arguments)} arguments for {', '.join(names)}: leave out the last")
    table = dict(zip(names, arguments, strict=False))
    for name, value in by_name.items():
        if name not in names:
            raise KindError(f"there is no argument {name!r}.{nearest(name, names)}")
        if name in table:
            raise KindError(f"{name} is given twice, by position and by name: leave out one")
        table[name] = value
    return table


def _check_case(
    function: Callable[..., Any], constants: tuple[str, ...], case: Mapping[str, Any], settings: Settings
) -> Iterator[ArrayCheck]:
    # Copies in float64, so that the caller's arrays, which may be read-only or views, stay as they are.
    case = _in_order(function, case)
    arguments = {name: np.array(each, np.float64) if _is_real(each) else each for name, each in case.items()}
    before = {name: each.copy() for name, each in arguments.items() if isinstance(each, np.ndarray)}
    value, backward = _value_and_backward(function, arguments)
    upstream = np.asarray(generator(settings.seed, "upstream").normal(size=np.shape(value)))
    if not _wants_upstream(backward):
        upstream = np.ones(())
    claimed = _gradients(backward, upstream, [name for name in arguments if name not in constants], case)
    changed = [name for name, each in before.items() if not np.array_equal(each, arguments[name], equal_nan=True)]
    for name in changed:
        np.copyto(arguments[name], before[name])
    arguments |= {name: np.array(arguments[name], np.float64) for name in claimed}

    def evaluate() -> Array:
        return np.array(_value_and_backward(function, arguments)[0])

    def gradients(other: Array) -> Mapping[str, Array]:
        return _gradients(_value_and_backward(function, arguments)[1], other, list(claimed), case)

    shape = np.shape(next(iter(arguments.values())))
    sizes = {"the number of samples": shape[0], "the number of features": shape[-1]} if shape else {}
    if len(shape) == 3:
        sizes["the number of time steps"] = shape[1]
    of = Checked(evaluate, upstream, sizes, gradients if _wants_upstream(backward) else None)
    for name, gradient in claimed.items():
        if name in changed:
            found = Mismatch("changed in place", "is changed by the function or by its backward: work on a copy")
            yield ArrayCheck(name, before[name].shape, float("inf"), False, 0, 0, found)
        else:
            yield check_array(name, arguments[name], gradient, of, settings)


def _in_order(function: Callable[..., Any], case: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments in the order of the function, which is that of its gradients."""
    order = list(inspect.signature(function).parameters)
    return {name: case[name] for name in sorted(case, key=lambda name: order.index(name) if name in order else -1)}


def _value_and_backward(function: Callable[..., Any], arguments: Mapping[str, Any]) -> tuple[Any, Callable[..., Any]]:
    """Call the function; of a value of several parts the first flows on (see `Formula.run`)."""
    answer = function(**arguments)
    if not (isinstance(answer, tuple) and len(answer) == 2 and callable(answer[1])):
        raise KindError(f"the function returned {type(answer).__name__}: end it with  return value, backward")
    value, backward = answer
    return (value[0] if isinstance(value, tuple) else value), backward


def _is_real(value: Any) -> bool:
    return not isinstance(value, float) and np.asarray(value).dtype.kind == "f"


def _wants_upstream(backward: Callable[..., Any]) -> bool:
    """Whether the way back takes the gradient at the value; that of a loss may take nothing."""
    try:
        return bool(inspect.signature(backward).parameters)
    except ValueError:  # a function of C without a signature
        return True


def _gradients(
    backward: Callable[..., Any], upstream: Array, names: list[str], case: Mapping[str, Any]
) -> dict[str, Array]:
    """What `backward` returns, by the name of the argument that each is for."""
    answer = backward(upstream.copy() if upstream.ndim else upstream) if _wants_upstream(backward) else backward()
    if isinstance(answer, dict):
        unknown = [name for name in answer if name not in names]
        if unknown:
            raise ShapeError(f"backward returned a gradient for {unknown[0]!r}.{nearest(unknown[0], names)}")
        return {name: np.asarray(gradient) for name, gradient in answer.items()}
    gradients = answer if isinstance(answer, tuple | list) else (answer,)
    real = [name for name in names if isinstance(case[name], float) or _is_real(case[name])]
    arrays = [name for name in real if not isinstance(case[name], float)]
    fitting = next((each for each in (names, real, arrays) if len(each) == len(gradients)), None)
    if fitting is None:
        raise ShapeError(
            f"backward returned {len(gradients)} of {len(names)} gradients",
            f"return one for each of {', '.join(names)}, in this order",
        )
    pairs = dict(zip(fitting, gradients, strict=True))
    for name, gradient in pairs.items():
        if gradient is None and name in real:
            raise KindError(f"backward returned None for {name}: end it with a return of the gradient")
    return {name: np.asarray(gradient) for name, gradient in pairs.items() if gradient is not None}
