"""The information plane over training: what each layer tells of the input and of the target, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layerwise.arrays import real_array
from layerwise.checks import positive, whole_number
from layerwise.errors import DataError, SettingError, nearest
from layerwise.insight.information import LayerInformation, layer_information
from layerwise.insight.recorder import Recorder
from layerwise.network import Network
from layerwise.training import Listener
from layerwise.training.events import EpochEnded, Started


class InformationPath(Listener):
    """Measures I(X; T) and I(T; Y) of layers at the start and after epochs, on rows of your choice.

    x: (N, ...), y: (N,), what to measure on: some hundred rows. width: of the bins, in units of the activity; see
    `layer_information`, whose numbers belong to the bins as much as to the network. layers: addresses, such as "1" for
    the second layer of the chain; unless given, every one of the chain that has no parameters, such as activations, and
    the last. every: so many epochs.
    points: address → one `LayerInformation` for each time. epochs: the times, 0 is the start.

    >>> import numpy as np, layerwise as lw
    >>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> path = InformationPath(x, [0, 1, 1, 0], width=0.5)
    >>> history = lw.fit(lw.mlp(2, 4, 2, activation="tanh"), (x, np.array([0, 1, 1, 0])), epochs=100,
    ...                  loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.1), listeners=[path])
    >>> list(path.points), round(path.points["1"][-1].target_bits, 3)      # XOR is one bit
    (['1', '2'], 1.0)
    """

    def __init__(self, x: Any, y: Any, *, width: float, layers: Sequence[str] | None = None, every: int = 1) -> None:
        self.x, self.y = real_array("x", x), y
        if self.x.ndim < 2 or not len(self.x):
            raise DataError(f"x must be rows to measure on, (N, ...); got shape {self.x.shape}")
        self.width = positive("width", width)
        self.every = whole_number("every", every)
        self.layers = None if layers is None else [str(each) for each in layers]
        self.points: dict[str, list[LayerInformation]] = {}
        self.epochs: list[int] = []

    def started(self, event: Started) -> None:
        """The first point; after going back, what was left is forgotten."""
        kept = sum(epoch < event.epoch for epoch in self.epochs)
        self.epochs = self.epochs[:kept]
        self.points = {address: found[:kept] for address, found in self.points.items()}
        self._measure(event.net, event.epoch)

    def epoch_ended(self, event: EpochEnded) -> None:
        """A point, every so many epochs."""
        if event.epoch % self.every == 0:
            self._measure(event.net, event.epoch)

    def _measure(self, net: Network, epoch: int) -> None:
        recorder = Recorder()
        net(self.x, tap=recorder)
        chosen = _usual(net) if self.layers is None else self.layers
        for address in chosen:
            if address not in recorder.activations:
                raise SettingError(f"there is no layer at {address!r}.{nearest(address, recorder.activations)}")
            found = layer_information(self.x, recorder.activations[address], self.y, width=self.width)
            self.points.setdefault(address, []).append(found)
        self.epochs.append(epoch)


def _usual(net: Network) -> list[str]:
    last = len(net.layers) - 1
    return [str(place) for place, layer in enumerate(net.layers) if place == last or not layer.parameters]
