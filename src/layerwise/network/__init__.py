"""Networks: rows of layers whose parameters are one vector."""

from layerwise.network.container import Container
from layerwise.network.loading import load
from layerwise.network.mlp import mlp
from layerwise.network.network import Network
from layerwise.network.parallel import Parallel
from layerwise.network.residual import Residual
from layerwise.network.sequential import Sequential
from layerwise.network.snapshot import Snapshot

__all__ = ["Container", "Network", "Parallel", "Residual", "Sequential", "Snapshot", "load", "mlp"]
