"""The network: a row of layers whose parameters are one vector."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from typing import Any

import numpy as np

from layerwise import storage
from layerwise.arguments import answering
from layerwise.arrays import any_array, real_array
from layerwise.checks import one_of, require_kind, whole_number, yes_or_no
from layerwise.errors import KindError, SettingError, ShapeError, nearest
from layerwise.layers import Layer, Pass
from layerwise.layers.parameter import Vector, refuse_adopted
from layerwise.layers.pass_ import State, checked_positions, require_known
from layerwise.losses import Loss
from layerwise.memory import keep_freed_memory
from layerwise.network.looking import Looking
from layerwise.network.names import Parameters, give_addresses, named_parameters, with_buffers
from layerwise.network.sequential import Sequential
from layerwise.network.snapshot import Snapshot
from layerwise.network.spec import layers_of, rows_of
from layerwise.network.state_dict import checked_state, require_agreement
from layerwise.network.ties import tie
from layerwise.tap import Tap, checked_tap
from layerwise.types import Array, Backward

_SETTINGS = ("seed", "dtype", "ties")


class Network(Looking):
    """A row of layers that owns its parameters as one flat array, `theta`, with their gradients in `grad`.

    layers: as for `Sequential`. seed: for the first values of the weights. dtype: "float32" or "float64"; inputs are
    converted to it. Parameters are named as in `torch.nn.Sequential` of the same layers: "0.weight", "0.bias", ...
    Every weight and bias is a view into theta: changing either changes both.
    ties: names of parameters that are to be others, {"2.weight": "0.weight"}: two names and one segment of theta, with
    the first values, and the penalty, of the second name; their gradients add up. Language models tie the weight of
    their last layer to that of their embedding.
    Raises ShapeError where one layer does not fit the next, SettingError for a layer of another network.

    >>> import layerwise as lw
    >>> net = lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 1), seed=0)
    >>> net.theta.shape, net(np.zeros((5, 2))).shape
    ((33,), (5, 1))
    >>> y, backward = net.forward(np.ones((5, 2)), training=True)
    >>> dx = backward(np.ones((5, 1)))      # adds into net.grad
    >>> net.theta -= 0.1 * net.grad         # one step of gradient descent
    """

    def __init__(
        self, *layers: Layer, seed: int = 0, dtype: Any = "float32", ties: Mapping[str, str] | None = None
    ) -> None:
        keep_freed_memory()
        self.seed = whole_number("seed", seed, minimum=0)
        self.dtype = _dtype(dtype)
        self.chain = Sequential(*layers)
        self.passes = 0
        refuse_adopted(self.chain.all_parameters())
        self.ties = tie(self.chain, {} if ties is None else ties)
        give_addresses(self.chain)
        self._names = dict(named_parameters(self.chain))
        self._remembering = list(with_buffers(self.chain))
        first_names = {id(parameter): name for name, parameter in reversed(self._names.items())}
        unique = {id(parameter): parameter for parameter in self._names.values()}
        self._vector = Vector(
            list(unique.values()), [first_names[key] for key in unique], seed=self.seed, dtype=self.dtype
        )
        self._vector.owned = True
        self.chain.cast_buffers(self.dtype)

    # --- the flat arrays -----------------------------------------------------------------------------------------

    @property
    def theta(self) -> Array:
        """All parameters, (P,). Assigning copies into it, after a shape check."""
        return self._vector.theta

    @theta.setter
    def theta(self, values: Any) -> None:
        self._fill("theta", self._vector.theta, values)

    @property
    def grad(self) -> Array:
        """The gradient of the cost by theta, (P,). Assigning copies into it."""
        return self._vector.shared_grad()

    @grad.setter
    def grad(self, values: Any) -> None:
        self._fill("grad", self._vector.shared_grad(), values)

    def _fill(self, name: str, place: Array, values: Any) -> None:
        if values is place:  # what `net.theta -= step` does after it has changed the array in place
            return
        new = real_array(name, values, self.dtype)
        if new.shape != place.shape:
            raise ShapeError(f"{name} has shape {place.shape}, got values of shape {new.shape}")
        np.copyto(place, new)

    def zero_grad(self) -> None:
        """Set the gradient to 0. `backward` adds to it, so this begins every step.

        The first gradients after it are written, not added: what somebody puts in the meantime into an array that he
        got from `net.grad` before this call is lost.
        """
        self._vector.zero_grad()

    def parameters(self) -> dict[str, Array]:
        """The parameters by name, as views into theta. A shared layer appears under each of its names."""
        return Parameters((name, parameter.value) for name, parameter in self._names.items())

    def gradients(self) -> dict[str, Array]:
        """The gradients by name, as views into grad."""
        self._vector.shared_grad()
        return Parameters((name, parameter.grad) for name, parameter in self._names.items())

    def buffers(self) -> dict[str, Array]:
        """What layers remember and do not learn, by name: the running statistics of batch normalisation."""
        return {prefix + name: each for prefix, layer in self._remembering for name, each in layer.buffers.items()}

    def snapshot(self, into: Snapshot | None = None) -> Snapshot:
        """A copy of theta and the buffers. into: an older snapshot of this network, to be overwritten."""
        buffers = self.buffers()
        if into is None:
            return Snapshot(self.theta.copy(), {name: array.copy() for name, array in buffers.items()})
        np.copyto(into.theta, self.theta)
        for name, array in buffers.items():
            np.copyto(into.buffers[name], array)
        return into

    def restore(self, snapshot: Snapshot) -> None:
        """Copy a snapshot back. Nothing changes unless every name and shape fits this network."""
        self.require_own(snapshot)
        np.copyto(self.theta, snapshot.theta)
        for name, array in self.buffers().items():
            np.copyto(array, snapshot.buffers[name])

    def require_own(self, snapshot: Snapshot) -> None:
        """Refuse what is no snapshot, or one of another network."""
        require_kind("a snapshot", snapshot, Snapshot, "net.snapshot()")
        snapshot.require_layout(Snapshot(self.theta, self.buffers()))

    @property
    def decay_mask(self) -> Array:
        """1 where theta holds a weight, 0 where it holds a bias: what penalties on size apply to. (P,)"""
        mask = np.zeros_like(self.theta)
        for parameter in self._names.values():
            mask[parameter.offset : parameter.offset + parameter.size] = parameter.decays
        return mask

    # --- computing -----------------------------------------------------------------------------------------------

    def __call__(
        self, x: Any, *, tap: Tap | None = None, lengths: Any = None, mask: Any = None, state: State | None = None
    ) -> Array:
        """The output in evaluation mode; nothing is kept for a way back. The rest is as for `forward`."""
        pass_ = Pass(input_gradient=False, saves=False, tap=checked_tap(tap))
        y, _ = self._through(self._input(x), pass_, lengths, mask, state)
        return y

    def forward(
        self,
        x: Any,
        training: bool = False,
        *,
        input_gradient: bool = True,
        tap: Tap | None = None,
        seed: int | None = None,
        step: int | None = None,
        lengths: Any = None,
        mask: Any = None,
        state: State | None = None,
        taps: Tap | None = None,
    ) -> tuple[Array, Callable[[Array], Array | None]]:
        """Return the output and `backward`: dy → dx, which adds the parameter gradients into `grad`.

        x: (N, ...), one sample a row. training: whether dropout drops. input_gradient: False spares dx, which is then
        None, as it is for whole numbers, which have no neighbours to move to. dy: of the shape of the output. tap: who
        looks at what flows, see `Tap`; `taps` is an older word for it. seed, step: the address of the random masks;
        unless given, the network's seed and the number of training passes so far.
        For sequences (N, T, ...): lengths, (N,), how many leading steps of each are real; or mask, (N, T), True where a
        step is real. state: a dict, empty at first, that carries what recurrent layers remember from one call to the
        next, by address, "0", and for a layer's second place by address and use, "0#1"; each call reads it and leaves
        there what it ended with, unless it is refused. Gradients do not flow from call to call.
        `backward` reads x, theta and y where they lie, without copies, and takes them as they then are: change none of
        them before it has run (PyTorch raises an error there). `y.copy()` may be changed at any time.
        """
        batch = self._input(x)
        input_gradient = input_gradient and any_array("x", x).dtype.kind == "f"
        counted = yes_or_no("training", training) and step is None
        step = self.passes if counted else step or 0
        pass_ = Pass(training, input_gradient, self.seed if seed is None else seed, step, checked_tap(tap, taps))
        y, backward = self._through(batch, pass_, lengths, mask, state)
        self.passes += counted
        updates = pass_.after

        def checked(dy: Any) -> Array | None:
            dy = real_array("dy", dy, self.dtype)
            if dy.shape != y.shape:
                raise ShapeError(f"dy must have the shape of the output, {y.shape}, got {dy.shape}")
            while updates:  # running statistics move once, however often this is called
                updates.pop(0)()
            dx = backward(dy)
            return dx if input_gradient else None

        return y, checked

    def _through(self, x: Array, pass_: Pass, lengths: Any, mask: Any, state: Any) -> tuple[Array, Backward]:
        """Take x through the layers, with what the caller knows of the sequences (N, T, ...) in it, once it is checked.

        The caller's state changes when all has succeeded, or not at all.
        """
        if lengths is not None or mask is not None:
            pass_.lengths, pass_.mask = checked_positions(x.shape[0], x.shape[1], lengths, mask)
        if state is None:
            return self.chain.forward(x, pass_)
        require_kind("state", state, dict, "{}")
        pass_.state = state
        y, backward = self.chain.forward(x, pass_)
        require_known(state, pass_.ends)
        state.update(pass_.ends)
        return y, backward

    def backpropagate(
        self,
        x: Any,
        target: Any,
        loss: Loss,
        weight: Any = None,
        *,
        denominator: float | None = None,
        tap: Tap | None = None,
        seed: int | None = None,
        step: int | None = None,
        lengths: Any = None,
        mask: Any = None,
        state: State | None = None,
    ) -> float:
        """Go forward in training, and all the way back: return the loss, and add its gradient by theta into `grad`.

        C = loss(net(x), target), grad ← grad + ∂C/∂θ. These are the numbers of `forward`, the loss and `backward` one
        after the other, which let you see what lies between; here, a small dense network with `MSELoss` or
        `BCEWithLogitsLoss` makes the whole way in one compiled call. target, weight, denominator: as the loss
        takes them; the rest as for `forward`, and the errors of both.
        Source: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, Nature 323 (1986).

        >>> import layerwise as lw
        >>> net, optimizer = lw.Network(lw.Linear(2, 1), seed=0), lw.SGD(lr=0.03)
        >>> x, t = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0], [2.0]])
        >>> for _ in range(200):
        ...     net.zero_grad()
        ...     cost = net.backpropagate(x, t, lw.MSELoss())
        ...     optimizer.step(net.theta, net.grad)
        >>> cost < 0.01
        True
        """
        plan = self.chain.plan
        if plan is not None and tap is None and lengths is None and mask is None and state is None:
            cost = plan.backpropagate(self._input(x), target, loss, weight, denominator)
            if cost is not None:
                self.passes += step is None
                return cost
        require_kind("loss", loss, Loss, "MSELoss()")
        carried: Any = copy(state)  # which the loss may still refuse
        settings = {"tap": tap, "seed": seed, "step": step, "lengths": lengths, "mask": mask, "state": carried}
        y, backward = self.forward(x, training=True, input_gradient=False, **settings)
        cost, backward_loss = loss(y, target, weight, denominator, tap=tap)
        backward(backward_loss())
        if state is not None:
            state.update(carried)
        return cost

    @property
    def takes_indices(self) -> bool:
        """Whether x is whole numbers that stand for something (the first layer is an `Embedding`)."""
        return self.chain.takes_indices

    def _input(self, x: Any) -> Array:
        if type(x) is np.ndarray and x.dtype == self.dtype and x.ndim > 1:
            return x
        x = real_array("x", x, None if self.takes_indices else self.dtype)
        if x.ndim < 2:
            raise ShapeError(f"x must be a batch (N, ...), got shape {x.shape}", "write x[None, :] for one sample")
        return x

    # --- as a table, as a copy, as a file ------------------------------------------------------------------------

    def spec(self) -> dict[str, Any]:
        """The network as a table of names and settings, without its weights."""
        table = {"layers": rows_of(self.layers), "seed": self.seed, "dtype": str(self.dtype)}
        return {**table, "ties": dict(self.ties)} if self.ties else table

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Network:
        """The network that a table describes, with fresh weights from its seed."""
        if not isinstance(spec, Mapping):
            raise KindError(f"a network is a table with layers, seed, dtype and ties; got {spec!r}")
        unknown = set(spec) - {"layers", *_SETTINGS}
        if unknown:
            name = sorted(unknown, key=str)[0]
            raise SettingError(f"a network has no setting {name!r}.{nearest(name, ['layers', *_SETTINGS])}")
        return cls(*layers_of(spec.get("layers")), **{name: spec[name] for name in _SETTINGS if name in spec})

    def astype(self, dtype: str) -> Network:
        """A copy in another type of number, "float32" or "float64"."""
        twin = deepcopy(self)
        twin.dtype = _dtype(dtype)
        unique = list({id(parameter): parameter for parameter in twin._names.values()}.values())
        twin._vector = Vector(unique, [""] * len(unique), seed=0, dtype=twin.dtype)
        twin._vector.owned = True
        twin.chain.cast_buffers(twin.dtype)
        return twin

    def __copy__(self) -> Network:
        """A copy is always independent: two networks never share a theta."""
        return deepcopy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        twin._vector = deepcopy(self._vector, memo)  # first, so that the layers find the copy of their vector
        for name, value in self.__dict__.items():
            if name != "_vector":
                twin.__dict__[name] = deepcopy(value, memo)
        return twin

    def state_dict(self) -> dict[str, Array]:
        """Parameters and buffers by name, copied; the names of torch.nn.Sequential."""
        return {name: array.copy() for name, array in (self.parameters() | self.buffers()).items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Copy values in by name. Nothing changes unless every name and shape fits."""
        places = self.parameters() | self.buffers()
        arrays = checked_state(state, places)
        require_agreement(self._names, arrays)
        for name, array in arrays.items():
            np.copyto(places[name], array)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write weights and spec to a safetensors file, whole or not at all; `lw.load(path)` reads it."""
        storage.write(path, self.state_dict(), {"kind": "network", "network": self.spec()})


answering(Network, "network")


def _dtype(wanted: Any) -> Any:
    """float32 or float64, by name or as NumPy has it."""
    try:
        name = str(wanted) if wanted is None else np.dtype(wanted).name  # NumPy takes None for float64
    except TypeError:
        name = str(wanted)
    return np.dtype(one_of("dtype", name, ("float32", "float64")))
