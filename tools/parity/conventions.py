"""Where a convention of ours differs from PyTorch's, scikit-learn's or the textbook's, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from tests.optimizers.paths import PATHS, ours
from tests.optimizers.sklearn_paths import sklearns
from tools.parity.rows import difference

import layerwise as lw
from layerwise import formulas

GRID = np.linspace(-30, 30, 60_001)


class Convention(NamedTuple):
    """text: both sides, in a sentence or two. apart: measures how far apart they are; torch is its argument."""

    topic: str
    text: str
    apart: Callable[[Any], float] | None = None
    what: str = ""


def momentum(torch: Any) -> float:
    """Where a run of 200 steps ends with the rate inside the velocity and outside, if the rate is halved on the way."""
    path = PATHS["SGD-step"]
    inside = path._replace(make=lambda: lw.Momentum(0.02, 0.9))
    return difference(ours(inside)[-1], ours(path)[-1])


def gelu(torch: Any) -> float:
    return difference(formulas.gelu_tanh(GRID)[0], formulas.gelu(GRID)[0])


def softplus(torch: Any) -> float:
    """Near PyTorch's threshold; beside a value of 20 an absolute difference."""
    theirs = torch.nn.functional.softplus(torch.from_numpy(GRID)).numpy()
    return float(np.abs(formulas.softplus(GRID, 1.0)[0] - theirs).max())


def epsilon(torch: Any) -> float:
    return difference(ours(PATHS["Adam"]), sklearns("Adam"))


def dropout(torch: Any) -> float:
    """The mean over every mask of three units, weighted by its probability, beside the input times its share."""
    p, x, mean = 0.3, np.array([1.0, -2.0, 0.5]), np.zeros(3)
    for number in range(8):
        mask = np.array([bool(number & 1 << unit) for unit in range(3)])
        mean += formulas.dropout(x, mask, p)[0] * (1 - p) ** mask.sum() * p ** (~mask).sum()
    return difference(mean, x)


def weighted(torch: Any) -> float:
    """The slope of a weighted line fit in batches of 1: ours, and PyTorch's with each batch divided by its weight."""
    x = np.linspace(-1, 1, 40)
    side = np.arange(40) % 4 == 0
    y, weight = np.where(side, 3 * x, -x), np.where(side, 9.0, 0.5)
    net = lw.Network(lw.Linear(1, 1, bias=False, init="zeros"), dtype="float64")
    data, optimizer = (x[:, None], y[:, None]), lw.GradientDescent(0.01)
    lw.fit(net, data, loss=lw.MSELoss(), optimizer=optimizer, epochs=200, batch_size=1, sample_weight=weight)
    slope = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    theirs = torch.optim.SGD([slope], lr=0.01)
    for _ in range(200):
        for row in range(40):
            theirs.zero_grad()
            (weight[row] * (slope * x[row] - y[row]) ** 2 / weight[row]).sum().backward()
            theirs.step()
    return abs(float(net.theta[0]) - float(slope.detach()[0]))


def decay(torch: Any) -> float:
    """Where 200 steps end with the decay inside the gradient (Adam) and beside it (AdamW)."""
    settings = {"lr": 0.01, "weight_decay": 0.1}
    ends = [ours(PATHS["Adam"]._replace(make=lambda kind=kind: kind(**settings)))[-1] for kind in (lw.Adam, lw.AdamW)]
    return difference(*ends)


def variance(torch: Any) -> float:
    """The remembered variance of a batch of four, beside the one that normalised it."""
    x = np.array([[1.0], [2.0], [4.0], [7.0]])
    net = lw.Network(lw.BatchNorm1d(1, momentum=1.0), dtype="float64")
    y, backward = net.forward(x, training=True)
    backward(y)
    return float(net.buffers()["0.running_var"][0] / x.var())


