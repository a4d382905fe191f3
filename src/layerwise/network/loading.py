"""Reading a network from the file that it was written to."""

from __future__ import annotations

import os
from collections.abc import Mapping

from layerwise import storage
from layerwise.errors import FileError
from layerwise.network.names import named_buffers, named_parameters
from layerwise.network.network import Network
from layerwise.network.sequential import Sequential
from layerwise.network.spec import layers_of


def load(path: str | os.PathLike[str]) -> Network:
    """Read a network that `net.save` or a training run wrote. Nothing in the file is executed.

    Raises FileError for a missing, damaged, newer or foreign file. Weights of another tool are plain safetensors: read
    them with `lw.storage.read(path).arrays` and pass them to `net.load_state_dict`.

    >>> import tempfile
    >>> import layerwise as lw
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lw.Network(lw.Linear(2, 1)).save(f"{folder}/net.safetensors")
    ...     load(f"{folder}/net.safetensors")
    Network(Linear(2, 1), seed=0, dtype='float32')
    """
    stored = storage.read(path)
    spec = stored.header.get("network") if isinstance(stored.header, dict) else None
    if not stored.checked or not isinstance(spec, Mapping):
        raise FileError(
            f"{path} holds arrays but no network of Layerwise: build the network, then "
            "net.load_state_dict(lw.storage.read(path).arrays)"
        )
    arrays = {name: array for name, array in stored.arrays.items() if not name.startswith("training/")}
    # Before anything is allocated: a small file may describe a huge network.
    chain = Sequential(*layers_of(spec.get("layers")))
    layout = {name: each.shape for named in (named_parameters, named_buffers) for name, each in named(chain)}
    if layout != {name: array.shape for name, array in arrays.items()}:
        raise FileError(f"{path} is not whole: its arrays are not those of the network that its header describes")
    net = Network.from_spec(spec)
    net.load_state_dict(arrays)
    return net
