"""Losses as users call them: targets checked, then one formula.

`value, backward = loss(output, target)` and `dy = backward()`. Without weights the value is the mean, as in torch.
weight: one number per sample. denominator: what the weighted sum is divided by; unless given, the total weight of what
was passed. A batch computed in parts uses the denominator of the whole, and the parts add up.
Targets of another shape are refused: (n, 1) against (n,) never broadcasts in silence.
"""

from layerwise.losses.elementwise import BCELoss, BCEWithLogitsLoss, ElementwiseLoss, HuberLoss, L1Loss, MSELoss
from layerwise.losses.labels import CrossEntropyLoss, LabelLoss, NLLLoss
from layerwise.losses.loss import LOSSES, Loss

__all__ = [
    "LOSSES",
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "ElementwiseLoss",
    "HuberLoss",
    "L1Loss",
    "LabelLoss",
    "Loss",
    "MSELoss",
    "NLLLoss",
]
