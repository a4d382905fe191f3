"""How a mutant gets into a network: as a layer or a loss of the learner's own, that differs from ours by it alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from layerwise.insight.doctor.zoo.mutation import with_part
from layerwise.insight.doctor.zoo.specimen import Specimen
from layerwise.layers import Layer, Pass
from layerwise.types import Array, Backward

Mutant = Callable[..., Any]
Graft = Callable[[Specimen, Mutant], Specimen]


class Exchange:
    """A pass in which one formula is another; in all else it is the pass itself."""

    def __init__(self, pass_: Pass, formula: Mutant, mutant: Mutant) -> None:
        self.__dict__.update(pass_=pass_, formula=formula, mutant=mutant)

    def call(self, layer: Layer, formula: Mutant, *arguments: Any, **keywords: Any) -> Any:
        """As of a pass."""
        return self.pass_.call(layer, self.mutant if formula is self.formula else formula, *arguments, **keywords)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["pass_"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.pass_, name, value)


def layers(kind: type[Layer], *formulas: Mutant, square: bool = False) -> Graft:
    """All layers of a kind compute by the mutant.

    formulas: what the layers call, what that calls by its name, and so on, down to what the mutant stands for.
    square: only layers with as many outputs as inputs, for mutants that refuse others.
    """

    def graft(specimen: Specimen, mutant: Mutant) -> Specimen:
        whole = mutant
        for outer, inner in reversed(list(pairwise(formulas))):
            whole = with_part(outer, **{inner.__name__: whole})
        own = _own(kind, formulas[0], whole)
        for _, layer in specimen.patient.net.chain.walk():
            if type(layer) is kind and not (square and layer.in_features != layer.out_features):  # type: ignore[attr-defined]
                layer.__class__ = own
        return specimen

    return graft


def _own(kind: type[Layer], formula: Mutant, mutant: Mutant) -> type[Layer]:
    """A learner's own class for layers of a kind, in which a formula is exchanged."""

    def forward(self: Layer, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        return kind.forward(self, x, Exchange(pass_, formula, mutant))  # type: ignore[arg-type]

    return type(f"Own{kind.__name__}", (kind,), {"forward": forward, "__doc__": kind.__doc__})


def method(kind: type[Layer], name: str) -> Graft:
    """All layers of a kind have the mutant for a method."""

    def graft(specimen: Specimen, mutant: Mutant) -> Specimen:
        own = type(f"Own{kind.__name__}", (kind,), {name: mutant, "__doc__": kind.__doc__})
        for _, layer in specimen.patient.net.chain.walk():
            if type(layer) is kind:
                layer.__class__ = own
        return specimen

    return graft


def loss_formula(specimen: Specimen, mutant: Mutant) -> Specimen:
    """The loss computes by the mutant."""
    kind = type(specimen.patient.loss)
    own = type(f"Own{kind.__name__}", (kind,), {"formula": staticmethod(mutant), "__doc__": kind.__doc__})
    return specimen.otherwise(loss=own())
