"""The 200-step paths on which optimizers are compared with PyTorch: live, and from golden arrays.

One bumpy, badly scaled valley; the same start and the same noise for both. Each path is a row: our optimizer, torch's
by name and settings, a schedule by name, bounds on the gradient, and whether the last elements, the biases, are spared
from decay (for torch: two groups of parameters).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import layerwise as lw
from layerwise.optimizers import Optimizer, clip_by_norm, clip_by_value
from layerwise.random import generator

GOLDEN = Path(__file__).parents[1] / "golden" / "optimizer_paths.npz"
STEPS, KEPT, SIZE = 200, 20, 6
STEPS_PER_EPOCH = 10
WEIGHTS = 4
MASK = (np.arange(SIZE) < WEIGHTS).astype(float)


class Route(NamedTuple):
    """rtol: what float64 paths may differ by after 200 steps (promise P3)."""

    make: Callable[[], Optimizer]
    torch: tuple[str, dict[str, Any]]
    rtol: float = 1e-9
    schedule: tuple[str, dict[str, Any]] | None = None
    clip_norm: float | None = None
    clip_value: float | None = None
    spared: bool = False


def _sgd(**settings: Any) -> Route:
    return Route(lambda: lw.SGD(**settings), ("SGD", settings))


def _adam(**settings: Any) -> Route:
    return _adaptive("Adam", **settings)


def _adaptive(name: str, **settings: Any) -> Route:
    return Route(lambda: getattr(lw, name)(**settings), (name, settings), rtol=1e-7)


def _spared(name: str, **settings: Any) -> Route:
    """Decay for the weights alone."""
    make = lambda: getattr(lw, name)(**settings, decay="weights")  # noqa: E731
    return Route(make, (name, settings), rtol=1e-9 if name == "SGD" else 1e-7, spared=True)


_STEP = ("StepLR", {"step_size": 4, "gamma": 0.5})
_EXPONENTIAL = ("ExponentialLR", {"gamma": 0.9})
_COSINE = ("CosineAnnealingLR", {"T_max": 20, "eta_min": 0.0005})
_WARM_UP = ("LinearLR", {"start_factor": 0.1, "total_iters": 8})
_RESTARTS = ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2})

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
    "SGD-clipped-by-value": _sgd(lr=0.02, momentum=0.9)._replace(clip_value=0.7),
    "SGD-warm-up": _sgd(lr=0.02, momentum=0.9)._replace(schedule=_WARM_UP),
    "SGD-spared": _spared("SGD", lr=0.02, momentum=0.8, weight_decay=0.5, nesterov=True),
    "Adagrad": _adaptive("Adagrad", lr=0.1),
    "Adagrad-defaults": _adaptive("Adagrad"),
    "Adagrad-lr-decay": _adaptive("Adagrad", lr=0.1, lr_decay=0.05),
    "Adagrad-start": _adaptive("Adagrad", lr=0.1, initial_accumulator_value=2.0),
    "Adagrad-eps": _adaptive("Adagrad", lr=0.1, eps=0.5),
    "Adagrad-weight-decay": _adaptive("Adagrad", lr=0.1, weight_decay=0.3),
    "Adagrad-everything": _adaptive(
        "Adagrad", lr=0.1, lr_decay=0.01, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-3
    )._replace(clip_value=2.0, schedule=_STEP),
    "Adagrad-spared": _spared("Adagrad", lr=0.1, weight_decay=0.5),
    "RMSprop": _adaptive("RMSprop", lr=0.02),
    "RMSprop-defaults": _adaptive("RMSprop"),
    "RMSprop-alpha": _adaptive("RMSprop", lr=0.01, alpha=0.9),
    "RMSprop-alpha-0": _adaptive("RMSprop", lr=0.02, alpha=0.0),
    "RMSprop-eps": _adaptive("RMSprop", lr=0.01, eps=0.1),
    "RMSprop-weight-decay": _adaptive("RMSprop", lr=0.01, weight_decay=0.1),
    "RMSprop-momentum": _adaptive("RMSprop", lr=0.005, momentum=0.9),
    "RMSprop-centered": _adaptive("RMSprop", lr=0.005, centered=True),
    "RMSprop-everything": _adaptive(
        "RMSprop", lr=0.002, alpha=0.95, eps=1e-3, weight_decay=0.05, momentum=0.8, centered=True
    )._replace(clip_norm=1.0, schedule=_WARM_UP),
    "RMSprop-spared": _spared("RMSprop", lr=0.01, weight_decay=0.5),
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
    "Adam-restarts": _adam(lr=0.02)._replace(schedule=_RESTARTS, clip_value=1.0),
    "Adam-spared": _spared("Adam", lr=0.01, weight_decay=0.5),
    "AdamW": _adaptive("AdamW", lr=0.01),
    "AdamW-defaults": _adaptive("AdamW"),
    "AdamW-no-decay": _adaptive("AdamW", lr=0.01, weight_decay=0.0),
    "AdamW-strong": _adaptive("AdamW", lr=0.02, weight_decay=2.0),
    "AdamW-everything": _adaptive("AdamW", lr=0.02, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.5)._replace(
        clip_norm=1.0, clip_value=0.6, schedule=_WARM_UP
    ),
    "AdamW-spared": _spared("AdamW", lr=0.01, weight_decay=1.0),
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
        if path.clip_value is not None:
            clip_by_value(grad, path.clip_value)
        if path.clip_norm is not None:
            clip_by_norm(grad, path.clip_norm)
        lr = schedule(optimizer.lr, step // STEPS_PER_EPOCH) if schedule else None
        optimizer.step(theta, grad, lr, MASK if path.spared else None)
        walked.append(theta.copy())
    return np.array(walked)


def torchs(torch: Any, path: Route, steps: int = STEPS, dtype: type = np.float64) -> np.ndarray:
    """The same as PyTorch walks: weights and biases are two tensors."""
    parts = [torch.from_numpy(part).requires_grad_() for part in np.split(start(dtype), [WEIGHTS])]
    name, settings = path.torch
    biases = {"params": parts[1], **({"weight_decay": 0.0} if path.spared else {})}
    optimizer = getattr(torch.optim, name)([{"params": parts[0]}, biases], **settings)
    schedules = torch.optim.lr_scheduler
    schedule = getattr(schedules, path.schedule[0])(optimizer, **path.schedule[1]) if path.schedule else None
    walked = []
    for step in range(steps):
        theta = np.concatenate([part.detach().numpy() for part in parts])
        for part, grad in zip(parts, np.split(gradient(theta, step), [WEIGHTS]), strict=True):
            part.grad = torch.from_numpy(grad)
        if path.clip_value is not None:
            torch.nn.utils.clip_grad_value_(parts, path.clip_value)
        if path.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(parts, path.clip_norm)
        optimizer.step()
        walked.append(np.concatenate([part.detach().numpy() for part in parts]))
        if schedule is not None and (step + 1) % STEPS_PER_EPOCH == 0:
            schedule.step()
    return np.array(walked)
