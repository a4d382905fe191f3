"""What a wrong call of a class answers: the class, the argument, and the nearest name that there is.

Python's own words name the constructor that a class has inherited, or none at all. Registries let the classes that
they hold answer in ours; what only PyTorch has is answered with what to do instead.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from functools import wraps
from typing import Any

from layerwise.errors import KindError, nearest

_MEAN = "a loss is the weighted mean; loss(y, target, denominator=1) is the sum"
_RATE_ONLY = "leave it out, a schedule moves the rate only"
_SELF_ATTENTION = "leave it out, here a sequence looks at itself"
_UPDATE = "leave it out, an update is one formula on one flat array"
_WEIGHT_OF_SAMPLES = "weigh the samples where the loss is called, loss(y, target, weight=...)"
_WORDS = "leave it out, here the table is learnt as any other weight"

_ANYWHERE = {
    "device": "leave it out, everything is computed on the processor",
    "dtype": "give it to the network, Network(..., dtype='float64')",
    "generator": "give a seed to the network, Network(..., seed=0), and to fit",
    "requires_grad": "leave it out, a network computes gradients when it goes backward",
}

TORCH_ONLY: Mapping[str, Mapping[str, str]] = {
    "layer": {
        **_ANYWHERE,
        "_freeze": _WORDS,
        "_weight": "assign it, layer.weight = ...",
        "add_bias_kv": _SELF_ATTENTION,
        "add_zero_attn": _SELF_ATTENTION,
        "batch_first": "leave it out, sequences are (N, T, D) always",
        "bias": "leave it out, it can not be switched off alone",
        "divisor_override": "leave it out, a mean is divided by the size of its window",
        "end_dim": "leave it out, all axes but the first become one",
        "inplace": "leave it out, a layer never writes into its input",
        "kdim": _SELF_ATTENTION,
        "max_norm": _WORDS,
        "norm_type": _WORDS,
        "padding_mode": "leave it out, padding is 0",
        "proj_size": "leave it out, and put a Linear behind the layer",
        "return_indices": "leave it out, the gradient finds its way by itself",
        "scale_grad_by_freq": _WORDS,
        "sparse": _WORDS,
        "start_dim": "leave it out, all axes but the first become one",
        "threshold": "leave it out, the formula is exact for every x",
        "vdim": _SELF_ATTENTION,
    },
    "loss": {
        **_ANYWHERE,
        "pos_weight": _WEIGHT_OF_SAMPLES,
        "reduce": _MEAN,
        "reduction": _MEAN,
        "size_average": _MEAN,
        "weight": _WEIGHT_OF_SAMPLES,
    },
    "optimizer": {
        **_ANYWHERE,
        "amsgrad": "leave it out, this is the algorithm as it was first published",
        "capturable": _UPDATE,
        "decoupled_weight_decay": "write AdamW, which has it",
        "differentiable": _UPDATE,
        "foreach": _UPDATE,
        "fused": _UPDATE,
        "maximize": "leave it out, and minimise the loss times -1",
        "params": "an optimizer takes no parameters, its step does: optimizer.step(net.theta, net.grad)",
    },
    "schedule": {
        **_ANYWHERE,
        "base_momentum": _RATE_ONLY,
        "cycle_momentum": _RATE_ONLY,
        "last_epoch": "leave it out, a schedule is a function of the time: schedule(lr, t)",
        "max_momentum": _RATE_ONLY,
        "optimizer": "a schedule takes no optimizer, fit(..., optimizer=..., schedule=...) takes both",
        "verbose": "leave it out, fit tells its listeners about every step",
    },
}
"""By the kind of a class: the arguments that PyTorch has there and we do not, and what to do instead."""

_FIRST = {"optimizer": "params", "schedule": "optimizer"}
"""What PyTorch takes first and we do not take, by the kind of a class."""

_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def answering(cls: Any, kind: str) -> Any:
    """Let the constructor of a class answer a call that does not fit. kind: what it is, such as "layer"."""
    init: Any = _nothing if cls.__init__ is object.__init__ else cls.__init__
    taken = list(inspect.signature(init).parameters.values())[1:]  # without self

    @wraps(init)
    def checked(self: Any, /, *arguments: Any, **settings: Any) -> None:
        try:
            init(self, *arguments, **settings)
        except TypeError:
            name = type(self).__name__ if type(self).__init__ is checked else cls.__name__
            words = complaint(name, taken, arguments, settings, kind=kind)
            if words is None:
                raise
            raise KindError(words) from None

    cls.__init__ = checked
    return cls


def complaint(
    name: str,
    taken: Iterable[inspect.Parameter],
    arguments: tuple[Any, ...],
    settings: Mapping[str, Any],
    kind: str = "",
    word: str = "argument",
) -> str | None:
    """What is wrong with a call of `name`, which takes these parameters, in a sentence; None where nothing is.

    >>> def normal(mean=0.0, std=1.0): ...
    >>> complaint("normal", inspect.signature(normal).parameters.values(), (), {"sdt": 2.0})
    "normal has no argument 'sdt'. Did you mean 'std'?"
    """
    taken = list(taken)
    try:
        inspect.Signature(taken).bind(*arguments, **settings)
    except TypeError:
        pass
    else:
        return None
    known = [each.name for each in taken if each.kind in _BY_NAME]
    for key in settings:
        if key not in known:
            return f"{name} has no {word} {key!r}{_instead(key, known, kind)}"
    in_order = [each.name for each in taken if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    by_place = in_order[: len(arguments)]
    twice = [key for key in by_place if key in settings]
    if twice or len(arguments) > len(in_order):
        first = f": {TORCH_ONLY[kind][_FIRST[kind]]}" if kind in _FIRST else ""
        if twice:
            return f"{name} got {twice[0]} twice, by its place and by its name{first}"
        names = f", {', '.join(in_order)}" if in_order else ""
        plural = "argument" if len(in_order) == 1 else "arguments"
        return f"{name} takes {len(in_order)} positional {plural}{names}; got {len(arguments)}{first}"
    missing = [each.name for each in taken if each.default is each.empty and each.kind in _BY_NAME]
    missing = [each for each in missing if each not in settings and each not in by_place]
    return f"{name} needs {' and '.join(map(repr, missing))}: write {name}({'=..., '.join(missing)}=...)"


def _instead(key: object, known: list[str], kind: str) -> str:
    """What to do instead of giving an argument that is unknown."""
    advice = TORCH_ONLY.get(kind, {}).get(str(key))
    if advice is not None:
        return f": {advice}"
    return f".{nearest(key, known)}" if known else ": it takes none"


def _nothing(self: object) -> None:
    """The constructor of a class that has none."""
