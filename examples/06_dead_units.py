"""A listener that names dead units while a network trains: ReLUs that answer 0 to every sample of a batch."""

import numpy as np

import layerwise as lw
from layerwise.training import Noticed


class DeadUnits(lw.Listener, lw.Tap):
    def tap(self, step):
        self.dead = {}
        return self if step % 10 == 0 else None

    def activation(self, where, value):
        self.dead[where] = np.flatnonzero((value <= 0).all(axis=0)).tolist()

    def step_ended(self, event):
        dead = {at: units for at, units in self.dead.items() if units and isinstance(event.run.net[int(at)], lw.ReLU)}
        return Noticed(event.step, dead) if dead else None

    def noticed(self, event):
        print(f"step {event.step}: dead units, by the address of their layer: {event.finding}")


if __name__ == "__main__":
    data = lw.data.load("moons")
    net = lw.Network(lw.Linear(2, 8), lw.ReLU(), lw.Linear(8, 2))
    net[0].bias = [-9, 0, 0, -9, 0, 0, 0, 0]  # two units that nothing reaches
    lw.fit(net, data.train, loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(0.1), epochs=3, listeners=[DeadUnits()])
