"""What to try after a run: one change of it, chosen by how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from layerwise.comparison.certainty import FEW
from layerwise.errors import LayerwiseError
from layerwise.training.changes import Changes
from layerwise.training.experiment import Experiment, Table

_WORSE, _FALLING = 1.1, 0.98
"""By which factor the validation loss has grown since its least; by which it shrank in the last fifth of the run."""


@dataclass(frozen=True)
class Advice:
    """Options for `layerwise train RUN`, and what they do, in words."""

    options: tuple[str, ...]
    meaning: str


def advice(experiment: Experiment, history: Mapping[str, Sequence[float]], tested: int, kept: int) -> Advice:
    """The change that promises most. tested: samples of the test part. kept: the epoch whose weights are kept.

    With few test samples another split, to see what is chance. Fewer epochs where the validation loss has grown since,
    more where it still fell; else a smaller network, to see whether it needs to be so large.
    """
    if tested < FEW:
        return _another_split(experiment, "how far the figures go by chance")
    return (
        _another_length(experiment, history.get("val_loss", ()), kept)
        or _smaller(experiment)
        or _another_split(experiment, "how much the figures depend on the split and the first weights")
    )


def _another_split(experiment: Experiment, why: str) -> Advice:
    return Advice(("--seed", str(experiment.seed + 1)), f"with another seed: {why}")


def _another_length(experiment: Experiment, losses: Sequence[float], kept: int) -> Advice | None:
    epochs = len(losses)
    if not epochs or not np.isfinite(losses).all():
        return None
    best = int(np.argmin(losses)) + 1
    if best < kept == epochs and losses[-1] > _WORSE * losses[best - 1]:
        return Advice(("--epochs", str(best)), f"fewer epochs: the validation loss was least after epoch {best}")
    before = losses[epochs - 1 - epochs // 5]
    if best == epochs == experiment.epochs and 0 < losses[-1] < _FALLING * before:
        return Advice(("--epochs", str(2 * epochs)), "twice as long: the validation loss was still falling")
    return None


def _smaller(experiment: Experiment) -> Advice | None:
    """Half as many hidden units, or None where the network is no plain row of layers or can not be halved."""
    widths = [max(1, width // 2) for width in _hidden(experiment.layers)]
    if not widths:
        return None
    text = ",".join(map(str, widths))
    try:
        smaller = Changes(hidden=tuple(widths)).to_experiment(experiment).network().theta.size
    except LayerwiseError:  # what can not be halved is not proposed
        return None
    size = experiment.network().theta.size
    if smaller >= size:
        return None
    return Advice(("--hidden", text), f"a smaller network: {smaller:,} parameters, not {size:,}")


def _hidden(layers: Sequence[Table]) -> list[int]:
    """The widths of the hidden layers of a plain row, or of the row within one Residual."""
    if len(layers) == 1 and layers[0].get("name") == "Residual":
        layers = layers[0]["layers"]
    return [row["out_features"] for row in layers if row.get("name") == "Linear"][:-1]
