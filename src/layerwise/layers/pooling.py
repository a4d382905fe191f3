"""Pooling layers: each window of an image becomes one number; every channel for itself, and nothing is learnt."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

from layerwise import formulas
from layerwise.checks import yes_or_no
from layerwise.errors import SettingError, ShapeError
from layerwise.formulas import output_size
from layerwise.formulas.windows import sees_only_padding
from layerwise.layers.images import Sizes, by, each_way, require_images, require_room, require_sample, sizes, too_small
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.pass_ import Pass
from layerwise.types import Array, Backward, Differentiable, Shape


class Pooling(Layer):
    """What both kinds of sliding window share: all but the formula."""

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None, padding: Sizes, dilation: Sizes, ceil_mode: bool
    ) -> None:
        super().__init__()
        self.ceil_mode = yes_or_no("ceil_mode", ceil_mode)
        self.kernel_size = sizes("kernel_size", kernel_size)
        self.stride = None if stride is None else sizes("stride", stride)
        self.padding = sizes("padding", padding, minimum=0)
        self.kernel = each_way(self.kernel_size)
        self.strides = each_way(self.kernel_size if self.stride is None else self.stride)
        self.pads, self.dilations = each_way(self.padding), each_way(sizes("dilation", dilation))
        for pad, k in zip(self.pads, self.kernel, strict=True):
            if 2 * pad > k:  # else a window could see nothing but padding
                raise SettingError(
                    f"padding must be at most half of kernel_size, got padding={self.padding!r} with "
                    f"kernel_size={self.kernel_size!r}"
                )

    @abstractmethod
    def compute(self, x: Array, pass_: Pass) -> Differentiable:
        """The formula, with the settings of this layer."""

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        require_images(self, x.shape)
        self._require_room(x.shape)
        self._places(x.shape[2:])
        return self.compute(x, pass_)

    def _places(self, sides: Shape) -> Shape:
        """At how many places the window fits, in each direction."""
        settings = zip(sides, self.kernel, self.strides, self.pads, self.dilations, strict=True)
        places = tuple(
            None if side is None else output_size(side, k, s, p, d, self.ceil_mode) for side, k, s, p, d in settings
        )
        if any(count is not None and count < 1 for count in places):
            over = [s - 1 if self.ceil_mode else 0 for s in self.strides]  # so far may a window hang over the end
            spans = [d * (k - 1) + 1 - o for k, d, o in zip(self.kernel, self.dilations, over, strict=True)]
            raise too_small(self, spans, sides, self.pads)
        self._require_sight(sides, places)
        return places

    def _require_room(self, shape: Shape) -> None:
        sides = zip(shape[-2:], self.pads, strict=True)
        require_room(self, shape, tuple(None if side is None else side + 2 * p for side, p in sides))

    def _require_sight(self, sides: Shape, places: Shape) -> None:
        """Refuse images of which some window would see nothing, only padding."""
        settings = zip(sides, self.kernel, self.strides, self.pads, self.dilations, places, strict=True)
        known = [(side, *setting, count) for side, *setting, count in settings if side is not None]
        if any(sees_only_padding(*setting) for setting in known):
            raise ShapeError(
                f"{self!r} has windows that see nothing but padding in images of {by(sides)}; each must see a number",
                "less padding, a smaller dilation, or fewer layers that shrink the input before it",
            )

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None:
            return None
        require_sample(self, shape)
        self._require_room(shape)
        return (shape[0], *self._places(shape[1:]))


@LAYERS.register
class MaxPool2d(Pooling):
    """The largest number of each window. See `formulas.max_pool2d`.

    x: (N, C, H, W); y: (N, C, H', W'), with H' as for `Conv2d`: what does not fill a whole window is left out
    unless ceil_mode is given, with which one more window hangs over the end, as in torch.
    kernel_size: of the window. stride: how far it moves; the size of the window unless given. padding: -∞ on each side,
    at most half a window. dilation: how far apart the numbers are that it looks at. Each is one number, or one for the
    height and one for the width. Of equal numbers, the first of the window has the gradient.
    Raises ShapeError for inputs of another rank, and for images that the window does not fit in or, over the edge, sees
    nothing of; and where the padding would add more than 2³¹ numbers to a batch.

    >>> import numpy as np
    >>> MaxPool2d(2)(np.array([[[[1.0, 3.0, 2.0, 0.0], [0.0, 2.0, 2.0, 5.0]]]]))
    array([[[[3., 5.]]]])
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        *,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel_size, stride, padding, dilation, ceil_mode)
        self.dilation = sizes("dilation", dilation)

    def compute(self, x: Array, pass_: Pass) -> Differentiable:
        settings = self.kernel, self.strides, self.pads, self.dilations, self.ceil_mode
        return pass_.call(self, formulas.max_pool2d, x, *settings)


