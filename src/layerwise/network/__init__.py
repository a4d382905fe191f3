"""Networks: rows of layers whose parameters are one vector."""

from layerwise.network.mlp import mlp
from layerwise.network.network import Network, load
from layerwise.network.sequential import Sequential
from layerwise.network.snapshot import Snapshot

__all__ = ["Network", "Sequential", "Snapshot", "load", "mlp"]
