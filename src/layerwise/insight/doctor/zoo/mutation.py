"""A function with one line of it written another way: how a healthy program, or a formula of ours, falls sick."""

from __future__ import annotations

import ast
import inspect
import itertools
import linecache
import textwrap
from collections.abc import Callable
from types import FunctionType
from typing import Any

from layerwise.errors import SettingError

_numbers = itertools.count()


def mutated(function: Callable[..., Any], old: str, new: str) -> Callable[..., Any]:
    """The function as it would be if `new` stood in its source where `old` stands.

    old: text that its source has exactly once, so that what is shown of the difference is the difference.
    new: what stands there instead; with old == new, the function compiled anew.
    It belongs to nobody: neither the registry of formulas nor the twins know it. Tracebacks and `inspect` show its
    lines.
    Raises SettingError where `old` does not stand there once.

    >>> import numpy as np
    >>> from layerwise import formulas
    >>> linear = mutated(formulas.linear, "z = x @ W.T + b", "z = x @ W.T - b")
    >>> one = np.ones((1, 1))
    >>> formulas.linear(one, one, np.ones(1))[0], linear(one, one, np.ones(1))[0]
    (array([[2.]]), array([[0.]]))
    """
    source = textwrap.dedent(inspect.getsource(function))
    count = source.count(old)
    if count != 1:
        raise SettingError(f"{function.__name__} has {old!r} {count} times in its source: once is wanted")
    source = source.replace(old, new)
    name = f"<{function.__name__} of the zoo, {next(_numbers)}>"
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    module = ast.parse(source)
    (definition,) = module.body
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    namespace: dict[str, Any] = dict(function.__globals__)
    # The annotations are words here, as they are where the source stands.
    exec(compile(module, name, "exec", flags=annotations.compiler_flag), namespace)
    mutant: Callable[..., Any] = namespace[definition.name]
    mutant.__module__ = __name__  # under its old one it would be given the compiled twin
    return mutant


def with_part(function: Callable[..., Any], **parts: Any) -> Callable[..., Any]:
    """The function with other things under the names that it calls: `with_part(rnn, rnn_step=mutant)`."""
    assert isinstance(function, FunctionType)
    twin = FunctionType(
        function.__code__,
        {**function.__globals__, **parts},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    twin.__kwdefaults__ = function.__kwdefaults__
    twin.__module__ = __name__
    return twin