CONVENTIONS = [
    Convention(
        "momentum",
        "`Momentum`: v ← γv + ηg, θ ← θ - v, the textbook's and scikit-learn's, with the rate inside. `SGD`: v ← μv + "
        "g, θ ← θ - ηv, PyTorch's. Equal while the rate stays the same.",
        momentum,
        "the ends of two runs under StepLR",
    ),
    Convention(
        "Nesterov",
        "`SGD(nesterov=True)` is PyTorch's, θ ← θ - η(g + μv); at a constant rate scikit-learn's steps are the same.",
    ),
    Convention(
        "ε of Adam, AdamW, RMSprop, Adagrad",
        "Outside the root, as in PyTorch, and in Adam after the bias correction. scikit-learn adds it before, so that "
        "its ε counts for more in the first steps.",
        epsilon,
        "Adam's path and scikit-learn's",
    ),
    Convention(
        "weight decay",
        "In `SGD`, `Adam`, `RMSprop` and `Adagrad` λθ joins the gradient (coupled), in `AdamW` θ shrinks by ηλ beside "
        "the step (decoupled), both as in PyTorch. PyTorch decays all it is given; `decay='weights'` spares biases.",
        decay,
        "the ends of Adam and AdamW with the same λ",
    ),
    Convention(
        "weights of samples and classes",
        "`fit` divides the weighted sum of a batch by its rows times the mean weight of the training set: its steps "
        "descend the weighted loss that it records, whatever the batch size. PyTorch's losses divide each batch by its "
        "own weight, so that in batches of 1 no weight counts. Equal without weights, and in one batch of all samples; "
        "batches that the caller makes are divided by their own weight here, too.",
        weighted,
        "the slopes of a weighted line, fit in batches of 1",
    ),
    Convention(
        "L2",
        "`L2(λ)` is λΣw², gradient 2λw. PyTorch's weight_decay adds λw: half as much. scikit-learn's penalty is α/2 "
        "Σw² over the number of samples: `L2(α / 2N)`.",
    ),
    Convention(
        "L1",
        "`L1(λ, proximal=True)` follows each step by soft thresholding with ηλ, which gives exact zeros; PyTorch has "
        "the threshold (`softshrink`) and no such step.",
    ),
    Convention(
        "dropout",
        "Kept units are scaled by 1/(1 - p) while training, and nothing is done at evaluation, as in PyTorch. The "
        "textbook trains unscaled and multiplies by 1 - p at evaluation: the same mean. p is the share that is "
        "dropped.",
        dropout,
        "the mean over all masks and the input",
    ),
    Convention(
        "GELU",
        "Exact, by erf, unless asked for `GELU('tanh')`; as in PyTorch.",
        gelu,
        "the two forms, on -30 to 30",
    ),
    Convention(
        "softplus",
        "Exact for every x. PyTorch answers with x where βx is above a threshold of 20.",
        softplus,
        "ours and PyTorch's default, on -30 to 30",
    ),
    Convention(
        "kinks",
        "relu'(0) = 0, leaky_relu'(0) = the slope below, |x|' = 0 at 0: PyTorch's choices.",
    ),
    Convention(
        "BatchNorm1d",
        "A batch is normalised by its biased variance (over N), and the unbiased one (over N - 1) is remembered, as in "
        "PyTorch. momentum is the share of the new batch; elsewhere (ONNX, Keras) it is the share of the old. (N, K) "
        "only.",
        variance,
        "remembered over used variance, in a batch of 4",
    ),
    Convention(
        "LayerNorm, softmax",
        "Along the last axis only; PyTorch's `normalized_shape` may have several sizes, its `softmax` any axis. ε "
        "of the norms stands inside the root, as in PyTorch.",
    ),
    Convention(
        "cross-entropy",
        "On logits, natural logarithms. With class weights, the mean over labels is divided by the sum of their "
        "weights, over probabilities by N; both as in PyTorch. scikit-learn's log_loss takes probabilities.",
    ),
    Convention(
        "label smoothing",
        "The true class is given 1 - ε + ε/K, every other one ε/K (not ε/(K - 1)); as in PyTorch.",
    ),
    Convention(
        "binary cross-entropy on probabilities",
        "A logarithm is -100 at the least, as in PyTorch. scikit-learn clips the probabilities to machine epsilon.",
    ),
    Convention(
        "squared error",
        "The mean over all elements, as in PyTorch. scikit-learn's MLP minimises half of it.",
    ),
    Convention(
        "KL divergence",
        "`kl_divergence(p, q)` is Σ p log(p/q), as it is written. PyTorch's `kl_div(input, target)` takes log q first "
        "and p second. A base other than e divides by its logarithm.",
    ),
    Convention(
        "schedules",
        "Pure functions of the first rate and the time, which counts epochs, or updates with `per='step'`; PyTorch's "
        "count calls of `step()`. `OneCycleLR` counts updates, and moves the rate only: PyTorch's moves the momentum "
        "too unless told not to.",
    ),
    Convention(
        "clipping by norm",
        "The factor is max_norm / (norm + 1e-6), as in PyTorch, so that the clipped length is a little below max_norm.",
    ),
    Convention(
        "initial weights",
        "`he_*` is PyTorch's `kaiming_*` for ReLU; `torch_uniform` its default for Linear. With any other initializer "
        "the bias starts at 0. scikit-learn draws weights and biases as `xavier_uniform`.",
    ),
    Convention("weights", "`Linear.weight` is (K, D), as in PyTorch; scikit-learn's `coefs_` are (D, K)."),
    Convention(
        "convolution",
        "`Conv1d` and `Conv2d` are cross-correlations, as in PyTorch: the kernel lies on the image as it is. The "
        "textbook's convolution flips it first (`true_convolution2d`). Where the stride does not divide, the last "
        "rows are seen by no window: the output size is rounded down.",
    ),
    Convention(
        "max pooling",
        "Of equal numbers the first of a window, row by row, gets the whole gradient; NaN wins. As in PyTorch. "
        "Windows that see only padding are refused; PyTorch answers -inf.",
    ),
    Convention(
        "sequences",
        "(N, T, D) always; PyTorch's recurrent layers want `batch_first=True` for that. Losses take classes on the "
        "last axis, (N, T, K); PyTorch wants (N, K, T). Lengths or a mask travel with the pass, where PyTorch packs.",
    ),
    Convention(
        "recurrent gates",
        "Rows of `weight_ih_l0` and `weight_hh_l0` are those of i, f, g, o in an LSTM and of r, z, n in a GRU, with "
        "two biases each, as in PyTorch; the reset gate acts after the product. ONNX orders i, o, f, c and z, r, h; "
        "Keras i, f, c, o. A textbook's one matrix is [W_hh, W_ih], its one bias b_ih + b_hh.",
    ),
    Convention(
        "what a recurrent layer answers",
        "One array: every step, or with `output='last'` the last real one of each sequence. PyTorch answers with the "
        "states as well; here they are in the dict that is passed as `state=`, and gates are shown to a tap. There is "
        "no `proj_size`, PyTorch's smaller h of an LSTM.",
    ),
    Convention(
        "attention",
        "`MultiheadAttention` is self-attention, with `causal=` as a setting and the padding from the pass; PyTorch "
        "takes query, key, value and masks at each call, where True means hidden. A step that may look at nothing "
        "answers with zeros before its last map, PyTorch with NaN.",
    ),
    Convention(
        "embedding",
        "The row of `padding_idx` begins at 0 and never learns, as in PyTorch. With `masks=True` it also tells the "
        "layers behind it where the padding is.",
    ),
    Convention(
        "optimizers and schedules",
        "An optimizer takes no parameters, `step(theta, grad)` does; a schedule takes no optimizer, its call does.",
    ),
]
