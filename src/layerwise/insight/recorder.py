"""The recorder: a tap that keeps what flows through a network, to look at afterwards."""

from __future__ import annotations

from layerwise.types import Array


class Recorder:
    """Keeps, by the address of each layer, its output, the gradient of the cost at it, and what the layer shows inside.

    activations: address → output, (N, ...). gradients: address → gradient at that output; filled by `backward`.
    parts: address → name → value: the gates of an LSTM at every time step, the weights of attention.
    Addresses are those of parameter names: "0", "3.1". All are copies; a further pass overwrites them, and so does the
    second use of a layer that stands in a network twice. Recording changes no number of a run.

    >>> import numpy as np, layerwise as lw
    >>> net = lw.Network(lw.Linear(2, 3), lw.Tanh(), lw.Linear(3, 1))
    >>> recorder = Recorder()
    >>> y, backward = net.forward(np.ones((4, 2)), taps=recorder)
    >>> dx = backward(np.ones((4, 1)))
    >>> {address: value.shape for address, value in recorder.activations.items()}
    {'0': (4, 3), '1': (4, 3), '2': (4, 1)}
    >>> bool((recorder.gradients["1"] == net[2].weight).all())   # each hidden unit pulls as much as it is listened to
    True
    """

    def __init__(self) -> None:
        self.activations: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}
        self.parts: dict[str, dict[str, Array]] = {}

    def activation(self, address: str, value: Array) -> None:
        """As of a `Tap`."""
        self.activations[address] = value.copy()

    def gradient(self, address: str, gradient: Array) -> None:
        """As of a `Tap`."""
        self.gradients[address] = gradient.copy()

    def part(self, address: str, name: str, value: Array) -> None:
        """As of a `Tap`."""
        self.parts.setdefault(address, {})[name] = value.copy()
