"""Verdicts follow from the numbers: other numbers, another verdict."""

from __future__ import annotations

import numpy as np
import pytest

from layerwise.insight.side_by_side import (
    Arm,
    activation,
    batch_size,
    collapse,
    depth,
    learning_rate,
    normalization,
    schedule,
    sparsity,
)


def arm(name: str, *numbers: float, first: float = 1.0) -> Arm:
    last = np.array(numbers, dtype=float)
    return Arm(name, np.stack([np.full_like(last, first), last], axis=1), last)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (
            (0.5, 0.1, 30.0),
            ["0.1 is best", "0.01 is too low: it is still at 0.5", "1 is too high: 2 of 2 runs end above"],
        ),
        ((0.5, 0.1, 0.2), ["1 is too high: it ends at 0.2"]),
        ((0.5, 0.1, 0.11), ["1 does about as well (0.11)"]),
        ((0.5, 0.1, np.inf), ["1 is too high: 2 of 2 runs diverge"]),
        ((0.01, 0.1, 0.2), ["0.01 is best", "The best is the lowest that was tried: look further that way."]),
        ((0.5, 0.1, 0.02), ["1 is best", "The best is the highest that was tried"]),
    ],
)
def test_of_the_learning_rate(ends: tuple[float, ...], said: list[str]) -> None:
    arms = tuple(arm(f"rate {k}", end, end) for k, end in enumerate(ends))
    told = learning_rate._verdict(arms, [0.01, 0.1, 1.0], 7)
    assert all(words in told for words in said), told
    assert ("look further" in told) == (np.argmin(ends) != 1)


def test_of_depth() -> None:
    told = depth._verdict(
        (arm("1 layer of 9", 0.5, 0.6), arm("3 layers of 4", 0.1, 0.1), arm("8 layers of 2", 0.7, 0.7)), 5
    )
    assert told.startswith("3 layers of 4 learn most: after 5 epochs the loss is 0.1.")
    assert "1 layer of 9 ends at 0.55: here depth wins, in 2 of 2 seeds." in told
    assert "8 layers of 2 end at 0.7: here more depth loses, in 2 of 2 seeds." in told
    told = depth._verdict((arm("1 layer of 9", 0.1), arm("3 layers of 4", 0.12)), 5)
    assert told.startswith("1 layer of 9 learns most")
    assert "3 layers of 4 end at 0.12, about the same." in told


def test_of_sparsity() -> None:
    arms = [Arm(name, np.ones((1, 20)), np.array([zero])) for name, zero in (("L2", 0.0), ("L1, proximal", 17.0))]
    told = sparsity._verdict(arms, 17)
    assert told.startswith("L1, proximal makes 17 of 17 useless weights exactly zero. The others zero none")
    assert sparsity._verdict(arms[:1], 17).startswith("No choice makes any of the 17 useless weights exactly zero")


def test_of_the_batch_size() -> None:
    arms = arm("all 350", 0.5, 0.5), arm("1 sample", 0.1, 0.1)
    told = batch_size._verdict(arms, {"all 350": 1, "1 sample": 350}, 5)
    assert "1 sample in an update: after 5 epochs the loss is lowest, 0.1, with 350 updates an epoch" in told
    assert "The others: all 350, 1 update an epoch, 0.5." in told
    told = batch_size._verdict((*arms[:1], arm("1 sample", np.inf, np.inf)), {"all 350": 1, "1 sample": 350}, 5)
    assert told.startswith("all 350 in an update")
    assert "diverged" in told


@pytest.mark.parametrize(
    ("with_it", "without", "said"),
    [
        (5, 1, "lets more rates work: 5 of 2 against 1"),
        (1, 5, "lets fewer rates work here"),
        (3, 3, "makes no difference"),
    ],
)
def test_of_normalisation(with_it: int, without: int, said: str) -> None:
    assert said in normalization._verdict(arm("without", without), arm("with", with_it), [0.1, 1.0], 0.1)


def test_of_schedules() -> None:
    told = schedule._verdict((arm("constant", 0.4, 0.4), arm("step", 0.5, 0.5), arm("cosine", 0.1, 0.1)))
    first = "The schedule 'cosine' buys a loss of 0.1 instead of 0.4, lower in 2 of 2 seeds."
    assert told == f"{first} Worse than constant: step (0.5)."
    assert "which is not much" in schedule._verdict((arm("constant", 0.4), arm("cosine", 0.35)))
    assert schedule._verdict((arm("constant", 0.1), arm("cosine", 0.2))).startswith("No schedule does better here")


def test_of_activations() -> None:
    told = activation._verdict((arm("Sigmoid", 0.99), arm("Tanh", 0.11), arm("ReLU", 0.1)), 5)
    assert told == (
        "ReLU learns most: after 5 epochs the loss is 0.1, with Sigmoid 0.99. About as good: Tanh. "
        "Hardly moved from the start: Sigmoid."
    )
    assert activation._verdict((arm("Tanh", 0.11), arm("ReLU", 0.1)), 5).startswith("The choice hardly matters here")


def test_of_the_linear_stack() -> None:
    one, stack = arm("1 linear layer", 0.5), arm("4 layers, linear", 0.5)
    told = collapse._verdict(one, stack, arm("4 layers with tanh", 1.0), 2e-16)
    assert "right for 50.0 % of the test rows, 1 linear layer for 50.0 %" in told
    assert "at most 2e-16" in told
    assert told.endswith("With tanh between the same layers it is 100.0 %.")
    assert "a line is enough" in collapse._verdict(one, stack, arm("4 layers with tanh", 0.5), 2e-16)
