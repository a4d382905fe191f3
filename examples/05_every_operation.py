"""Every operation of a residual network, forward and back: where, which formula, its source lines and their numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import layerwise as lw
from layerwise.formulas import traced


class Operations(lw.Tap):
    """Runs each formula once more, line by line, on the very numbers of the step; the step itself stays as it is."""

    operations = True

    def __init__(self) -> None:
        self.backward: dict[lw.tap.Call, object] = {}

    def operation(self, call):
        (_, self.backward[call]), lines = traced(call.formula, call.formula, *call.arguments, **call.keywords)
        show(call, "forward", lines)

    def operation_backward(self, call, upstream, gradients):
        _, lines = traced(call.formula, self.backward[call], *upstream)
        show(call, "backward", lines)


def show(call, phase, lines):
    """One operation: a title, and under it each line with the numbers that it made."""
    file = "/".join(Path(call.formula.__code__.co_filename).parts[-2:])
    print(f"\n{call.where}  {call.formula.__name__}, {phase}")
    for line in lines:
        print(f"  {file}:{line.number}  {line.text}")
        for name, value in line.values.items():
            print(f"      {name} = {np.array2string(np.asarray(value), precision=4, prefix=' ' * (9 + len(name)))}")


def main():
    """One step of training: linear, x + f(x) with layer normalisation, and cross-entropy."""
    block = lw.Residual(lw.LayerNorm(3), lw.Linear(3, 3), lw.Tanh())
    net = lw.Network(lw.Linear(2, 3), block, lw.Linear(3, 2), seed=0, dtype="float64")
    x, labels = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0, 1])
    cost = net.backpropagate(x, labels, lw.CrossEntropyLoss(), tap=Operations())
    print(f"\nthe cost is {cost:.6f}, and the length of its gradient {np.linalg.norm(net.grad):.6f}")


if __name__ == "__main__":
    main()
