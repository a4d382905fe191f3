"""What a wrong gradient is right for: experiments that tell apart mistakes whose numbers look like noise.

The Jacobian of the function is measured once. From it comes the right gradient for any other upstream gradient: that of
one sample alone, of one time step alone, of a mean over the batch. The one that the claimed gradient agrees with names
the mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from layerwise.insight.patterns import Mismatch
from layerwise.types import Array

CLOSE = 1e-5
"""The relative error up to which a claim agrees with what an experiment expects."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """One array, the gradient that is claimed at it, and the measured Jacobian of the value by it."""

    claims: Array
    """The claimed gradient at the measured elements, (M,)."""
    jacobian: Array
    """How every number of the value moves with each of these elements, (M, V)."""
    upstream: Array
    """The gradient at the value that the claim was made for, in the shape of the value."""
    backward: Callable[[Array], Array]
    """The claim, (M,), for another upstream gradient."""
    own: Array | None
    """Where value and array have one shape: how each number of the value moves with its own element, (M,)."""
    at_value: Array | None
    """The same, where the array holds what is now the value: the slope at the output instead of at the input."""
    own_step: Array | None
    """Where both are (N, T, ...): what each element does to the value at its own time step, (M,)."""

    @classmethod
    def measured(
        cls,
        array: Array,
        analytic: Array,
        known: Array,
        evaluate: Callable[[], Array],
        upstream: Array,
        backward: Callable[[Array], Array],
        eps: float,
    ) -> Experiment:
        """Measure the Jacobian at the elements that are `known`; the array is put back as it was."""
        places = [tuple(place) for place in np.argwhere(known)]
        jacobian = _jacobian(array, places, evaluate, eps)
        own = at_value = None
        value = np.array(evaluate())
        if value.shape == array.shape and np.isfinite(value).all():
            flat = [int(np.ravel_multi_index(place, array.shape)) for place in places]
            own = jacobian[np.arange(len(places)), flat] * upstream.ravel()[flat]
            before = array.copy()
            array[...] = value
            moved = _jacobian(array, places, evaluate, eps)
            array[...] = before
            at_value = moved[np.arange(len(places)), flat] * upstream.ravel()[flat]
        return cls(
            analytic[known],
            jacobian,
            upstream,
            lambda other: np.asarray(backward(other))[known],
            own,
            at_value,
            _own_step(jacobian, places, array, upstream),
        )

    def cause(self) -> Mismatch | None:
        """The first mistake that explains the claim, or None."""
        for expected, kind, sentence in self._suspicions():
            if _close(self.claims, expected):
                return Mismatch(kind, sentence)
        return self._uniform()

    def _right(self, upstream: Array) -> Array:
        return np.asarray(self.jacobian @ upstream.ravel())

    def _suspicions(self) -> Iterator[tuple[Array, str, str]]:
        """What the claim would be if a certain mistake had been made, with its name and its sentence."""
        yield from self._one_alone(0, "sample", "sum over the batch forgotten")
        if self.upstream.ndim == 3:
            yield from self._one_alone(1, "time step", "sum over time forgotten")
            yield from self._late()
        if self.own_step is not None:
            yield (
                self.own_step,
                "no way back through time",
                "counts only what each time step does to its own output: what comes back from the step after it is not "
                "handed on",
            )
        if self.own is not None:
            yield (
                self.own,
                "diagonal only",
                "counts only what each element does to its own output: the value at one place depends on others of "
                "its row, too, so the off-diagonal terms of the Jacobian are missing",
            )
        if self.at_value is not None:
            yield (
                self.at_value,
                "slope at the output",
                "is the slope at the layer's output: f' was given the activated value a where it takes z",
            )
        if self.jacobian.shape[0] == self.jacobian.shape[1] > 1:
            yield (
                np.asarray(self.jacobian.T @ self.upstream.ravel()),
                "transposed inside",
                "multiplies by the transpose of the right matrix: W where Wᵀ belongs, or the other way round",
            )
        if self.upstream.ndim and len(self.upstream) > 1:
            mean = np.broadcast_to(self.upstream.mean(axis=0), self.upstream.shape)
            yield (
                self._right(mean),
                "upstream averaged",
                "is what comes back if every sample is given the mean of all upstream gradients: keep them apart",
            )

    def _one_alone(self, axis: int, what: str, kind: str) -> Iterator[tuple[Array, str, str]]:
        """One entry of an axis of the upstream gradient counted alone, or left out."""
        if self.upstream.ndim <= axis or self.upstream.shape[axis] < 2:
            return
        for place, which in ((0, "first"), (-1, "last")):
            only = np.zeros_like(self.upstream)
            chosen = (slice(None),) * axis + (place,)
            only[chosen] = self.upstream[chosen]
            right = self._right(only)
            yield (
                right,
                kind,
                f"is what the {which} {what} alone contributes: all {self.upstream.shape[axis]} of them add up",
            )
            yield (
                self._right(self.upstream) - right,
                f"{which} {what} left out",
                f"lacks what the {which} {what} contributes: the loop over them ends too early, or starts too late",
            )

    def _late(self) -> Iterator[tuple[Array, str, str]]:
        """The gradients of the time steps (N, T, ...) used one step away from where they belong."""
        for shift, word in ((1, "late"), (-1, "early")):
            rolled = np.roll(self.upstream, shift, axis=1)
            cut = rolled.copy()
            cut[:, 0 if shift == 1 else -1] = 0
            for moved in (rolled, cut):
                yield (
                    self._right(moved),
                    f"one time step {word}",
                    f"uses the gradient of each time step one step too {word}: look at the index t of the upstream "
                    "gradient",
                )
        yield (
            self._right(self.upstream[:, ::-1]),
            "time reversed",
            "takes the upstream gradients of the time steps in reverse order: index them by t, not by the loop",
        )

    def _uniform(self) -> Mismatch | None:
        """Right for an upstream gradient of ones, and for no other."""
        ones = np.ones_like(self.upstream)
        if self.upstream.size < 2 or not _close(self.backward(ones), self._right(ones)):
            return None
        return Mismatch(
            "right only for a uniform upstream gradient",
            "is right where the gradient that comes back is the same everywhere, and wrong for any other: the upstream "
            "gradient is left out, summed or averaged before it is multiplied in, element by element",
        )


def _jacobian(array: Array, places: list[tuple[int, ...]], evaluate: Callable[[], Array], eps: float) -> Array:
    """The measured slopes of every number of the value, one row for each place, by central differences."""
    rows = []
    for place in places:
        before = array[place]
        array[place] = before + eps
        above = np.array(evaluate())
        array[place] = before - eps
        below = np.array(evaluate())
        array[place] = before
        rows.append((above - below).ravel() / (2 * eps))
    return np.array(rows)


def _own_step(jacobian: Array, places: list[tuple[int, ...]], array: Array, upstream: Array) -> Array | None:
    """What comes back to (N, T, ...) from the value at the same time step alone."""
    if array.ndim != 3 or upstream.ndim != 3 or array.shape[:2] != upstream.shape[:2] or array.shape[1] < 2:
        return None
    step_of_value = np.indices(upstream.shape)[1].ravel()
    step_of_place = np.array([place[1] for place in places])
    return np.asarray((jacobian * (step_of_place[:, None] == step_of_value)) @ upstream.ravel())


def _close(claims: Array, expected: Array) -> bool:
    difference = float(np.linalg.norm(claims - expected))
    return difference <= 1e-8 or difference <= CLOSE * float(np.linalg.norm(claims) + np.linalg.norm(expected))
