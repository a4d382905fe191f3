"""How the signal grows or shrinks on its way through the layers of an untrained network."""

from __future__ import annotations

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.record import rms
from layerwise.layers import Conv1d, Conv2d, Linear
from layerwise.network import Network
from layerwise.network.uses import watched
from layerwise.types import Array


def scaled_inputs(examination: Examination) -> Array:
    """The rows that are looked at, every feature with mean 0 and spread 1; indices as they are."""
    x = examination.x
    if examination.start.takes_indices:
        return x
    spread = x.std(axis=0, dtype=np.float64)
    scaled = (x - x.mean(axis=0, dtype=np.float64)) / np.where(spread > 0, spread, 1.0)
    return scaled.astype(x.dtype)


def gains(net: Network, x: Array) -> dict[str, float]:
    """By what factor each layer with weights changes the size of the signal, its bias left out; by its name."""
    try:
        with np.errstate(all="ignore"):
            seen, _ = watched(net.chain, np.asarray(x))
    except LayerwiseError:
        return {}
    found = {}
    for use in seen:
        if isinstance(use.layer, Linear | Conv1d | Conv2d):
            size = rms(np.asarray(use.x, np.float64))
            weight = use.layer.parameters["weight"].value
            if size > 0:
                found[f"{use.address}.weight"] = rms(weight) * float(np.sqrt(weight[0].size))
    return found
