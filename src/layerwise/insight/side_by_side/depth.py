"""Depth against width, at equally many parameters."""

from __future__ import annotations

from collections.abc import Sequence

from layerwise.checks import positive, whole_number, whole_numbers
from layerwise.data import Dataset, load
from layerwise.errors import SettingError
from layerwise.insight.side_by_side.learning_rate import WORSE
from layerwise.insight.side_by_side.result import Arm, SideBySide, best_of, brief, losses_by_epoch
from layerwise.insight.side_by_side.trial import Trial, arms_of, last_loss, task, trial
from layerwise.network import Network, mlp
from layerwise.optimizers import Adam


def depth_and_width(
    depths: Sequence[int] = (1, 3, 16),
    *,
    parameters: int = 600,
    data: str | Dataset | None = None,
    activation: str = "relu",
    lr: float = 0.01,
    epochs: int = 40,
    batch_size: int = 32,
    seeds: int = 5,
) -> SideBySide:
    """Spend the same number of parameters on one wide hidden layer, on a few, or on many narrow ones.

    depths: numbers of hidden layers, two or more. parameters: of each network, as nearly as whole widths allow. data:
    by name, or a dataset of rows of numbers; unless given, a spiral of 1,000 points. Adam at `lr`. The number that
    decides is the loss on the training rows after the last epoch: what a network can learn in that time, whatever it is
    good for. A few layers beat one on the spiral, and many lose: too narrow for the signal to come through.
    """
    depths = tuple(sorted(set(whole_numbers("depths", depths))))
    if len(depths) < 2:
        raise SettingError(f"depths must be two different ones or more, got {list(depths)}")
    parameters, epochs = whole_number("parameters", parameters), whole_number("epochs", epochs)
    lr, learnt = positive("lr", lr), task(load("spiral", n=1000) if data is None else data)

    def network(depth: int, seed: int) -> Network:
        width = width_for(depth, parameters, learnt.inputs, learnt.outputs)
        return mlp(learnt.inputs, *[width] * depth, learnt.outputs, activation=activation, seed=seed)

    def run(depth: int, seed: int) -> Trial:
        net = network(depth, seed)
        return trial(net, learnt, Adam(lr=lr), epochs=epochs, batch_size=batch_size, seed=seed)

    sizes = {depth: network(depth, 0).theta.size for depth in depths}
    names = {depth: _name(depth, width_for(depth, parameters, learnt.inputs, learnt.outputs)) for depth in depths}
    arms = arms_of(depths, names.__getitem__, run, last_loss, seeds)
    return losses_by_epoch(
        f"Depth against width, about {parameters:,} parameters each",
        arms,
        epochs,
        _verdict(arms, epochs),
        evidence={f"parameters of {names[depth]}": float(size) for depth, size in sizes.items()},
    )


def width_for(depth: int, parameters: int, inputs: int, outputs: int) -> int:
    """The width of `depth` equal hidden layers that comes nearest to so many parameters.

    >>> width_for(1, 600, 2, 2), width_for(3, 600, 2, 2)
    (120, 16)
    """

    def size(width: int) -> int:
        return (inputs + 1) * width + (depth - 1) * (width + 1) * width + (width + 1) * outputs

    width = 1
    while size(width + 1) <= parameters:
        width += 1
    return min((width, width + 1), key=lambda each: abs(size(each) - parameters))


def _name(depth: int, width: int) -> str:
    return f"{depth} layer{'s'[: depth != 1]} of {width}"


def _verdict(arms: tuple[Arm, ...], epochs: int) -> str:
    best = best_of(arms)
    told = [f"{_does(best, 'learn')} most: after {epochs} epochs the loss is {brief(best.median)}."]
    for place, each in enumerate(arms):
        if each is best:
            continue
        found = f"{_does(each, 'end')} at {brief(each.median)}"
        if each.median <= WORSE * best.median:
            told.append(f"{found}, about the same.")
            continue
        seeds = f"in {best.wins(each)} of {len(each.numbers)} seeds"
        told.append(f"{found}: here {'depth wins' if place < arms.index(best) else 'more depth loses'}, {seeds}.")
    return " ".join(told)


def _does(each: Arm, verb: str) -> str:
    """The arm and its verb, of one layer or of several."""
    return f"{each.name} {verb}{'s' if each.name.startswith('1 ') else ''}"
