"""Normalisation as layers: scale and shift are learnt, running statistics are remembered."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

import numpy as np

from layerwise import formulas
from layerwise.checks import fraction, positive, several, whole_number, yes_or_no
from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.layers.image_shapes import require_channels, require_images, require_sample
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.parameter import View
from layerwise.layers.pass_ import Pass
from layerwise.types import Array, Backward, Generator, Shape


class _Affine(Layer):
    """What both kinds share: γ (`weight`, first 1) and β (`bias`, first 0), and the gradients into their slots."""

    weight: Any = View()
    bias: Any = View()

    def declare_affine(self, features: int, bias: bool = True) -> None:
        self.declare("weight", (features,), _Constant(1.0, features), decays=False)
        if bias:
            self.declare("bias", (features,), _Constant(0.0, features), decays=False)

    def scale_and_shift(self, x: Array, features: int) -> tuple[Array, Array]:
        """γ and β; ones and zeros for a layer made without them."""
        weight, bias = self.parameters.get("weight"), self.parameters.get("bias")
        return (
            weight.value if weight else np.ones(features, x.dtype),
            bias.value if bias else np.zeros(features, x.dtype),
        )

    def backward_of(self, backward_formula: Any, pass_: Pass) -> Backward:
        """The way back of the layer, from that of its formula."""
        weight, bias = self.parameters.get("weight"), self.parameters.get("bias")
        input_gradient = pass_.input_gradient

        def backward(dy: Array) -> Array | None:
            dx, dgamma, dbeta = backward_formula(dy)
            if weight:
                pass_.add_gradient(weight, dgamma)
            if bias:
                pass_.add_gradient(bias, dbeta)
            return dx if input_gradient else None

        return backward

    def check_features(self, shape: tuple[int | None, ...], features: int) -> None:
        if not shape:
            raise ShapeError(f"{self!r} expects {features} features, got a single number")
        if shape[-1] not in (None, features):
            name = type(self).__name__
            raise ShapeError(f"{self!r} expects {features} features, got {shape[-1]}", f"write {name}({shape[-1]})")


class BatchNorm(_Affine):
    """What batch normalisation of rows and of images share: the statistics of a batch, and those that run along."""

    mixes_samples = True

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = whole_number("num_features", num_features)
        self.eps = positive("eps", eps)
        self.momentum = None if momentum is None else fraction("momentum", momentum, one_allowed=True)
        self.affine = yes_or_no("affine", affine)
        self.track_running_stats = yes_or_no("track_running_stats", track_running_stats)
        if affine:
            self.declare_affine(self.num_features)
        if track_running_stats:
            self.buffers = {
                "running_mean": self._constant(0),
                "running_var": self._constant(1),
                "num_batches_tracked": np.zeros((), np.int64),
            }

    @abstractmethod
    def check_batch(self, shape: tuple[int, ...]) -> None:
        """Refuse a batch of the wrong rank or number of features."""

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        self.check_batch(x.shape)
        gamma, beta = self.scale_and_shift(x, self.num_features)
        if not pass_.training and self.track_running_stats:
            mean, var = (self.buffers[name].astype(x.dtype) for name in ("running_mean", "running_var"))
            y, backward_formula = pass_.call(self, formulas.batch_norm_evaluation, x, mean, var, gamma, beta, self.eps)
            return y, self.backward_of(backward_formula, pass_)
        samples = x.size // self.num_features  # in images, every pixel is one
        if samples < 2:
            raise self._too_few(samples)
        value, backward_formula = pass_.call(self, formulas.batch_norm, x, gamma, beta, self.eps)
        if pass_.training and self.track_running_stats:
            pass_.when_used(lambda: self._remember(value.mean, value.var * (samples / (samples - 1))))
        return value.y, self.backward_of(backward_formula, pass_)

    def _constant(self, value: float) -> Array:
        """One number for every feature, which takes no memory before a network adopts the layer."""
        return np.broadcast_to(np.float32(value), (self.num_features,))

    def _too_few(self, samples: int) -> DataError:
        return DataError(
            f"{self!r} needs at least two samples in a training batch, got {samples}: choose a batch_size that "
            "leaves no batch of one, or use LayerNorm"
        )

    def _remember(self, mean: Array, unbiased_var: Array) -> None:
        """Move the running statistics towards those of one batch."""
        count = self.buffers["num_batches_tracked"]
        count += 1
        share = 1 / int(count) if self.momentum is None else self.momentum
        for name, found in (("running_mean", mean), ("running_var", unbiased_var)):
            before = self.buffers[name]
            self.buffers[name] = (before + share * (found - before)).astype(before.dtype)


@LAYERS.register
class BatchNorm1d(BatchNorm):
    """Normalise each feature over the batch while training, and with running statistics in evaluation.

    x: (N, K), K = num_features. eps: inside the root. momentum: how much of each batch's statistics goes into the
    running ones, r ← (1 - momentum) r + momentum · batch; None takes the mean over all batches. affine: learn γ and β.
    track_running_stats: False uses the batch's own statistics in evaluation too.
    The batch is normalised with the biased variance and the unbiased one (N - 1) is remembered, as in torch. The
    running statistics are buffers; they move once for each batch that is learnt from. After few batches they know
    little: with momentum 0.1, 27 % of the truth after 3. See `formulas.batch_norm`.
    Raises DataError for a batch of one in training: its variance says nothing.

    >>> layer = BatchNorm1d(2)
    >>> layer(np.array([[3.0, 5.0]])).round(3)      # nothing seen yet: mean 0, variance 1
    array([[3., 5.]])
    """

    @property
    def input_shape(self) -> Shape:
        """The shape of one input sample."""
        return (self.num_features,)

    def check_batch(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 2:
            raise ShapeError(f"{self!r} expects a batch (N, {self.num_features}), got shape {shape}")
        self.check_features(shape, self.num_features)

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is not None:
            if len(shape) != 1:
                raise ShapeError(f"{self!r} expects {self.num_features} features, got samples of shape {shape}")
            self.check_features(shape, self.num_features)
        return (self.num_features,)

    def multiplications(self, shape: Shape) -> int:
        return 2 * self.num_features


@LAYERS.register
class BatchNorm2d(BatchNorm):
    """Normalise each channel over all pixels of all images of the batch; in evaluation, with running statistics.

    x: (N, C, H, W), C = num_features. The settings, and what is remembered, are those of `BatchNorm1d`; each of the
    N·H·W pixels counts as a sample of its channel, so that a batch of one image is enough if it has two pixels.
    See `formulas.batch_norm`.
    Raises DataError for a batch of one image of one pixel in training.

    >>> net = BatchNorm2d(1, track_running_stats=False)
    >>> net(np.array([[[[1.0, 2.0], [3.0, 6.0]]]])).round(2)
    array([[[[-1.07, -0.53],
             [ 0.  ,  1.6 ]]]])
    """

    def check_batch(self, shape: tuple[int, ...]) -> None:
        require_images(self, shape, self.num_features)

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None:
            return (self.num_features, None, None)
        require_sample(self, shape)
        require_channels(self, shape, self.num_features)
        return shape

    def multiplications(self, shape: Shape) -> int:
        return 2 * math.prod(size or 1 for size in shape)


@LAYERS.register
class LayerNorm(_Affine):
    """Normalise each sample over its features; training and evaluation are the same.

    x: (N, ..., K), K = normalized_shape. eps: inside the root. elementwise_affine: learn γ and β. bias: False learns γ
    alone. See `formulas.layer_norm`.

    >>> LayerNorm(3)(np.array([[1.0, 2.0, 3.0]])).round(2)
    array([[-1.22,  0.  ,  1.22]])
    """

    def __init__(
        self, normalized_shape: int, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True
    ) -> None:
        super().__init__()
        self.normalized_shape = _one_size("LayerNorm", normalized_shape)
        self.eps = positive("eps", eps)
        self.elementwise_affine = yes_or_no("elementwise_affine", elementwise_affine)
        if elementwise_affine:
            self.declare_affine(self.normalized_shape, yes_or_no("bias", bias))

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        self.check_features(x.shape, self.normalized_shape)
        gamma, beta = self.scale_and_shift(x, self.normalized_shape)
        y, backward_formula = pass_.call(self, formulas.layer_norm, x, gamma, beta, self.eps)
        return y, self.backward_of(backward_formula, pass_)

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None:
            return (self.normalized_shape,)
        self.check_features(shape, self.normalized_shape)
        return shape

    def multiplications(self, shape: Shape) -> int:
        return 2 * self.normalized_shape

    def setting(self, name: str) -> Any:
        """`bias` is a setting (with or without) and a view of the values; a table of settings needs the first."""
        if name == "bias":
            return "bias" in self.parameters or not self.elementwise_affine
        return getattr(self, name)

    @property
    def input_shape(self) -> Shape:
        """The shape of one input sample."""
        return (self.normalized_shape,)


@LAYERS.register
class RMSNorm(_Affine):
    """Bring each sample to a root mean square of 1 over its features; training and evaluation are the same.

    x: (N, ..., K), K = normalized_shape. eps: inside the root; None takes the distance from 1 to the next number of the
    type of x, as torch does. elementwise_affine: learn γ (`weight`, first 1); there is no β. See `formulas.rms_norm`.

    >>> RMSNorm(2)(np.array([[3.0, 4.0]])).round(3)
    array([[0.849, 1.131]])
    """

    def __init__(self, normalized_shape: int, eps: float | None = None, elementwise_affine: bool = True) -> None:
        super().__init__()
        self.normalized_shape = _one_size("RMSNorm", normalized_shape)
        self.eps = None if eps is None else positive("eps", eps)
        self.elementwise_affine = yes_or_no("elementwise_affine", elementwise_affine)
        if elementwise_affine:
            self.declare("weight", (self.normalized_shape,), _Constant(1.0, self.normalized_shape), decays=False)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        self.check_features(x.shape, self.normalized_shape)
        weight = self.parameters.get("weight")
        gamma = weight.value if weight else np.ones(self.normalized_shape, x.dtype)
        eps = float(np.finfo(x.dtype).eps) if self.eps is None else self.eps
        y, backward_formula = pass_.call(self, formulas.rms_norm, x, gamma, eps)
        input_gradient = pass_.input_gradient

        def backward(dy: Array) -> Array | None:
            dx, dgamma = backward_formula(dy)
            if weight:
                pass_.add_gradient(weight, dgamma)
            return dx if input_gradient else None

        return y, backward

    def output_shape(self, shape: Shape | None) -> Shape | None:
        if shape is None:
            return (self.normalized_shape,)
        self.check_features(shape, self.normalized_shape)
        return shape

    def multiplications(self, shape: Shape) -> int:
        return 2 * self.normalized_shape

    @property
    def input_shape(self) -> Shape:
        """The shape of one input sample."""
        return (self.normalized_shape,)


def _one_size(name: str, normalized_shape: object) -> int:
    """The number of features: torch also takes a list of sizes, of which one makes sense here."""
    listed = several(normalized_shape)
    if listed is not None:
        if len(listed) != 1:
            raise SettingError(f"{name} works along the last axis: give one size, got {normalized_shape!r}")
        normalized_shape = listed[0]
    return whole_number("normalized_shape", normalized_shape)


class _Constant:
    """A draw that draws nothing: the first values of scale and shift."""

    def __init__(self, value: float, features: int) -> None:
        self.value, self.features = value, features

    def __call__(self, rng: Generator) -> Array:
        return np.full(self.features, self.value)
