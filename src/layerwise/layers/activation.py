"""Activations as layers: one formula each, no parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from layerwise import formulas
from layerwise.checks import not_negative, one_of, positive
from layerwise.errors import SettingError, ShapeError
from layerwise.layers.layer import LAYERS, Layer
from layerwise.layers.pass_ import Pass
from layerwise.types import Array, Backward, Shape


class Activation(Layer):
    """A formula applied to every number, or to every row; the shape stays as it is."""

    formula: ClassVar[Callable[..., Any]]

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        return pass_.call(self, type(self).formula, x)

    def output_shape(self, shape: Shape | None) -> Shape | None:
        return shape


class RowActivation(Activation):
    """An activation along the last axis, over the classes."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        if isinstance(dim, bool) or not isinstance(dim, int) or dim != -1:
            raise SettingError(f"{type(self).__name__} works along the last axis: dim must be -1, got {dim!r}")
        self.dim = -1

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        if x.shape[-1] == 0:
            raise ShapeError(f"{self!r} expects at least one class, got shape {x.shape}")
        return super().forward(x, pass_)


@LAYERS.register
class Sigmoid(Activation):
    """σ(x) = 1 / (1 + e⁻ˣ), into (0, 1). See `formulas.sigmoid`.

    >>> import numpy as np
    >>> Sigmoid()(np.array([[0.0]]))
    array([[0.5]])
    """

    formula = staticmethod(formulas.sigmoid)


@LAYERS.register
class Tanh(Activation):
    """tanh(x), into (-1, 1), with 0 staying 0. See `formulas.tanh`.

    >>> import numpy as np
    >>> Tanh()(np.array([[-1.0, 0.0, 1.0]])).round(4)
    array([[-0.7616,  0.    ,  0.7616]])
    """

    formula = staticmethod(formulas.tanh)


@LAYERS.register
class ReLU(Activation):
    """max(0, x). See `formulas.relu`.

    >>> import numpy as np
    >>> ReLU()(np.array([[-1.0, 2.0]]))
    array([[0., 2.]])
    """

    formula = staticmethod(formulas.relu)


@LAYERS.register
class LeakyReLU(Activation):
    """max(0, x) + s min(0, x): a small slope s where ReLU is flat. See `formulas.leaky_relu`.

    negative_slope: s, 0 or more; 0.01 unless given.

    >>> import numpy as np
    >>> LeakyReLU(0.25)(np.array([[-2.0, 2.0]]))
    array([[-0.5,  2. ]])
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = not_negative("negative_slope", negative_slope)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        return pass_.call(self, formulas.leaky_relu, x, self.negative_slope)


@LAYERS.register
class ELU(Activation):
    """x where x > 0, α (eˣ - 1) elsewhere. See `formulas.elu`.

    alpha: α, 0 or more; 1 unless given. The outputs lie above -α.

    >>> import numpy as np
    >>> ELU()(np.array([[-1000.0, 2.0]]))
    array([[-1.,  2.]])
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = not_negative("alpha", alpha)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        return pass_.call(self, formulas.elu, x, self.alpha)


@LAYERS.register
class GELU(Activation):
    """x Φ(x), with the distribution function Φ of the normal distribution. See `formulas.gelu`.

    approximate: "none" for the exact form, which loads SciPy at its first use; "tanh" for `formulas.gelu_tanh`, which
    differs by less than 5e-4.

    >>> import numpy as np
    >>> GELU()(np.array([[-1.0, 1.0]])).round(4), GELU("tanh")(np.array([[-1.0, 1.0]])).round(4)
    (array([[-0.1587,  0.8413]]), array([[-0.1588,  0.8412]]))
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = one_of("approximate", approximate, ("none", "tanh"))

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        formula = formulas.gelu if self.approximate == "none" else formulas.gelu_tanh
        return pass_.call(self, formula, x)


@LAYERS.register
class SiLU(Activation):
    """x σ(x), also known as Swish. See `formulas.silu`.

    >>> import numpy as np
    >>> SiLU()(np.array([[-1.0, 1.0]])).round(4)
    array([[-0.2689,  0.7311]])
    """

    formula = staticmethod(formulas.silu)


@LAYERS.register
class Softplus(Activation):
    """log(1 + e^(βx)) / β: ReLU with a rounded corner. See `formulas.softplus`.

    beta: β, above 0; 1 unless given. The larger, the sharper the corner.
    There is no `threshold`: torch needs one against overflow, and answers with x above it; this form is exact for
    every x, and differs from torch's by 2.1e-9 / β at most.

    >>> import numpy as np
    >>> Softplus()(np.array([[-1.0, 1.0]])).round(4)
    array([[0.3133, 1.3133]])
    """

    def __init__(self, beta: float = 1.0) -> None:
        super().__init__()
        self.beta = positive("beta", beta)

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        return pass_.call(self, formulas.softplus, x, self.beta)


@LAYERS.register
class Identity(Activation):
    """x itself: a place where an activation may stand, and none does.

    >>> import numpy as np
    >>> Identity()(np.array([[-1.0, 2.0]]))
    array([[-1.,  2.]])
    """

    def forward(self, x: Array, pass_: Pass) -> tuple[Array, Backward]:
        return x, _same


@LAYERS.register
class Softmax(RowActivation):
    """Rows of logits into rows of probabilities. See `formulas.softmax`.

    Not wanted before `CrossEntropyLoss`, which takes logits: softmax twice can never come below a loss of
    ln(e + K - 1) - 1.

    >>> import numpy as np
    >>> Softmax()(np.log([[1.0, 3.0]])).round(4)   # logits are logarithms, up to a constant
    array([[0.25, 0.75]])
    """

    formula = staticmethod(formulas.softmax)


@LAYERS.register
class LogSoftmax(RowActivation):
    """Rows of logits into rows of log-probabilities. See `formulas.log_softmax`.

    Before `NLLLoss`; together they are `CrossEntropyLoss`, which takes the logits themselves.

    >>> import numpy as np
    >>> LogSoftmax()(np.array([[0.0, 1000.0]]))   # where softmax is 0, and its logarithm would be lost
    array([[-1000.,     0.]])
    """

    formula = staticmethod(formulas.log_softmax)


def _same(dy: Array) -> Array:
    return dy
