"""Layerwise: a neural-network library that is its own textbook.

    import layerwise as lw

    data = lw.data.load("digits")
    net = lw.Network(lw.Linear(64, 64), lw.ReLU(), lw.Linear(64, 10))
    history = lw.fit(net, data.train, loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(), validation=data.validation)

Public names are loaded at their first use, so that importing costs little more than NumPy.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "layerwise.layers": "AdaptiveAvgPool2d AvgPool2d BatchNorm1d BatchNorm2d Conv1d Conv2d Dropout ELU Embedding "
    "Flatten GELU GRU Identity LSTM Layer LayerNorm LeakyReLU Linear LogSoftmax MaxPool2d MultiheadAttention "
    "PositionalEmbedding RMSNorm RNN ReLU Select SiLU Sigmoid SinusoidalPositions Softmax Softplus Tanh",
    "layerwise.losses": "BCELoss BCEWithLogitsLoss CrossEntropyLoss ElementwiseLoss HuberLoss L1Loss LabelLoss Loss "
    "MSELoss NLLLoss",
    "layerwise.regularizers": "L1 L2 Regularizer",
    "layerwise.optimizers": "SGD Adagrad Adam AdamW GradientDescent Momentum Optimizer RMSprop",
    "layerwise.schedules": "ChainedScheduler CosineAnnealingLR CosineAnnealingWarmRestarts ExponentialLR LinearLR "
    "MultiStepLR OneCycleLR Schedule SequentialLR StepLR",
    "layerwise.network": "Network Parallel Residual Sequential load mlp",
    "layerwise.training": "EarlyStopping History Listener Run find_lr first_non_finite fit",
    "layerwise.insight": "gradcheck",
    "layerwise.insight.doctor": "Doctor doctor",
    "layerwise.insight.explain": "explain",
    "layerwise.comparison": "compare",
    "layerwise.tap": "Tap",
    "layerwise.tuning": "tune",
    "layerwise.compiled": "use_compiled",
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names.split()}
_MODULES = {"data", "errors", "formulas", "initializers", "layers", "losses", "metrics", "optimizers", "schedules"}
_MODULES |= {
    "applications",
    "autograd",
    "cli",
    "comparison",
    "compiled",
    "course",
    "insight",
    "models",
    "network",
    "plots",
    "random",
    "regularizers",
    "report",
    "runs",
    "storage",
    "tap",
    "training",
    "tuning",
}

__all__ = [*sorted(_HOME_OF), *sorted(_MODULES)]


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        value = getattr(importlib.import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return importlib.import_module(f"layerwise.{name}")
    from layerwise.errors import nearest

    raise AttributeError(f"layerwise has no {name!r}.{nearest(name, [*_HOME_OF, *_MODULES])}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
