"""A network that forecasts: from the last values to the next ones."""

from __future__ import annotations

import numpy as np

import layerwise as lw
from layerwise.applications.forecasting.baselines import lagged
from layerwise.types import Array


class NetworkForecaster:
    """A linear map of the last values and a small network of tanh beside it, added up.

    The linear map can do what autoregression does; the network adds what is bent, such as rising faster than falling.
    It learns the change since the last value, scaled; what lies further ahead is forecast step by step.

    lags: how many values it looks back, 9 unless given.
    hidden: units, 8 unless given.
    members: networks whose mean is the answer, each with first weights of its own; 3 unless given.
    epochs, lr, decay: of the training, by AdamW and a cosine.
    seed: of the first weights and of the order.

    >>> wave = np.sin(2 * np.pi * np.arange(80) / 8)
    >>> net = NetworkForecaster(lags=8, epochs=60)
    >>> net.fit(wave)
    >>> bool(abs(net.forecast(wave, 1)[0] - 0.0) < 0.1)
    True
    """

    name = "this network"

    def __init__(
        self, *, lags: int = 9, hidden: int = 8, members: int = 3, epochs: int = 200, lr: float = 0.01,
        decay: float = 0.1, seed: int = 0,
    ) -> None:  # fmt: skip
        self.lags, self.hidden, self.members, self.epochs = lags, hidden, members, epochs
        self.lr, self.decay, self.seed = lr, decay, seed
        self.nets: list[lw.Network] = []
        self.mean, self.scale = 0.0, 1.0

    def fit(self, values: Array) -> None:
        """Scale by what is known, and train anew."""
        self.mean, self.scale = float(values.mean()), float(values.std()) or 1.0
        x, y = lagged((values - self.mean) / self.scale, self.lags)
        part = x.astype(np.float32), (y - x[:, 0]).astype(np.float32)[:, None]
        self.nets = [self._trained(part, self.members * self.seed + member) for member in range(self.members)]

    def _trained(self, part: tuple[Array, Array], seed: int) -> lw.Network:
        bent = lw.Sequential(lw.Linear(self.lags, self.hidden), lw.Tanh(), lw.Linear(self.hidden, 1))
        net = lw.Network(lw.Parallel(lw.Linear(self.lags, 1), bent, combine="add"), seed=seed)
        lw.fit(
            net, part, loss=lw.MSELoss(), optimizer=lw.AdamW(self.lr, weight_decay=self.decay), epochs=self.epochs,
            batch_size=32, schedule=lw.CosineAnnealingLR(self.epochs), seed=seed, progress=False,
        )  # fmt: skip
        return net

    def forecast(self, values: Array, horizon: int) -> Array:
        """The mean of the members, step by step."""
        known = ((values[-self.lags :] - self.mean) / self.scale).tolist()
        for _ in range(horizon):
            x = np.array([known[: -self.lags - 1 : -1]], dtype=np.float32)
            known.append(known[-1] + float(np.mean([net(x)[0, 0] for net in self.nets])))
        return np.array(known[-horizon:]) * self.scale + self.mean
