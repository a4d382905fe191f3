"""The codes that findings carry: one table, with what each means in a few words and where it ranks."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("structure", "mathematics", "data", "setting", "sign")
"""In order of weight: causes before signs. What stands in the structure of a setup is certain by reading it; a wrong
derivative spoils every run; what is wrong with the data comes before the settings that the data asks for; a sign (dead
units, a plateau) is told by itself only where no cause explains it."""


@dataclass(frozen=True)
class Code:
    """A code, its kind, and its name for people."""

    kind: str
    name: str


CODES = {
    "softmax-of-one": Code("structure", "softmax over one unit"),
    "sigmoids-for-one-of-k": Code("structure", "sigmoids for one class of K"),
    "softmax-twice": Code("structure", "softmax twice"),
    "relu-on-logits": Code("structure", "ReLU on the logits"),
    "output-range": Code("structure", "the last layer can not reach the targets"),
    "loss-misfit": Code("structure", "the loss does not fit the targets"),
    "softmax-multilabel": Code("structure", "softmax where several labels may hold"),
    "broadcast-loss": Code("structure", "shapes spread over each other in the loss"),
    "sum-not-mean": Code("structure", "a sum over the batch instead of a mean"),
    "input-ignored": Code("structure", "the answer does not depend on the input"),
    "axes-swapped": Code("structure", "samples of a batch reach each other: an axis is swapped"),
    "mode-wrong": Code("structure", "training and evaluation mode mixed up"),
    "metric-wrong": Code("structure", "the metric does not measure the answers"),
    "gradient-wrong": Code("mathematics", "a derivative is wrong"),
    "update-wrong": Code("mathematics", "the update is not that of the gradient"),
    "gradients-accumulated": Code("mathematics", "gradients of earlier steps are never cleared"),
    "not-finite": Code("mathematics", "an operation leaves the range of the numbers"),
    "labels-damaged": Code("data", "damaged labels"),
    "rows-out-of-step": Code("data", "features and labels out of step"),
    "split-scaled-differently": Code("data", "one split is scaled otherwise"),
    "inputs-unscaled": Code("data", "inputs that are not scaled"),
    "targets-unscaled": Code("data", "targets that are not scaled"),
    "unshuffled": Code("data", "batches or splits in the order of the labels"),
    "imbalance": Code("data", "a rare class is never answered"),
    "leak": Code("data", "one feature alone gives the answer"),
    "no-signal": Code("data", "the inputs say nothing about the targets"),
    "echo": Code("data", "the answer repeats the last value"),
    "init-identical": Code("setting", "units that begin equal and stay equal"),
    "init-too-large": Code("setting", "first weights too large"),
    "init-too-small": Code("setting", "first weights too small"),
    "vanishing": Code("setting", "vanishing gradients"),
    "exploding": Code("setting", "exploding gradients"),
    "adam-after-the-end": Code("setting", "the optimizer divides by almost nothing after the end"),
    "batchnorm-statistics": Code("setting", "statistics of batch normalisation that do not hold in evaluation"),
    "penalty-too-strong": Code("setting", "the penalty outweighs the loss"),
    "rate-too-high": Code("setting", "the learning rate is too high"),
    "rate-too-low": Code("setting", "the learning rate is too low, or the updates too few"),
    "overfitting": Code("setting", "overfitting"),
    "underfitting": Code("setting", "underfitting"),
    "dead-units": Code("sign", "dead units"),
    "saturated-units": Code("sign", "saturated units"),
    "start-loss": Code("sign", "the loss does not start where it should"),
    "diverged": Code("sign", "the run left the range of the numbers"),
    "saddle": Code("sign", "stuck at a saddle"),
    "valley": Code("sign", "stuck in a valley that runs to infinity"),
    "plateau": Code("sign", "stuck on a plateau"),
}
"""Every code, heaviest first within its kind."""


def weight(code: str) -> int:
    """The place of a code in the ranking, 0 the heaviest.

    >>> weight("softmax-of-one") < weight("gradient-wrong") < weight("rate-too-high") < weight("dead-units")
    True
    """
    return KINDS.index(CODES[code].kind) * len(CODES) + list(CODES).index(code)
