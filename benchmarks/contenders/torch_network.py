"""The workloads' networks in PyTorch: `torch.nn`'s own modules, and small ones where it has none that fits.

Measured on a busy machine, the least of several rounds, milliseconds a step: images with channels last in memory 7.3 on
W3, with channels first 8.8; attention by `scaled_dot_product_attention` 9.7 on W5, written out 11.8.
"""

from __future__ import annotations

from typing import Any

from benchmarks.rows import built
from benchmarks.workloads import Workload
from layerwise.types import Array


def network(torch: Any, workload: Workload, weights: dict[str, Array]) -> tuple[Any, Any]:
    """The workload's layers as `torch.nn.Sequential`, at the given weights, and its loss."""
    own = _modules(torch)
    net = torch.nn.Sequential(
        *(built(row, lambda name: own.get(name) or getattr(torch.nn, name)) for row in workload.layers)
    )
    net.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in weights.items()})
    return net.to(memory_format=torch.channels_last), _loss(torch, workload)


def _loss(torch: Any, workload: Workload) -> Any:
    """The loss; the classes of a sequence's steps lie side by side, as torch wants them, without a copy."""
    loss = getattr(torch.nn, workload.loss)()
    return lambda y, t: loss(y.flatten(0, 1), t.flatten()) if t.ndim > 1 and y.ndim > 2 else loss(y, t)


def _modules(torch: Any) -> dict[str, Any]:
    functional = torch.nn.functional

    class Residual(torch.nn.Sequential):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            return x + super().forward(x)

    class PositionalEmbedding(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, max_length: int, embedding_dim: int) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.empty(max_length, embedding_dim))

        def forward(self, x: Any) -> Any:
            return x + self.weight[: x.shape[1]]

    class LSTM(torch.nn.LSTM):  # type: ignore[misc]
        def __init__(self, input_size: int, hidden_size: int) -> None:
            super().__init__(input_size, hidden_size, batch_first=True)

        def forward(self, x: Any) -> Any:
            return super().forward(x)[0]

    class MultiheadAttention(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, embed_dim: int, num_heads: int, causal: bool) -> None:
            super().__init__()
            D, self.heads, self.causal = embed_dim, num_heads, causal
            self.in_proj_weight = torch.nn.Parameter(torch.empty(3 * D, D))
            self.in_proj_bias = torch.nn.Parameter(torch.empty(3 * D))
            self.out_proj = torch.nn.Linear(D, D)

        def forward(self, x: Any) -> Any:
            N, T, D = x.shape
            mixed = functional.linear(x, self.in_proj_weight, self.in_proj_bias)
            q, k, v = mixed.view(N, T, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            y = functional.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
            return self.out_proj(y.transpose(1, 2).reshape(N, T, D))

    made = (Residual, PositionalEmbedding, LSTM, MultiheadAttention)
    return {each.__name__: each for each in made}
