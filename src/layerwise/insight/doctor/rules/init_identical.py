"""Units that begin equal stay equal: each gets the gradient that the others get, and the layer is as wide as one."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.changes import fresh_weights
from layerwise.insight.doctor.course import train
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.experiments import by_trial
from layerwise.insight.doctor.finding import Cure, Evidence, Finding
from layerwise.insight.doctor.rule import Rule
from layerwise.layers import Embedding
from layerwise.network import Network
from layerwise.types import Array

STEPS = 3
GATES = 4


def find(examination: Examination) -> Finding | None:
    if not _equal(examination.start):
        return None
    try:
        net = train(examination.patient, STEPS).net
    except LayerwiseError:
        return None
    layers = [name for name in _equal(net) if name in _equal(examination.start)]
    if not layers:
        return None
    rows = net.parameters()[layers[0]]
    return Finding(
        "init-identical",
        "sick",
        f"The {len(rows)} units of {layers[0]} begin with equal weights, and after {STEPS} updates they still have "
        "them: each gets the same gradient, so that the layer is as wide as one unit.",
        Evidence(
            f"distinct rows of {layers[0]} after {STEPS} updates", float(_distinct(rows)), float(len(rows)), "units:"
        ),
        f"the first weights of {layers[0]}",
        (Cure("draw the first weights at random, as every layer of lw does unless told otherwise"),),
        "certain",
        experiment=by_trial(examination, "first weights drawn at random", fresh_weights),
    )


def _equal(net: Network) -> list[str]:
    """The weights of hidden layers whose rows are equal; of a recurrent layer with gates, one row for each gate."""
    matrices = {
        f"{prefix}{name}": parameter.value
        for prefix, layer in net.chain.walk()
        for name, parameter in layer.parameters.items()
        if not isinstance(layer, Embedding) and parameter.value.ndim > 1 and len(parameter.value) > 1
    }
    hidden = list(matrices)[:-1]
    return [
        name
        for name in hidden
        if _distinct(matrices[name]) <= (GATES if "_" in name and len(matrices[name]) > GATES else 1)
    ]


def _distinct(rows: Array) -> int:
    return len(np.unique(rows.reshape(len(rows), -1), axis=0))


RULE = Rule(
    "init-identical",
    "before",
    "the rows of the weights of every hidden layer, at the start and after three updates",
    "all rows are equal, to the last bit, both times",
    "units with equal weights in and out have equal gradients, for ever. A last layer that begins at 0 is no such "
    "case, and one whose units part at the first update neither",
    find,
    explains=("plateau", "vanishing", "input-ignored", "dead-units", "underfitting", "rate-too-low", "init-too-small",
              "saddle"),
)  # fmt: skip
