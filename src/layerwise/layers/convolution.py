"""Convolution layers: the same few weights at every place of an image, or of a signal."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import partial
from typing import Any, ClassVar

import numpy as np

from layerwise import formulas
from layerwise.checks import whole_number, yes_or_no
from layerwise.errors import SettingError, ShapeError
from layerwise.formulas import output_size
from layerwise.initializers import Init, fans, initializer, plain
from layerwise.layers.image_shapes import (
    Sizes,
    each_way,
    refuse_text,
    require_channels,
    require_images,
    require_room,
    require_sample,
    sizes,
    too_small,
)
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.parameter import View
from layerwise.layers.pass_ import Pass
from layerwise.types import Array, Backward, Differentiable, Generator, Shape


class Convolution(Layer):
    """What convolutions over one and over two directions share: all but the formula."""

    axes: ClassVar[int]
    weight = View()
    bias: Any = View()

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        init: Init = "torch_uniform",
    ) -> None:
        super().__init__()
        self.in_channels = whole_number("in_channels", in_channels)
        self.out_channels = whole_number("out_channels", out_channels)
        self.kernel_size = sizes("kernel_size", kernel_size, axes=self.axes)
        self.stride = sizes("stride", stride, axes=self.axes)
        self.dilation = sizes("dilation", dilation, axes=self.axes)
        self.groups = self._checked_groups(groups)
        refuse_text("padding", padding, ("same", "valid"))
        self.padding = padding if isinstance(padding, str) else sizes("padding", padding, minimum=0, axes=self.axes)
        self._plan_padding()
        self._declare(yes_or_no("bias", bias), init)

    @abstractmethod
    def compute(self, x: Array, W: Array, b: Array, pass_: Pass) -> Differentiable:
        """The formula, with the settings of this layer."""

    @abstractmethod
    def check_batch(self, shape: tuple[int, ...]) -> None:
        """Refuse a batch of the wrong rank or number of channels."""

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        self.check_batch(x.shape)
        self._places(x.shape[2:])
        self._require_room(x.shape)
        parameters = self.parameters
        weight, bias = parameters["weight"], parameters.get("bias")
        wide = np.pad(x, ((0, 0), (0, 0), *((0, more) for more in self.behind))) if any(self.behind) else x
        z, backward_formula = self.compute(
            wide, weight.value, bias.value if bias else np.zeros(self.out_channels, x.dtype), pass_
        )
        input_gradient, shape = pass_.input_gradient, x.shape

        def backward(dz: Array) -> Array | None:
            dx, dW, db = backward_formula(dz, input_gradient=input_gradient)
            pass_.add_gradient(weight, dW)
            if bias:
                pass_.add_gradient(bias, db)
            return None if dx is None else dx[tuple(slice(size) for size in shape)]

        return z, backward

    def _declare(self, bias: bool, init: Init) -> None:
        shape = (self.out_channels, self.in_channels // self.groups, *each_way(self.kernel_size, self.axes))
        draw = initializer(init)
        self.init = plain(init)
        self.declare("weight", shape, partial(draw, shape), decays=True)
        if bias:
            self.declare("bias", (self.out_channels,), self._draw_bias, decays=False)

    def _draw_bias(self, rng: Generator) -> Array:
        if self.init != "torch_uniform":
            return np.zeros(self.out_channels)
        fan_in, _ = fans(self.parameters["weight"].shape)
        bound = 1 / math.sqrt(fan_in)
        return rng.uniform(-bound, bound, size=self.out_channels)

    def _checked_groups(self, groups: object) -> int:
        count = whole_number("groups", groups)
        for name, channels in (("in_channels", self.in_channels), ("out_channels", self.out_channels)):
            if channels % count:
                raise SettingError(f"groups must divide {name}: {channels} channels do not make {count} groups")
        return count

    def _plan_padding(self) -> None:
        """Zeros on both sides of each direction, and, where "same" needs an odd number, one more behind."""
        if self.padding == "same" and any(s != 1 for s in each_way(self.stride)):
            raise SettingError(f"padding='same' keeps the size, which needs stride 1; got stride={self.stride!r}")
        kernel, dilation = each_way(self.kernel_size, self.axes), each_way(self.dilation, self.axes)
        self.strides, self.dilations = each_way(self.stride, self.axes), dilation
        around = [d * (k - 1) if self.padding == "same" else 0 for k, d in zip(kernel, dilation, strict=True)]
        self.behind = tuple(total % 2 for total in around)
        self.pads = tuple(total // 2 for total in around)
        if not isinstance(self.padding, str):
            self.pads = each_way(self.padding, self.axes)

    def _places(self, sides: Shape) -> Shape:
        """At how many places the kernel fits, in each direction."""
        kernel = each_way(self.kernel_size, self.axes)
        settings = zip(sides, kernel, self.strides, self.pads, self.dilations, self.behind, strict=True)
        places = tuple(
            None if side is None else output_size(side + more, k, s, p, d) for side, k, s, p, d, more in settings
        )
        if any(count is not None and count < 1 for count in places):
            spans = [d * (k - 1) + 1 for k, d in zip(kernel, self.dilations, strict=True)]
            raise too_small(self, spans, sides, self.pads)
        return places

    def _require_room(self, shape: Shape) -> None:
        sides = zip(shape[-self.axes :], self.pads, self.behind, strict=True)
        require_room(self, shape, tuple(None if side is None else side + 2 * p + more for side, p, more in sides))

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None:
            return (self.out_channels, *[None] * self.axes)
        require_sample(self, shape, self.axes)
        require_channels(self, shape, self.in_channels)
        self._require_room(shape)
        return (self.out_channels, *self._places(shape[1:]))

    def multiplications(self, shape: Shape) -> int:
        places = math.prod(count or 1 for count in self._places(shape[1:]))
        return places * self.parameters["weight"].size

    def setting(self, name: str) -> Any:
        """`bias` is a setting (with or without) and a view of the values; a table of settings needs the first."""
        return name in self.parameters if name == "bias" else getattr(self, name)


@LAYERS.register
class Conv2d(Convolution):
    """A kernel of weights for each output channel, at every place of an image, over all its channels.

    in_channels, out_channels: C and K. x: (N, C, H, W); z: (N, K, H', W').
    kernel_size: I, or (I, J). stride: how far the kernel moves from place to place. padding: zeros on each side, or
    "same", which keeps the size, or "valid", none. dilation: how far apart the numbers are that the kernel sees. Each
    is one number, or one for the height and one for the width.
    H' = ⌊(H + 2 padding - dilation (kernel_size - 1) - 1) / stride⌋ + 1: `formulas.output_size`.
    groups: kernels see the channels of their own group only; with groups=C, one channel each.
    weight: (K, C / groups, I, J); bias: (K,), absent with bias=False.
    init: the initializer of the weight, as for `Linear`. The default is torch's, uniform in ±1/√(C / groups · I · J)
        for weight and bias; with any other one the bias starts at 0.
    Raises ShapeError for inputs of another rank or number of channels, for images that the kernel does not fit in, and
    where the padding would add more than 2³¹ numbers to a batch.
    See `formulas.conv2d`.

    >>> layer = Conv2d(1, 1, kernel_size=(1, 2))
    >>> layer.weight, layer.bias = [[[[-1, 1]]]], [0]      # the difference of neighbours
    >>> layer(np.array([[[[1.0, 2.0, 4.0, 8.0]]]]))
    array([[[[1., 2., 4.]]]])
    """

    axes = 2

    def compute(self, x: Array, W: Array, b: Array, pass_: Pass) -> Differentiable:
        return pass_.call(self, formulas.conv2d, x, W, b, self.strides, self.pads, self.dilations, self.groups)

    def check_batch(self, shape: tuple[int, ...]) -> None:
        require_images(self, shape, self.in_channels)


@LAYERS.register
class Conv1d(Convolution):
    """A kernel of weights for each output channel, at every time of a signal, over all its channels.

    in_channels, out_channels: C and K. x: (N, C, T), channels before time, as in torch; z: (N, K, T').
    The settings are those of `Conv2d`, each one number. weight: (K, C / groups, I); bias: (K,).
    Raises ShapeError for inputs of another rank or number of channels, and for signals that the kernel does not fit
    in. See `formulas.conv1d`.

    >>> Conv1d(3, 5, kernel_size=3, padding="same")(np.zeros((2, 3, 10))).shape
    (2, 5, 10)
    """

    axes = 1

    def compute(self, x: Array, W: Array, b: Array, pass_: Pass) -> Differentiable:
        (stride,), (padding,), (dilation,) = self.strides, self.pads, self.dilations
        return pass_.call(self, formulas.conv1d, x, W, b, stride, padding, dilation, self.groups)

    def check_batch(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 3:
            advice = "write x[:, None] for signals of one channel" if len(shape) == 2 else ""
            raise ShapeError(
                f"{self!r} expects a batch of signals (N, {self.in_channels}, T), got shape {shape}", advice
            )
        if shape[1] != self.in_channels and shape[2] == self.in_channels:
            raise ShapeError(
                f"{self!r} expects {self.in_channels} channels, got {shape[1]}",
                "write x.swapaxes(1, 2) if time stands before the channels",
            )
        require_channels(self, shape[1:], self.in_channels)
