"""Dead units: a ReLU that gives 0 to every row gets no gradient, and stays so."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.finding import Confirmation, Cure, Evidence, Finding
from layerwise.insight.doctor.probes.answers import spread
from layerwise.insight.doctor.rule import Rule
from layerwise.layers import ReLU
from layerwise.network import Network
from layerwise.types import Array

MANY = 0.8


def find(examination: Examination) -> Finding | None:
    shares = dead_shares(examination, examination.net)
    if not shares:
        return None
    place, share = max(shares.items(), key=lambda each: each[1])
    if share < 0.5:
        return None
    severity = _severity(examination, share)
    before = dead_shares(examination, examination.start).get(place, 0.0)
    when = "They were so from the start" if before > 0.9 * share else f"At the start it was {before:.0%}"
    return Finding(
        "dead-units",
        severity,
        f"{share:.0%} of the units of layer {place} give 0 to every row that was looked at, and so get no gradient. "
        f"{when}.",
        Evidence("share of units that are 0 on all rows", share, before, "at the start"),
        f"layer {place}: {examination.net.layers[int(place.partition('.')[0])]!r}",
        (
            Cure("a lower learning rate"),
            Cure("LeakyReLU() or GELU(), which have a slope below 0"),
            Cure("scaled inputs, biases that begin at 0"),
        ),
        "likely" if share == 1 else "possible",
        experiment=lambda: Confirmation(
            "start and end of the run", "share of units that are 0 on all rows", before, share, share > before
        ),
    )


def _severity(examination: Examination, share: float) -> str:
    """A layer without a living unit, through which nothing comes, is a disease at any time; else the run must fail."""
    if share == 1 and spread(quiet(lambda: examination.net(examination.x))) < 1e-6:
        return "sick"
    if share > MANY and examination.has_failed:
        return "sick" if share == 1 else "warning"
    return "note"


def dead_shares(examination: Examination, net: Network) -> dict[str, float]:
    """The share of units that are 0 on all rows, of every layer with a ReLU, by its address."""
    try:
        seen, _ = examination.uses(net)
    except LayerwiseError:
        return {}
    return {use.where: _dead(use.y) for use in seen if isinstance(use.layer, ReLU)}


def _dead(y: Array) -> float:
    """The last axis counts the units; of images (N, C, H, W) the channels do."""
    axis = 1 if y.ndim == 4 else y.ndim - 1
    return (
        float((y <= 0).all(axis=tuple(each for each in range(y.ndim) if each != axis)).mean())
        if np.isfinite(y).all()
        else 0.0
    )


RULE = Rule(
    "dead-units",
    "during",
    "the outputs of every ReLU for all rows that are looked at",
    "a layer of which all units are 0 on all rows, so that all rows get one answer; in a run that failed more than "
    "80 % are a warning; half of them a note",
    "a layer without a living unit lets nothing through, an exact 0. Living networks often have some dead units, "
    "and do well",
    find,
    explains=("plateau", "input-ignored", "rate-too-low", "vanishing", "underfitting"),
)
