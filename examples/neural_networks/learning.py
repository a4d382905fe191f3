"""How errors travel back: the chain rule, gradients of weights, losses."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

import layerwise as lw
from layerwise import formulas
from layerwise.errors import ShapeError
from layerwise.plots import heatmap, lines, new_panels, style
from neural_networks.example import example, same


@example
def chain_rule() -> Axes:
    """Two paths lead from a weight to the cost: what if their votes cancel?"""
    cases = {"3 and -3": (-3.0, 0.0), "3 and -2": (-2.0, 0.0), "3 and -3,\nh2 silent": (-3.0, -3.0)}
    votes = []
    for name, (v2, bias) in cases.items():
        u = 1.0 * 2.0  # x = 1, w = 2
        h = np.maximum([u, u + bias], 0)
        dh = (3 * h[0] + v2 * h[1] - 5) * np.array([3, v2])  # C = ½ (ŷ - 5)²
        votes.append(dh * (h > 0))
        sent_back = _votes(u, v2, bias)
        same(f"votes of {' '.join(name.split())}", votes[-1], sent_back)
        print(f"    {votes[-1][0]:+.0f} and {votes[-1][1]:+.0f}, so dw = {votes[-1].sum():+.0f}")
    first, second = np.array(votes).T
    place = np.arange(len(cases))
    (ax,) = new_panels(1, 6.4, 3.8)
    style.dress(ax, "The gradient of w is the sum of the votes of both paths", "weights behind h1 and h2", "gradient")
    ax.axhline(0, color=style.INK_SOFT, linewidth=1)
    bars = [
        ax.bar(place - 0.26, first, 0.24, color=style.NEGATIVE, label="vote by h1"),
        ax.bar(place, second, 0.24, color=style.POSITIVE, label="vote by h2"),
        ax.bar(place + 0.26, first + second, 0.24, color=style.INK_SOFT, label="sum: dw"),
    ]
    ax.set_xticks(place, list(cases))
    style.key(ax, bars)
    return ax


def _votes(u: float, v2: float, bias: float) -> list[float]:
    """The same with formulas: each sends back what arrives, so a value that is used twice gets two votes."""
    h1, backward_1 = formulas.relu(np.array([[u]]))
    h2, backward_2 = formulas.relu(np.array([[u + bias]]))
    y, backward_y = formulas.linear(np.hstack([h1, h2]), np.array([[3.0, v2]]), np.zeros(1))
    dh, _, _ = backward_y(y - 5)
    return [backward_1(dh[:, :1]).item(), backward_2(dh[:, 1:]).item()]


class Transposed(lw.Linear):
    """A square layer whose gradient of the weight is transposed: a mistake that raises no error."""

    def forward(self, x, pass_):
        z, backward = super().forward(x, pass_)

        def wrong(dz):
            weight = self.parameters["weight"]
            before = weight.grad.copy()
            dx = backward(dz)
            weight.grad[...] = before + (weight.grad - before).T
            return dx

        return z, wrong


@example
def transposed_gradient() -> Axes:
    """A network with a wrong gradient: does it learn all the same?"""
    rng = np.random.default_rng(0)
    a, delta = rng.normal(size=(6, 8)), rng.normal(size=(6, 8))
    by_hand = sum(np.outer(delta_n, a_n) for delta_n, a_n in zip(delta, a, strict=True))
    same("dW as a sum of outer products", by_hand, formulas.linear(a, np.eye(8), np.zeros(8))[1](delta)[1])
    x, y = lw.data.load("circles", n=300).train
    curves = {}
    for name, layer in (("right gradient", lw.Linear), ("dW transposed", Transposed)):
        net = lw.Network(lw.Linear(2, 8), lw.Tanh(), layer(8, 8), lw.Tanh(), lw.Linear(8, 1), seed=0, dtype="float64")
        loss = lw.BCEWithLogitsLoss()
        report = lw.gradcheck(net, x[:20], y[:20, None], loss)
        history = lw.fit(net, (x, y[:, None]), loss=loss, optimizer=lw.Adam(lr=0.01), epochs=120, batch_size=32)
        curves[name] = history["train_loss"]
        accuracy = ((net(x)[:, 0] > 0) == y).mean()
        verdict = "right" if report.ok else f"{report.wrong[0].name}: {report.wrong[0].verdict}"
        print(f"  {name}: {accuracy:.1%} right at the end; gradcheck: {verdict}")
    title = "Both learn: a falling loss does not prove a gradient"
    epochs = np.arange(1, 121)
    return lines(epochs, curves, title=title, labels=("epoch", "cross-entropy (nats, logarithmic)"), log="y")


@example
def losses() -> Axes:
    """A network is surely wrong: which loss still tells it so?"""
    first = np.linspace(-4, 12, 161)
    z = np.stack([first, np.ones_like(first), np.zeros_like(first)], axis=1)
    y = np.tile([0.0, 0.0, 1.0], (len(z), 1))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    by_entropy = p - y
    to_p = 2 * (p - y) / 3  # squared error of three probabilities, then the Jacobian of softmax
    by_square = p * (to_p - (p * to_p).sum(axis=1, keepdims=True))

    one, n = np.ones((1, 1)), 1.0
    dz = formulas.cross_entropy_with_logits(z, np.full(len(z), 2), one, n)[1](1.0)
    same("gradient of cross-entropy", by_entropy, dz)
    q, backward_softmax = formulas.softmax(z)
    square = backward_softmax(formulas.mean_squared_error(q, y, one, 3.0)[1](1.0))
    same("gradient of the squared error", by_square, square)
    place = int(np.abs(first - 10).argmin())
    print(f"  at 10: cross-entropy {by_entropy[place, 2]:.2f}, squared error {by_square[place, 2]:.5f}")
    return lines(
        first, {"cross-entropy": by_entropy[:, 2], "squared error on probabilities": by_square[:, 2]},
        title="Where the network is surely wrong, the squared error is silent",
        labels=("logit of a wrong class (that of the true class is 0)", "gradient at the true logit"),
    )  # fmt: skip


@example
def broadcasting() -> Axes:
    """Perfect predictions in the wrong shape: what is their squared error?"""
    prediction, target = np.array([1.0, 2.0, 3.0, 4.0]), np.array([[1.0], [2.0], [3.0], [4.0]])
    differences = prediction - target
    mean = np.full_like(prediction, 2.5) - target
    print(f"  perfect predictions (4,) against targets (4, 1): {(differences**2).mean():.2f}")
    print(f"  the constant answer 2.5: {(mean**2).mean():.2f}, the variance of the targets")
    loss = lw.MSELoss()
    same("in the right shape", ((prediction[:, None] - target) ** 2).mean(), loss(prediction[:, None], target)[0])
    try:
        loss(prediction[:, None], target[:, 0])
    except ShapeError as error:
        print(f"  Layerwise refuses: {error}")
    (ax,) = new_panels(1, 5.4, 4.4)
    heatmap(
        differences, title="Sixteen differences where four were meant", labels=("prediction", "target"),
        numbers="+.0f", limit=4, ax=ax,
    )  # fmt: skip
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks(range(4), ["1", "2", "3", "4"])
    return ax
