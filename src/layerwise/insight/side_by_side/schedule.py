"""What a schedule buys, with the same first rate and the same number of updates."""

from __future__ import annotations

from collections.abc import Mapping

from layerwise.checks import positive, require_kind, whole_number
from layerwise.data import Dataset, load
from layerwise.errors import KindError
from layerwise.insight.side_by_side.learning_rate import WORSE
from layerwise.insight.side_by_side.result import Arm, SideBySide, best_of, brief, losses_by_epoch
from layerwise.insight.side_by_side.trial import Trial, arms_of, last_loss, task, trial
from layerwise.network import mlp
from layerwise.optimizers import SGD
from layerwise.schedules import CosineAnnealingLR, LinearLR, Schedule, SequentialLR, StepLR

CONSTANT = "constant"


def schedules(
    chosen: Mapping[str, Schedule | None] | None = None,
    *,
    data: str | Dataset | None = None,
    lr: float = 0.1,
    momentum: float = 0.9,
    epochs: int = 40,
    batch_size: int = 8,
    seeds: int = 5,
) -> SideBySide:
    """Train with a rate that stays, and with rates that fall, from one first rate.

    chosen: schedules by name, None for a rate that stays; unless given, constant, steps, cosine, and a warm-up before
    the cosine. data: by name, or a dataset of rows of numbers; unless given, moons with noise 0.2, where small batches
    disagree. lr, momentum: of SGD. The number that decides is the loss on the training rows after the last epoch.
    """
    lr, epochs = positive("lr", lr), whole_number("epochs", epochs, minimum=4)
    chosen = usual_schedules(epochs) if chosen is None else chosen
    if not isinstance(chosen, Mapping) or len(chosen) < 2:
        raise KindError(f"chosen must be a table of two schedules or more by name, got {chosen!r:.60}")
    for name, schedule in chosen.items():
        require_kind(f"schedule {name!r}", schedule, Schedule, "lw.StepLR(10)", optional=True)
    learnt = task(load("moons", noise=0.2) if data is None else data)
    by_name = dict(chosen)

    def run(name: str, seed: int) -> Trial:
        net, optimizer = mlp(learnt.inputs, 16, 16, learnt.outputs, activation="tanh", seed=seed), SGD(lr, momentum)
        return trial(
            net, learnt, optimizer, epochs=epochs, batch_size=batch_size, seed=seed, schedule=by_name[name]
        )  # fmt: skip

    arms = arms_of(by_name, str, run, last_loss, seeds)
    return losses_by_epoch(f"What a schedule buys, from rate {lr:g}", arms, epochs, _verdict(arms))


def usual_schedules(epochs: int) -> dict[str, Schedule | None]:
    """A rate that stays, and three that fall, each over this many epochs."""
    warm = max(1, epochs // 10)
    return {
        CONSTANT: None,
        "step": StepLR(max(1, epochs // 3)),
        "cosine": CosineAnnealingLR(T_max=epochs),
        "warm-up, cosine": SequentialLR(
            [LinearLR(0.1, total_iters=warm), CosineAnnealingLR(T_max=max(1, epochs - warm))], milestones=[warm]
        ),
    }


def _verdict(arms: tuple[Arm, ...]) -> str:
    best = best_of(arms)
    first = next((each for each in arms if each.name == CONSTANT), arms[0])
    if first is best:
        return f"No schedule does better here than {first.name}, which ends at {brief(first.median)}."
    seeds, wins, ratio = len(best.numbers), best.wins(first), first.median / best.median
    gain = f"a loss of {brief(best.median)} instead of {brief(first.median)}, lower in {wins} of {seeds} seeds"
    told = [f"The schedule {best.name!r} buys {gain}{'' if ratio > WORSE else ', which is not much'}."]
    worse = [each for each in arms if each not in (best, first) and each.median > first.median]
    if worse:
        told.append(f"Worse than {first.name}: {', '.join(f'{each.name} ({brief(each.median)})' for each in worse)}.")
    return " ".join(told)
