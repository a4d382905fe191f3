"""Which parts of an input an answer hangs on: by the gradient at the input, and by covering a part after the other."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.checks import require_kind, whole_number
from layerwise.errors import SettingError, ShapeError
from layerwise.network import Network
from layerwise.training.evaluation import predict
from layerwise.types import Array


def saliency(net: Network, x: Any, answer: Any = None) -> Array:
    """∂z_k / ∂x: how the output of the answer moves with each number of the input, in evaluation mode.

    x: (N, ...) numbers. answer: (N,), the output k of each sample; unless given, the largest. Returns the shape of x,
    signed. It tells of the neighbourhood of x alone: a saturated network has small ones everywhere. Raises SettingError
    for a network that takes indices, or for an output that there is not.
    Source: Simonyan, Vedaldi and Zisserman, Deep inside convolutional networks, 2013.

    >>> import layerwise as lw
    >>> net = lw.Network(lw.Linear(3, 2))
    >>> bool((saliency(net, np.ones((1, 3)), answer=[1])[0] == net[0].weight[1]).all())
    True
    """
    require_kind("net", net, Network, "lw.Network(...)")
    if net.takes_indices:
        raise SettingError("indices have no neighbours to move to, so there is no gradient at them: use occlusion")
    x = real_array("x", x, net.dtype)
    y, backward = deepcopy(net).forward(x, input_gradient=True)  # the way back adds to the gradients of the copy
    chosen = _answers(y, answer)
    dy = np.zeros_like(y)
    dy[np.arange(len(y)), chosen] = 1
    dx = backward(dy)
    assert dx is not None  # x is no indices
    return dx


def occlusion(net: Network, x: Any, answer: Any = None, *, size: int = 1, fill: float = 0.0) -> Array:
    """By how much the output of the answer falls when a part of the input is covered, at every place of the part.

    x: images (N, C, H, W), of which squares are covered; or anything whose second axis has places to cover: sequences
    (N, T, D) or of indices (N, T), rows of features (N, D). answer: (N,), the output of each sample; unless given, the
    largest. size: of the part, odd; its middle goes over every place. fill: what covers: for data with mean 0, the
    mean; for indices the one of padding. Returns (N, H, W), or (N, T): above 0 where covering hurts the answer. It
    takes a pass forward for every place, and measures what it says without a derivative.
    Source: Zeiler and Fergus, Visualizing and understanding convolutional networks, ECCV 2014.

    >>> import layerwise as lw
    >>> net = lw.Network(lw.Flatten(), lw.Linear(9, 2))
    >>> x = np.ones((1, 1, 3, 3), "float32")
    >>> fall = occlusion(net, x, answer=[0])
    >>> bool(np.allclose(fall[0].ravel(), net[1].weight[0], atol=1e-6))       # a pixel of 1 gives its weight
    True
    """
    require_kind("net", net, Network, "lw.Network(...)")
    x = real_array("x", x, None if net.takes_indices else net.dtype)
    if x.ndim < 2:
        raise ShapeError(f"x must be a batch (N, ...), got shape {x.shape}")
    if whole_number("size", size) % 2 == 0:
        raise SettingError(f"size must be odd, so that the part has a middle, got {size}")
    if net.takes_indices and fill != int(fill):
        raise SettingError(f"indices are covered by an index, such as that of padding, got fill={fill}")
    whole = predict(net, x)
    chosen = _answers(whole, answer)
    places = x.shape[2:] if x.ndim == 4 else x.shape[1:2]
    before = (slice(None),) * (2 if x.ndim == 4 else 1)
    fall, half = np.empty((len(x), *places)), size // 2
    for place in np.ndindex(places):
        covered = x.copy()
        covered[(*before, *(slice(max(0, each - half), each + half + 1) for each in place))] = fill
        said = predict(net, covered)
        fall[(slice(None), *place)] = (whole - said)[np.arange(len(x)), chosen]
    return fall


def _answers(y: Array, answer: Any) -> Array:
    """(N,) the place of the output that is asked after."""
    if y.ndim != 2:
        raise ShapeError(f"the network answers with shape {y.shape}, and an answer is one of K outputs: (N, K)")
    if answer is None:
        return y.argmax(axis=1)
    chosen = np.broadcast_to(np.asarray(answer), len(y))
    if chosen.dtype.kind not in "iu" or (chosen < 0).any() or (chosen >= y.shape[1]).any():
        raise SettingError(f"answer must be whole numbers from 0 to {y.shape[1] - 1}, got {answer!r:.60}")
    return chosen
