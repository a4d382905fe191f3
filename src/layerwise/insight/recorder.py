"""The recorder: a tap that keeps what flows through a network, to look at afterwards."""

from __future__ import annotations

from layerwise.tap import Tap
from layerwise.types import Array


class Recorder(Tap):
    """Keeps, by the address of each layer, its output, the gradient of the cost at it, and what the layer shows inside.

    activations: address → output, (N, ...). gradients: address → gradient at that output; filled by `backward`.
    values: address → name → value: the gates of an LSTM at every time step, the weights of attention; `parts` is an
    older word for it.
    Addresses are those of parameter names, "0", "3.1", and for the second use of a layer that stands in a network twice
    "0#1". All are copies; a further pass overwrites them. Recording changes no number of a run.

    >>> import numpy as np, layerwise as lw
    >>> net = lw.Network(lw.Linear(2, 3), lw.Tanh(), lw.Linear(3, 1))
    >>> recorder = Recorder()
    >>> y, backward = net.forward(np.ones((4, 2)), tap=recorder)
    >>> dx = backward(np.ones((4, 1)))
    >>> {address: value.shape for address, value in recorder.activations.items()}
    {'0': (4, 3), '1': (4, 3), '2': (4, 1)}
    >>> bool((recorder.gradients["1"] == net[2].weight).all())   # each hidden unit pulls as much as it is listened to
    True
    """

    def __init__(self) -> None:
        self.activations: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}
        self.values: dict[str, dict[str, Array]] = {}

    @property
    def parts(self) -> dict[str, dict[str, Array]]:
        """The same as `values`."""
        return self.values

    def activation(self, where: str, value: Array) -> None:
        """As of a `Tap`."""
        self.activations[where] = value.copy()

    def gradient(self, where: str, gradient: Array) -> None:
        """As of a `Tap`."""
        self.gradients[where] = gradient.copy()

    def value(self, where: str, name: str, value: Array) -> None:
        """As of a `Tap`."""
        self.values.setdefault(where, {})[name] = value.copy()
