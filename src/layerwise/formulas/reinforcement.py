"""Learning by playing: what an action was worth, how to do the better ones more often, and what an answer should say.

No truth is known here. A game gives rewards, and the formulas turn them into something that a network can learn from:
returns and advantages for a network of probabilities (a policy), targets for a network of values (Q).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.checks import fraction
from layerwise.formulas.activation import log_softmax
from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"G_{nt} = r_{nt} + \gamma G_{n,t+1}, \quad G_{nT} = v_n",
    reward="(N, T)",
    after="(N,)",
    discount="()",
    G="(N, T)",
    constants=("discount",),
    sample="return_samples",
    source="Sutton and Barto, Reinforcement Learning (2nd edition, 2018), 3.3",
)
def discounted_return(reward: Array, after: Array, discount: float) -> Differentiable:
    """What each step of a game still brought: its reward, and those that came after it, less the later they came.

    reward: r, step by step; 0 behind the end of a shorter game.
    after: v, what is expected behind the last step: 0 where the game was over, an estimate where it was only cut off.
    discount: γ, from 0 to 1, what a reward is worth that comes a step later; SettingError for another.
    Backward: a reward is in the return of its step and of all before it, dr_t = dG_t + γ dr_{t-1}, and dv = γ dr_{T-1}.

    >>> import numpy as np
    >>> G, backward = discounted_return(np.array([[1.0, 1.0, 1.0]]), np.array([0.0]), 0.5)
    >>> G, backward(np.array([[1.0, 0.0, 0.0]]))
    (array([[1.75, 1.5 , 1.  ]]), (array([[1.  , 0.5 , 0.25]]), array([0.125])))
    """
    fraction("discount", discount, one_allowed=True)
    steps = range(reward.shape[1])
    G = np.empty_like(reward)  # (N, T)
    following = after
    for t in reversed(steps):
        following = reward[:, t] + discount * following
        G[:, t] = following

    def backward(dG: Array) -> tuple[Array, Array]:
        dreward = np.empty_like(dG)
        dafter = np.zeros_like(after)
        for t in steps:
            dreward[:, t] = dG[:, t] + dafter
            dafter = discount * dreward[:, t]  # at what follows step t, in the end at `after`
        return dreward, dafter

    return G, backward


@formula(
    r"C = -\frac{1}{d} \sum_n \Big[ A_n \log p_{n, a_n} + \beta H(p_n) \Big], \quad p = \mathrm{softmax}(z), \; "
    r"H(p) = -\sum_k p_k \log p_k",
    z="(N, K)",
    action="(N,)",
    advantage="(N,)",
    beta="()",
    denominator="()",
    C="()",
    constants=("action", "advantage", "beta", "denominator"),
    sample="policy_samples",
    source="Williams, Simple statistical gradient-following algorithms for connectionist reinforcement learning, "
    "Machine Learning 8 (1992); the entropy: Williams and Peng (1991)",
)
def policy_gradient(z: Array, action: Array, advantage: Array, beta: float, denominator: float) -> Differentiable:
    """The cost whose slope is the policy gradient: actions that did better than expected become more probable.

    It is cross-entropy at the actions that were taken, each weighted by how much better it did; a negative advantage
    makes its action less probable. The value of C says nothing of how well a game goes: only its slope counts.
    z: logits of the K actions. action: a, that was taken, drawn from p. advantage: A, by how much its return was above
    what was expected; its own slope is not part of the gradient.
    beta: β, how much a policy gains by staying undecided, so that it does not stop trying too early; 0 leaves it out.
    Backward: dz = (A (p - onehot(a)) + β p (log p + H)) / d.

    >>> import numpy as np
    >>> C, backward = policy_gradient(np.zeros((1, 2)), np.array([1]), np.array([3.0]), 0.0, 1.0)
    >>> float(C.round(3)), backward(1.0)   # 3 ln 2; gradient descent makes action 1 more probable
    (2.079, array([[ 1.5, -1.5]]))
    """
    rows = np.arange(len(z))
    log_p, _ = log_softmax(z)
    p = np.exp(log_p)
    H = -(p * log_p).sum(axis=1, keepdims=True)  # (N, 1)
    C = -(advantage * log_p[rows, action] + beta * H[:, 0]).sum() / denominator

    def backward(dC: float) -> Array:
        taken = np.zeros_like(p)
        taken[rows, action] = 1
        dz = (dC / denominator) * (advantage[:, None] * (p - taken) + beta * p * (log_p + H))
        return dz

    return C, backward


@formula(
    r"y_n = r_n + \gamma \, g_n \, Q^-_{n, a_n}, \quad a_n = \mathrm{argmax}_k \, Q_{nk}",
    reward="(N,)",
    goes_on="(N,)",
    discount="()",
    chooser="(N, K)",
    judge="(N, K)",
    y="(N,)",
    constants=("goes_on", "discount", "chooser"),
    sample="target_samples",
    source="Mnih et al., Human-level control through deep reinforcement learning, Nature 518 (2015); two networks: van "
    "Hasselt, Guez and Silver, Deep reinforcement learning with double Q-learning, AAAI 2016",
)
def double_q_target(reward: Array, goes_on: Array, discount: float, chooser: Array, judge: Array) -> Differentiable:
    """What the value of an action should have been: its reward, and what the best next action is worth.

    Two networks share the work. The one that learns says which action is best next, the older copy says what that is
    worth: one network alone would choose the action that it overrates.
    goes_on: g, whether the game goes on; where it is over, nothing follows. discount: γ, from 0 to 1.
    chooser: Q, values of the next actions, as the network has them that learns. judge: Q⁻, as the older copy has them.
    Of equal values the first is taken as the best; NaN anywhere in a row of the chooser makes y NaN.
    Backward: dr = dy; dQ⁻ is γ g dy at the best action, 0 elsewhere.

    >>> import numpy as np
    >>> chooser, judge = np.array([[0.0, 1.0]] * 2), np.array([[7.0, 4.0]] * 2)
    >>> double_q_target(np.array([1.0, 1.0]), np.array([True, False]), 0.5, chooser, judge)[0]
    array([3., 1.])
    """
    fraction("discount", discount, one_allowed=True)
    rows, best = np.arange(len(judge)), chooser.argmax(axis=1)
    known = np.where(np.isnan(chooser[rows, best]), np.nan, 1).astype(judge.dtype)
    share = discount * goes_on.astype(judge.dtype) * known
    y = reward + share * judge[rows, best]

    def backward(dy: Array) -> tuple[Array, Array]:
        dreward = dy.copy()
        djudge = np.zeros_like(judge)
        djudge[rows, best] = share * dy
        return dreward, djudge

    return y, backward


# What the formulas are tried on.


def return_samples(rng: Generator) -> Iterator[Case]:
    shapes, discounts = [(1, 1), (1, 5), (4, 1), (3, 2), (2, 7), (6, 3)], [0.9, 1.0, 0.5, 0.0, 0.99, 0.3]
    for shape, discount in zip(shapes, discounts, strict=True):
        yield smooth(reward=rng.normal(size=shape), after=rng.normal(size=shape[0]), discount=discount)


def policy_samples(rng: Generator) -> Iterator[Case]:
    shapes, betas = [(1, 2), (5, 2), (1, 6), (7, 3), (3, 1), (9, 4)], [0.0, 0.01, 0.5, 1.0, 0.1, 0.0]
    for (n, k), beta in zip(shapes, betas, strict=True):
        yield smooth(
            z=2 * rng.normal(size=(n, k)), action=rng.integers(k, size=n), advantage=rng.normal(size=n), beta=beta,
            denominator=float(n),
        )  # fmt: skip


def target_samples(rng: Generator) -> Iterator[Case]:
    shapes, discounts = [(1, 2), (5, 2), (1, 1), (7, 3), (3, 1), (9, 4)], [0.9, 1.0, 0.5, 0.0, 0.99, 0.3]
    for (n, k), discount in zip(shapes, discounts, strict=True):
        yield smooth(
            reward=rng.normal(size=n), goes_on=rng.random(n) < 0.7, discount=discount,
            chooser=rng.normal(size=(n, k)), judge=rng.normal(size=(n, k)),
        )  # fmt: skip
    tied = np.array([[1.0, 1.0, 0.0], [0.0, 2.0, 2.0]])
    yield smooth(
        reward=rng.normal(size=2), goes_on=np.array([True, True]), discount=0.9, chooser=tied,
        judge=rng.normal(size=(2, 3)),
    )  # fmt: skip
