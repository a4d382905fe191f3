"""What a search for settings found, as lines for a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from layerwise.report.look import Look
from layerwise.tuning import Trial, Tuned
from layerwise.tuning.plan import Plan

_SHOWN = 5


def plan_in_words(plan: Plan) -> str:
    """How the work is shared out, in a sentence.

    >>> plan_in_words(Plan("halving", 9, 9))
    '9 settings: 9 for 1 epoch, the best 3 of them up to 3 epochs, the best 1 up to 9; 21 epochs in all'
    >>> plan_in_words(Plan("random", 5, 30))
    '5 settings, 30 epochs each; 150 epochs in all'
    """
    (first, epochs), *later = plan.rounds
    if not later:
        return f"{first} settings, {epochs} epochs each; {plan.work:,} epochs in all"
    rounds = [f"the best {trials} up to {until}" for trials, until in later]
    rounds[0] = rounds[0].replace(" up", " of them up") + " epochs"
    plural = "s" * (epochs != 1)
    return (
        f"{plan.trials} settings: {first} for {epochs} epoch{plural}, {', '.join(rounds)}; {plan.work:,} epochs in all"
    )


def tuned_lines(tuned: Tuned, look: Look) -> Iterator[str]:
    """The best trials, how many failed and why, and what the search can not say."""
    ranked = ranking(tuned.trials)
    if not ranked:
        yield "no trial came to an end"
    else:
        quantity = ranked[0].accuracy is None
        heads = ["", "settings", "epochs", "loss", *([] if quantity else ["accuracy"])]
        rows = [
            [look.bold(head) for head in heads],
            *(_row(place, each) for place, each in enumerate(ranked[:_SHOWN], 1)),
        ]
        yield from look.table(rows, right=[0, 2, 3, 4] if not quantity else [0, 2, 3])
        yield from look.wrapped("loss and accuracy are those of the validation part", "  ")
    yield from failures(tuned.trials, look)


def ranking(trials: Sequence[Trial]) -> list[Trial]:
    """Those that were trained longest first, and among equals the least loss first."""
    whole = [each for each in trials if each.epochs and not each.failure]
    return sorted(whole, key=lambda each: (-each.epochs, each.loss, each.number))


def failures(trials: Sequence[Trial], look: Look) -> Iterator[str]:
    """How many failed, and the first reason."""
    failed = [each for each in trials if each.failure]
    if failed:
        first = f"{settings_in_words(failed[0])}: {failed[0].failure}"
        yield from look.wrapped(f"{len(failed)} of {len(trials)} failed, such as {first}", "  ")


def settings_in_words(trial: Trial) -> str:
    """The settings of a trial in a line."""
    return " ".join(f"{name}={value}" for name, value in trial.settings.items())


def going_on(tuned: Tuned) -> str:
    """The command that goes on with a search."""
    return shlex.join(["layerwise", "tune", "--resume", str(tuned.folder)])


def _row(place: int, trial: Trial) -> list[str]:
    accuracy = [] if trial.accuracy is None else [f"{100 * trial.accuracy:.1f} %"]
    return [f"{place}", settings_in_words(trial), f"{trial.epochs}", f"{trial.loss:.4f}", *accuracy]
