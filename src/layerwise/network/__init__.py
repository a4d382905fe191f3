"""Networks: rows of layers whose parameters are one vector."""

from layerwise.network.network import Network, load
from layerwise.network.sequential import Sequential

__all__ = ["Network", "Sequential", "load"]
