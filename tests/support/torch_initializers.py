"""Every initializer as PyTorch draws it, from the same random numbers: so that weights can be compared one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from layerwise.initializers import initializer
from layerwise.random import generator

SHAPES = [(30, 20), (20, 30), (25, 25), (1, 7), (16, 3, 5, 5)]

TWINS: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "xavier_uniform": ("xavier_uniform", "xavier_uniform_", {}),
    "xavier_normal": ("xavier_normal", "xavier_normal_", {}),
    "he_uniform": ("he_uniform", "kaiming_uniform_", {"nonlinearity": "relu"}),
    "he_normal": ("he_normal", "kaiming_normal_", {"nonlinearity": "relu"}),
    "torch_uniform": ("torch_uniform", "kaiming_uniform_", {"a": math.sqrt(5)}),
    "orthogonal": ({"name": "orthogonal", "gain": 1.5}, "orthogonal_", {"gain": 1.5}),
    "normal": ({"name": "normal", "mean": 0.5, "std": 0.02}, "normal_", {"mean": 0.5, "std": 0.02}),
    "constant": ({"name": "constant", "value": 0.3}, "constant_", {"val": 0.3}),
    "zeros": ("zeros", "zeros_", {}),
}
"""For each of ours: how it is asked for, torch.nn.init's name, and the settings under which that one is the same."""


def both_sides(torch: Any, name: str, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Our weights and PyTorch's, float64."""
    init, twin, settings = TWINS[name]
    ours = initializer(init)(shape, generator(0, "draws", layer=name))
    tensor = scripted(torch, generator(0, "draws", layer=name)).zeros(shape)
    getattr(torch.nn.init, twin)(tensor, **settings)
    return ours, np.array(tensor.tolist())


def scripted(torch: Any, rng: np.random.Generator) -> Any:
    """Tensors that take their random numbers from `rng`: NumPy's and PyTorch's own generators never agree.

    A wide matrix to be made orthogonal is drawn tall, since PyTorch transposes it before it takes Q.
    """

    class Scripted(torch.Tensor):
        def uniform_(self, low: float = 0.0, high: float = 1.0, generator: Any = None) -> Any:
            return self.copy_(torch.from_numpy(rng.uniform(low, high, size=tuple(self.shape))))

        def normal_(self, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Any:
            wide = std == 1 and self.shape[0] < self.shape[1]
            size = tuple(self.shape[::-1] if wide else self.shape)
            drawn = torch.from_numpy(rng.normal(mean, std, size=size))
            return self.copy_(drawn.T if wide else drawn)

        @staticmethod
        def zeros(shape: tuple[int, ...]) -> Any:
            return torch.zeros(shape, dtype=torch.float64).as_subclass(Scripted)

    return Scripted
