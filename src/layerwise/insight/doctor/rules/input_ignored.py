"""The answer does not depend on the input: what comes in is lost on its way."""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.examination import Examination, quiet
from layerwise.insight.doctor.finding import Confirmation, Cure, Evidence, Finding
from layerwise.insight.doctor.probes.answers import difference, spread
from layerwise.insight.doctor.rule import Rule
from layerwise.network import Network
from layerwise.types import Array

_SAME = 1e-12
ROWS = 24


def find(examination: Examination) -> Finding | None:
    x = examination.x
    if len(x) < 4:
        return None
    if (x == x[:1]).all():
        return _finding(
            examination,
            "All rows of the input are equal, so that every row gets the same answer.",
            "the data: x",
            Cure("look at how x is made: whole numbers divided by whole numbers, or a column that was overwritten"),
        )
    if spread(examination.output) > 1e3 * _SAME:
        return _of_steps(examination)
    net = examination.start.astype("float64")  # in which a signal that fades through many layers is still there
    if spread(quiet(lambda: net(x))) > _SAME:
        return None
    place = where_it_is_lost(net, x)
    if place is None:
        return None
    layer, why = place
    if why != "ignored":
        return None  # dead units, equal weights and softmax of one have rules of their own
    return _finding(
        examination,
        f"Every row gets the same answer: what {layer} is given differs from row to row, and what it gives does not.",
        f"layer {layer}",
        Cure(
            "compute the output of this layer from x: look for a constant, a mask that hides all, a state in its place"
        ),
    )


def _of_steps(examination: Examination) -> Finding | None:
    """Steps of a sequence that the answer does not depend on at all, in a run that is behind."""
    net, x = examination.start, np.array(examination.x[:ROWS])
    is_sequence = (x.ndim == 2 and net.takes_indices) or x.ndim == 3
    if not is_sequence or x.shape[1] < 4 or not examination.is_behind or examination.randomness > 0:
        return None
    plain, ignored = _answer(net, x), []
    if plain.ndim != 2:
        return None
    for step in range(x.shape[1]):
        other = x.copy()
        other[:, step] = np.roll(x[:, step], 1, axis=0)
        if not (other[:, step] == x[:, step]).all() and difference(_answer(net, other), plain) == 0:
            ignored.append(step)
    share = len(ignored) / x.shape[1]
    if share < 0.5:
        return None
    read = [step for step in range(x.shape[1]) if step not in ignored]
    return _finding(
        examination,
        f"The answer does not depend on {len(ignored)} of the {x.shape[1]} steps of a sequence: only step "
        f"{', '.join(map(str, read[:4])) or 'none'} is read (counted from 0).",
        "what is taken from the sequence: Select, output=, a mask",
        Cure("read the last step, output='last', or the mean over the steps"),
    )


def _answer(net: Network, x: Array) -> Array:
    return np.asarray(quiet(lambda: net(x)))


def where_it_is_lost(net: Network, x: Array) -> tuple[str, str] | None:
    """The first layer whose input differs from row to row and whose output does not; and why, in a word."""
    from layerwise.network.uses import watched

    with np.errstate(all="ignore"):
        seen, _ = watched(net.chain, np.asarray(x[:64], None if net.takes_indices else net.dtype))
    for use in seen:
        if any(use.layer.children()) or spread(use.y) > _SAME or spread(np.asarray(use.x, np.float64)) <= _SAME:
            continue
        words = f"{use.where}: {use.layer!r}"
        if not np.any(use.y) and np.all(np.asarray(use.x) <= 0) and not use.layer.trains:
            return words, "dead"
        if any(name.startswith("weight") and not np.any(p.value) for name, p in use.layer.parameters.items()):
            return words, "zero"
        return words, "one" if use.y.shape[-1] == 1 and (use.y == 1).all() else "ignored"
    return None


def _finding(examination: Examination, sentence: str, suspect: str, cure: Cure) -> Finding:
    def zeroed() -> Confirmation:
        plain, without = (
            examination.loss_of(examination.net, x, examination.target) for x in (examination.x, examination.x * 0)
        )
        return Confirmation("all inputs set to 0", "loss", plain, without, abs(plain - without) <= 1e-6 * abs(plain))

    return Finding(
        "input-ignored",
        "sick",
        sentence,
        Evidence("spread of the answers over the rows, beside their size", spread(examination.output), None),
        suspect,
        (cure,),
        "certain",
        experiment=zeroed,
    )


RULE = Rule(
    "input-ignored",
    "after",
    "the outputs for different rows, and layer by layer where the difference is lost",
    "the answers of the untrained network differ by less than 1e-12 of their size, in float64; or, in a run "
    "that is behind, they do not change by a bit where half of the steps of each sequence are exchanged",
    "rounding alone is that large. Through ten sigmoid layers a signal fades to 1e-7 of the answer, and is still there",
    find,
    explains=("plateau", "no-signal", "vanishing", "underfitting", "rate-too-low"),
)
