"""How gradients change on their way back, through the layers and through time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.examination import Examination
from layerwise.insight.doctor.record import rms
from layerwise.layers import GRU, LSTM, RNN
from layerwise.network.uses import Use
from layerwise.types import Array


@dataclass(frozen=True)
class WayBack:
    """first, last: the RMS per number of the gradient at the output of the first and the last of the layers that have
    weights. layers: how many these are. slope: the change of ln‖∂C/∂x_t‖ with each step back in time; None without
    sequences. steps: their length."""

    first: float
    last: float
    layers: int
    slope: float | None
    steps: int

    @property
    def ratio(self) -> float:
        """How many times as large the gradient is at the first layer, or at the first step: what is further from 1."""
        depth = self.first / self.last if self.last > 0 else 0.0
        time = 1.0 if self.slope is None else float(np.exp(np.clip(self.slope * (self.steps - 1), -700, 700)))
        return max(depth, time, key=lambda ratio: abs(np.log(max(ratio, 1e-300))))


def way_back(examination: Examination) -> WayBack | None:
    """Look at the gradients of the network as it came."""
    patient = examination.patient
    try:
        seen, backward = examination.uses(examination.start.astype("float64"))  # where a float32 would be 0 or infinite
        with np.errstate(all="ignore"):
            y = seen[-1].y
            backward(patient.loss(y, examination.target)[1]())
    except (LayerwiseError, IndexError, ValueError):
        return None
    found = [rms(use.dy) for use in seen if use.dy is not None and use.layer.parameters]
    if len(found) < 2 or not np.isfinite(found).all():
        return None
    recurrent = next((use for use in seen if isinstance(use.layer, RNN | LSTM | GRU) and use.dx is not None), None)
    slope, steps = (None, 1) if recurrent is None else _slope(recurrent)
    return WayBack(found[0], found[-1], len(found), slope, steps)


def _slope(use: Use) -> tuple[float | None, int]:
    """The slope of ln‖∂C/∂x_t‖ from the last step to the first, by least squares over the steps that have a "
    "gradient."""
    dx: Array = np.asarray(use.dx, np.float64)
    if dx.ndim != 3 or dx.shape[1] < 4:
        return None, 1
    sizes = np.sqrt(np.square(dx).mean(axis=(0, 2)))[::-1]
    there = sizes > 0
    if there.sum() < 3:
        return None, 1
    return float(np.polyfit(np.flatnonzero(there), np.log(sizes[there]), 1)[0]), dx.shape[1]