@LAYERS.register
class AvgPool2d(Pooling):
    """The mean of each window. See `formulas.avg_pool2d`.

    x, y, kernel_size, stride, padding, ceil_mode: as for `MaxPool2d`; the padding is 0. count_include_pad: whether it
    counts as numbers of the window when the sum is divided; True unless given. What lies beyond it never counts.
    Raises ShapeError for inputs of another rank, and for images that the window does not fit in or, over the edge, sees
    nothing of; and where the padding would add more than 2³¹ numbers to a batch.

    >>> import numpy as np
    >>> AvgPool2d((1, 2))(np.array([[[[1.0, 3.0, 2.0, 0.0]]]]))
    array([[[[2., 1.]]]])
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride, padding, 1, ceil_mode)
        self.count_include_pad = yes_or_no("count_include_pad", count_include_pad)

    def compute(self, x: Array, pass_: Pass) -> Differentiable:
        settings = self.kernel, self.strides, self.pads, self.count_include_pad, self.ceil_mode
        return pass_.call(self, formulas.avg_pool2d, x, *settings)

    def multiplications(self, shape: Shape) -> int:
        return math.prod(size or 1 for size in (shape[0], *self._places(shape[1:])))


@LAYERS.register
class AdaptiveAvgPool2d(Layer):
    """Means over as many windows as are asked for, whatever the size of the image. See `formulas.adaptive_avg_pool2d`.

    x: (N, C, H, W). output_size: H' and W', or one number for both; None, as in (None, 2), keeps that side as it
    is, and so does "same", which tables write, since TOML knows no None. y: (N, C, H', W'). With 1 it is the mean of
    each channel over the whole image.
    Raises ShapeError for inputs of another rank, and where y would have over 2³¹ numbers more than x.

    >>> import numpy as np
    >>> AdaptiveAvgPool2d(1)(np.arange(12.0).reshape(1, 2, 2, 3)).ravel()
    array([2.5, 8.5])
    """

    def __init__(self, output_size: int | Shape) -> None:
        super().__init__()
        self.output_size: int | Shape = _wanted(output_size)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        require_images(self, x.shape)
        if 0 in x.shape[2:]:
            raise too_small(self, (1, 1), x.shape[2:], (0, 0))
        places = self._places(x.shape[2:])
        require_room(self, x.shape, places)
        return pass_.call(self, formulas.adaptive_avg_pool2d, x, places)

    def _places(self, sides: Shape) -> Shape:
        """H' and W': what is asked for, or else the sides of the image."""
        wanted = self.output_size if isinstance(self.output_size, tuple) else (self.output_size,) * 2
        return tuple(side if size is None else size for side, size in zip(sides, wanted, strict=True))

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None:
            return None
        require_sample(self, shape)
        places = self._places(shape[1:])
        require_room(self, shape, places)
        return (shape[0], *places)

    def multiplications(self, shape: Shape) -> int:
        return math.prod(size or 1 for size in (shape[0], *self._places(shape[1:])))

    def setting(self, name: str) -> Any:
        size = getattr(self, name)
        return tuple(each or "same" for each in size) if isinstance(size, tuple) else size


def _wanted(output_size: object) -> int | Shape:
    """The size that is asked for, checked: one number for both directions, or one for each, or None to keep it."""
    if not isinstance(output_size, tuple | list):
        return sizes("output_size", output_size)
    kept = [each is None or each == "same" for each in output_size]
    counted = sizes("output_size", [1 if keep else each for keep, each in zip(kept, output_size, strict=True)])
    return tuple(None if keep else size for keep, size in zip(kept, each_way(counted), strict=True))
