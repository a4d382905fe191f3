"""Which network an optimizer's state belongs to: velocities and moments of one network mislead another."""

from __future__ import annotations

import weakref

from layerwise.errors import SettingError
from layerwise.network import Network
from layerwise.optimizers import Optimizer

_network_of: weakref.WeakKeyDictionary[Optimizer, weakref.ref[Network]] = weakref.WeakKeyDictionary()


def require_own(optimizer: Optimizer, net: Network) -> None:
    """Refuse an optimizer that has learnt about another network, as far as it remembers anything."""
    known = _network_of.get(optimizer)
    if known is None or known() is net or not any(array.any() for array in optimizer.state.values()):
        return
    raise SettingError(
        f"{optimizer!r} has made {optimizer.t} steps on another network, and what it remembers belongs to that one: "
        "make a new optimizer; or if this network goes on where the other was, load its state_dict() into a new one"
    )


def adopt(optimizer: Optimizer, net: Network) -> None:
    """From now on the optimizer's state belongs to this network."""
    _network_of[optimizer] = weakref.ref(net)


def claim(optimizer: Optimizer, net: Network) -> None:
    """Take the optimizer for this network, before it is used: another run may have taken it in the meantime."""
    require_own(optimizer, net)
    adopt(optimizer, net)
