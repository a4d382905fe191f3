"""What the numbers of an example mean, in the words of the table that they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from layerwise.insight.explain.notation import number

MOST_COLUMNS = 12
"""So many columns of a sample are listed; of more, the first ones, and how many there are."""


@dataclass(frozen=True)
class Sample:
    """One sample in words. name: "row 3 of the training part". columns: (name, value as it stood in the table).
    truth: the right answer.
    """

    name: str
    columns: tuple[tuple[str, str], ...] = ()
    truth: str = ""


@dataclass(frozen=True)
class Words:
    """What is known of an example beside its numbers. Empty: nobody has said.

    title: what it is about. samples: one for each row of x. answers: the name of each output.
    """

    title: str = ""
    samples: tuple[Sample, ...] = ()
    answers: tuple[str, ...] = ()


def told(words: Words, output: Any, digits: int) -> Iterator[str]:
    """Each sample in a sentence, with what the network answers.

    >>> list(told(Words("", (Sample("row 0", (("age", "4"),), "yes"),), ("no", "yes")), np.array([[0.5, 2.0]]), 4))
    ["row 0: age 4; the truth is 'yes'; the network's outputs: no 0.5, yes 2"]
    """
    for place, sample in enumerate(words.samples):
        columns = ", ".join(f"{name} {value}" for name, value in sample.columns[:MOST_COLUMNS])
        if len(sample.columns) > MOST_COLUMNS:
            columns += f" and {len(sample.columns) - MOST_COLUMNS} more columns"
        parts = [columns] if columns else []
        if sample.truth:
            parts.append(f"the truth is {sample.truth!r}")
        row = np.asarray(output)[place].ravel()
        if len(words.answers) == len(row):
            outputs = [f"{name} {number(value, digits)}" for name, value in zip(words.answers, row, strict=True)]
            parts.append(f"the network's outputs: {', '.join(outputs)}")
        yield f"{sample.name}: {'; '.join(parts)}"
