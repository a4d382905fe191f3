"""What goes on in every layer over the steps of a run: sizes by RMS per number, and how the numbers are spread.

A norm grows with the number of weights, so that large layers look strong and the order of the layers is turned round.
The root of the mean square is the size of a typical number, whatever the size of the layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from layerwise.checks import whole_number
from layerwise.errors import SettingError, nearest
from layerwise.insight.recorder import Recorder
from layerwise.network.names import named_parameters
from layerwise.tap import Tap
from layerwise.training.events import Listener, Started, StepEnded
from layerwise.types import Array

SIZES = ("weight", "gradient", "update", "ratio", "activation", "signal")
"""What is recorded of each layer, see `LayerHistory`."""
_BINS = 40


def rms(values: Array) -> float:
    """The root of the mean square: the size of a typical number.

    >>> rms(np.array([3.0, -4.0])), rms(np.array([[3.0, -4.0]] * 100))
    (3.5355339059327378, 3.5355339059327378)
    """
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


@dataclass(frozen=True)
class Spread:
    """How numbers are spread at one step. edges: (B+1,), from the least to the greatest of them. counts: (B,)."""

    step: int
    edges: Array
    counts: Array


@dataclass
class LayerRecord:
    """One parameter, or one output of a layer, over time. sizes: name to numbers, one for each of the steps."""

    sizes: dict[str, list[float]] = field(default_factory=dict)
    spreads: dict[str, list[Spread]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.sizes.setdefault(name, []).append(value)


class LayerHistory(Listener):
    """Looks into one step in so many, and keeps for each layer how large and how spread its numbers are.

    every: steps from one look to the next; the first step is looked at. spreads: whether to keep histograms too, whose
    bins go from the least to the greatest number of the moment.
    steps: those that were looked at. parameters: by name, "0.weight": sizes "weight", after the step; "gradient", of
    the cost with its penalty, as the optimizer got it; "update"; "ratio", update / weight before it.
    layers: by address, "0": "activation", the output, and "signal", the gradient of the cost at it. kinds: by address,
    what stands there, "0 Linear".
    All sizes are RMS per number. A run that is resumed is recorded from there on. Watching changes no bit of the run,
    and makes the steps that are looked at slower.

    >>> import layerwise as lw
    >>> data, watch = lw.data.load("moons", n=80), LayerHistory(every=5)
    >>> net = lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 2))
    >>> history = lw.fit(net, data.train, loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(lr=0.1), epochs=4,
    ...                  batch_size=14, listeners=[watch])
    >>> watch.steps, list(watch.parameters), list(watch.layers)
    ([1, 6, 11, 16], ['0.weight', '0.bias', '2.weight', '2.bias'], ['0', '1', '2'])
    >>> ratio = watch.parameters["0.weight"].sizes["ratio"]
    >>> len(ratio), 0 < ratio[0] < 0.1
    (4, True)
    """

    def __init__(self, every: int = 10, spreads: bool = False) -> None:
        self.every = whole_number("every", every)
        self.keeps_spreads = spreads
        self.steps: list[int] = []
        self.parameters: dict[str, LayerRecord] = {}
        self.layers: dict[str, LayerRecord] = {}
        self.kinds: dict[str, str] = {}
        self._recorder: Recorder | None = None

    def started(self, event: Started) -> None:
        """As of a `Listener`."""
        for prefix, layer in event.net.chain.walk():
            address = prefix.removesuffix(".")
            self.kinds[address] = f"{address} {type(layer).__name__}"

    def tap(self, step: int) -> Tap | None:
        """As of a `Listener`."""
        self._recorder = Recorder() if (step - 1) % self.every == 0 else None
        return self._recorder

    def step_ended(self, event: StepEnded) -> None:
        """As of a `Listener`."""
        seen, self._recorder = self._recorder, None
        if seen is None:
            return
        self.steps.append(event.step)
        net = event.run.net
        gradients, change = net.gradients(), net.theta - event.before.theta
        for name, parameter in named_parameters(net.chain):
            record = self.parameters.setdefault(name, LayerRecord())
            weight, place = parameter.value, slice(parameter.offset, parameter.offset + parameter.size)
            update, before = change[place], event.before.theta[place]
            sizes = {"weight": rms(weight), "gradient": rms(gradients[name]), "update": rms(update)}
            sizes["ratio"] = sizes["update"] / rms(before) if before.any() else float("nan")
            for kind, size in sizes.items():
                record.add(kind, size)
            self._keep(record, event.step, weight=weight, gradient=gradients[name])
        for address, output in seen.activations.items():
            record = self.layers.setdefault(address, LayerRecord())
            record.add("activation", rms(output))
            signal = seen.gradients.get(address)
            record.add("signal", float("nan") if signal is None else rms(signal))
            self._keep(record, event.step, activation=output)

    def _keep(self, record: LayerRecord, step: int, **values: Array) -> None:
        if not self.keeps_spreads:
            return
        for kind, numbers in values.items():
            finite = numbers[np.isfinite(numbers)]
            if finite.size:
                counts, edges = np.histogram(finite.astype(np.float64), bins=_BINS)
                record.spreads.setdefault(kind, []).append(Spread(step, edges, counts))

    def of(self, kind: str) -> dict[str, list[float]]:
        """One kind of size for all that has it, by name: weights and not biases, or the outputs of layers.

        Raises SettingError for a kind that there is not.

        >>> LayerHistory().of("weights")
        Traceback (most recent call last):
        layerwise.errors.SettingError: kind must be one of ... Did you mean 'weight'?
        """
        if kind not in SIZES:
            known = ", ".join(map(repr, SIZES))
            raise SettingError(f"kind must be one of {known}, got {kind!r}.{nearest(kind, SIZES)}")
        if kind in ("activation", "signal"):
            return {address: record.sizes[kind] for address, record in self.layers.items()}
        named = {name: record.sizes[kind] for name, record in self.parameters.items()}
        return {name: sizes for name, sizes in named.items() if "bias" not in name.rpartition(".")[2]} or named
