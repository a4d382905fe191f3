"""The register of formulas: what each one computes, its shapes, where it comes from, and valid arguments for it.

`@formula` returns the function itself, unwrapped, so that what a learner reads, calls and steps through is the same
object. Everything that wants to know all formulas (the gradient check, the parity table, the formula sheet, the
worked examples) reads `registry`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias, TypeVar

from layerwise.errors import SettingError
from layerwise.types import Generator

Function = TypeVar("Function", bound=Callable[..., Any])


class Case(NamedTuple):
    """Valid arguments of a formula, in float64.

    At a smooth point the derivative exists and a numerical check must agree with it. Elsewhere (a kink, a tie) the
    formula documents which of the possible values it takes, and is held to that by PyTorch's choice.
    """

    arguments: dict[str, Any]
    smooth: bool


def smooth(**arguments: Any) -> Case:
    """Arguments at which the formula is differentiable."""
    return Case(arguments, smooth=True)


def kink(**arguments: Any) -> Case:
    """Arguments at which it is not: the documented choice is checked there, not the slope."""
    return Case(arguments, smooth=False)


Sampler: TypeAlias = Callable[[Generator], Iterator[Case]]


@dataclass(frozen=True)
class Formula:
    """One entry of the registry."""

    name: str
    function: Callable[..., Any]
    tex: str
    shapes: dict[str, str]
    constants: tuple[str, ...]
    source: str
    sampler: Sampler | str
    """The generator of valid arguments, or its name in the module of the function."""

    @property
    def sample(self) -> Sampler:
        """The generator of valid arguments: called with a random generator, it yields cases."""
        if not isinstance(self.sampler, str):
            return self.sampler
        try:
            found: Sampler = self.function.__globals__[self.sampler]
        except KeyError:
            module = self.function.__module__
            raise SettingError(
                f"formula {self.name!r} has its samples from {self.sampler!r}, which is not in {module}: write there "
                f"def {self.sampler}(rng): yield smooth(...)"
            ) from None
        return found

    @property
    def family(self) -> str:
        """The module that the formula stands in: activation, affine, loss, ..."""
        return self.function.__module__.rpartition(".")[2]

    @property
    def file(self) -> str:
        """The file that it stands in, from the folder of its package: formulas/affine.py."""
        path = self.function.__module__.split(".")
        return "/".join(path[1:] or path) + ".py"

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """All arguments, in order."""
        return tuple(inspect.signature(self.function).parameters)

    @cached_property
    def differentiable(self) -> tuple[str, ...]:
        """The arguments that `backward` returns gradients for, in its order."""
        return tuple(name for name in self.arguments if name not in self.constants)

    def run(self, *arguments: Any, **named: Any) -> tuple[Any, Callable[..., Any]]:
        """Call the formula, and return what flows on with its backward.

        A value of several parts is a named tuple: its first part flows on and has the gradient, the others are to look
        at (the mean and variance that batch normalisation found).
        """
        value, backward = self.function(*arguments, **named)
        return (value[0] if isinstance(value, tuple) else value), backward


registry: dict[str, Formula] = {}


def formula(
    tex: str,
    *,
    sample: Sampler | str,
    source: str,
    constants: tuple[str, ...] = (),
    **shapes: str,
) -> Callable[[Function], Function]:
    """Enter a function into the registry, and return it unchanged.

    tex: the formula in LaTeX, in the letters of the notation page.
    sample: a generator of valid arguments, edges included, from a random generator; or its name in the module of the
        function, where it may stand below: it is looked up when the registry is asked for it.
    source: the paper or book that it comes from.
    constants: the arguments that have no derivative (labels, masks, settings).
    shapes: the shape of every argument and of the value, by name.
    """

    def enter(function: Function) -> Function:
        name = function.__name__
        if name in registry and registry[name].function.__module__ != function.__module__:
            raise SettingError(f"there is a formula {name!r} already, in {registry[name].family}: choose another name")
        entry = Formula(name, function, tex, shapes, constants, source, sample)
        missing = [argument for argument in entry.arguments if argument not in shapes]
        if missing:
            raise SettingError(f"formula {name!r} states no shape for: {', '.join(missing)}")
        registry[name] = entry
        return function

    return enter
