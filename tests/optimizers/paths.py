"""The 200-step paths on which optimizers are compared with PyTorch: live, and from golden arrays.

One bumpy, badly scaled valley; the same start and the same noise for both. Each path is a row: our optimizer, torch's
by name and settings, a schedule by name, and a bound on the length of the gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import layerwise as lw
from layerwise.optimizers import Optimizer, clip_by_norm
from layerwise.random import generator

GOLDEN = Path(__file__).parents[1] / "golden" / "optimizer_paths.npz"
STEPS, KEPT, SIZE = 200, 20, 6
STEPS_PER_EPOCH = 10


class Route(NamedTuple):
    """rtol: what float64 paths may differ by after 200 steps (promise P3)."""

    make: Callable[[], Optimizer]
    torch: tuple[str, dict[str, Any]]
    rtol: float = 1e-9
    schedule: tuple[str, dict[str, Any]] | None = None
    clip_norm: float | None = None


def _sgd(**settings: Any) -> Route:
    return Route(lambda: lw.SGD(**settings), ("SGD", settings))


def _adam(**settings: Any) -> Route:
    return Route(lambda: lw.Adam(**settings), ("Adam", settings), rtol=1e-7)


_STEP = ("StepLR", {"step_size": 4, "gamma": 0.5})
_EXPONENTIAL = ("ExponentialLR", {"gamma": 0.9})
_COSINE = ("CosineAnnealingLR", {"T_max": 20, "eta_min": 0.0005})

PATHS: dict[str, Route] = {
    "GradientDescent": Route(lambda: lw.GradientDescent(0.01), ("SGD", {"lr": 0.01})),
    "Momentum": Route(lambda: lw.Momentum(0.01, 0.9), ("SGD", {"lr": 0.01, "momentum": 0.9})),
    "SGD": _sgd(lr=0.01),
    "SGD-defaults": _sgd(),
    "SGD-lr-0": _sgd(lr=0.0, momentum=0.9),
    "SGD-momentum": _sgd(lr=0.01, momentum=0.9),
    "SGD-dampening": _sgd(lr=0.01, momentum=0.9, dampening=0.5),
    "SGD-dampening-1": _sgd(lr=0.01, momentum=0.5, dampening=1.0),
    "SGD-nesterov": _sgd(lr=0.01, momentum=0.9, nesterov=True),
    "SGD-weight-decay": _sgd(lr=0.01, weight_decay=0.1),
    "SGD-everything": _sgd(lr=0.02, momentum=0.8, weight_decay=0.05, nesterov=True),
    "SGD-dampening-decay": _sgd(lr=0.02, momentum=0.8, dampening=0.2, weight_decay=0.05),
    "SGD-clipped": _sgd(lr=0.02, momentum=0.9)._replace(clip_norm=1.0),
    "SGD-step": _sgd(lr=0.02, momentum=0.9)._replace(schedule=_STEP),
    "SGD-exponential": _sgd(lr=0.02, momentum=0.9, nesterov=True)._replace(schedule=_EXPONENTIAL),
    "SGD-cosine": _sgd(lr=0.02, momentum=0.9)._replace(schedule=_COSINE),
    "Adam": _adam(lr=0.01),
    "Adam-defaults": _adam(),
    "Adam-betas": _adam(lr=0.01, betas=(0.5, 0.9)),
    "Adam-betas-0": _adam(lr=0.01, betas=(0.0, 0.0)),
    "Adam-eps": _adam(lr=0.01, eps=0.1),
    "Adam-weight-decay": _adam(lr=0.01, weight_decay=0.1),
    "Adam-clipped": _adam(lr=0.01)._replace(clip_norm=0.5),
    "Adam-step": _adam(lr=0.02)._replace(schedule=_STEP),
    "Adam-exponential": _adam(lr=0.02)._replace(schedule=_EXPONENTIAL),
    "Adam-cosine": _adam(lr=0.02)._replace(schedule=_COSINE, clip_norm=1.0),
}

SCALES = np.array([0.1, 0.5, 1.0, 2.0, 5.0, 20.0])


def start(dtype: type = np.float64) -> np.ndarray:
    """Where all paths begin."""
    return np.array([1.0, -2.0, 3.0, 0.5, -0.3, 0.8], dtype)


def gradient(theta: np.ndarray, step: int) -> np.ndarray:
    """The slope of the valley Σ s θ²/2 - cos θ at theta, with the noise of this step: what a batch gives."""
    noise = generator(3, "noise", step=step).normal(scale=0.3, size=SIZE)
    return (SCALES * theta + np.sin(theta) + noise).astype(theta.dtype)


def ours(path: Route, steps: int = STEPS, dtype: type = np.float64) -> np.ndarray:
    """theta after every step, (steps, 6), as Layerwise walks."""
    theta, optimizer = start(dtype), path.make()
    schedule = getattr(lw, path.schedule[0])(**path.schedule[1]) if path.schedule else None
    walked = []
    for step in range(steps):
        grad = gradient(theta, step)
        if path.clip_norm is not None:
            clip_by_norm(grad, path.clip_norm)
        lr = schedule(optimizer.lr, step // STEPS_PER_EPOCH) if schedule else None
        optimizer.step(theta, grad, lr)
        walked.append(theta.copy())
    return np.array(walked)


def torchs(torch: Any, path: Route, steps: int = STEPS, dtype: type = np.float64) -> np.ndarray:
    """The same as PyTorch walks."""
    theta = torch.from_numpy(start(dtype)).requires_grad_()
    name, settings = path.torch
    optimizer = getattr(torch.optim, name)([theta], **settings)
    schedules = torch.optim.lr_scheduler
    schedule = getattr(schedules, path.schedule[0])(optimizer, **path.schedule[1]) if path.schedule else None
    walked = []
    for step in range(steps):
        theta.grad = torch.from_numpy(gradient(theta.detach().numpy(), step))
        if path.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_([theta], path.clip_norm)
        optimizer.step()
        walked.append(theta.detach().numpy().copy())
        if schedule is not None and (step + 1) % STEPS_PER_EPOCH == 0:
            schedule.step()
    return np.array(walked)
