"""Embeddings: a vector for each word of a vocabulary, and for each place of a sequence.

A word is a whole number, 0 to V - 1. Looking up its row in W is the product of its one-hot vector with W, without the
multiplications by 0; so W is learnt like any other weight. Attention does not know the order of what it sees: positions
are vectors that are added to the words.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layerwise.formulas.machinery.registration import Case, formula, smooth
from layerwise.types import Array, Differentiable, Generator


@formula(
    r"y_n = W_{i_n}",
    index="(...)",
    W="(V, D)",
    padding_idx="()",
    y="(..., D)",
    constants=("index", "padding_idx"),
    sample="embedding_samples",
    source="Bengio et al., A neural probabilistic language model, JMLR 3 (2003)",
)
def embedding(index: Array, W: Array, padding_idx: int | None = None) -> Differentiable:
    """The rows of W that the whole numbers in `index` name.

    Backward: each use of a row sends its gradient there, so those of a row that was used several times add up:
    dW_v = Σ dy_n over the places n where i_n = v; unused rows get 0. The uses are sorted by row first, and each run of
    equal ones is summed. The row `padding_idx` stands for no word, and gets no gradient.

    >>> import numpy as np
    >>> y, backward = embedding(np.array([2, 0, 2]), np.array([[1.0, 1.5], [2.0, 2.5], [3.0, 3.5]]))
    >>> y
    array([[3. , 3.5],
           [1. , 1.5],
           [3. , 3.5]])
    >>> backward(np.array([[1.0, 0.0], [5.0, 5.0], [10.0, 7.0]]))
    array([[ 5.,  5.],
           [ 0.,  0.],
           [11.,  7.]])
    """
    y = W[index]

    def backward(dy: Array) -> Array:
        order = np.argsort(index, axis=None, kind="stable")  # the places of row 0 first, then those of row 1, ...
        rows, starts = np.unique(index.ravel()[order], return_index=True)
        sums = np.add.reduceat(dy.reshape(-1, W.shape[1])[order], starts, axis=0)
        learnt = rows != padding_idx  # all of them if it is None
        dW = np.zeros_like(W)
        dW[rows[learnt]] = sums[learnt]
        return dW

    return y, backward


@formula(
    r"y_{nt} = x_{nt} + P_t",
    x="(N, T, D)",
    P="(at least T, D)",
    y="(N, T, D)",
    sample="position_samples",
    source="Gehring et al., Convolutional sequence to sequence learning, ICML 2017, section 3.1",
)
def add_positions(x: Array, P: Array) -> Differentiable:
    """Add to each step of a sequence the vector of its position, the same for all samples.

    Backward: dx = dy; a position is shared by the batch, so dP_t = Σ_n dy_nt, and 0 for positions beyond T.

    >>> import numpy as np
    >>> y, backward = add_positions(np.zeros((2, 2, 1)), np.array([[0.5], [0.25], [0.125]]))
    >>> y[0].ravel(), backward(np.ones((2, 2, 1)))[1].ravel()
    (array([0.5 , 0.25]), array([2., 2., 0.]))
    """
    T = x.shape[1]
    y = x + P[:T]

    def backward(dy: Array) -> tuple[Array, Array]:
        dx = dy.copy()
        dP = np.zeros_like(P)
        dP[:T] = dy.sum(axis=0)
        return dx, dP

    return y, backward


def sinusoidal_positions(T: int, D: int) -> Array:
    """Fixed vectors for T positions: pairs of sine and cosine, of wavelengths from 2π to 10,000 · 2π. (T, D)

    P[t, 2i] = sin(t / 10000^(2i/D)), P[t, 2i+1] = cos of the same angle. A step of s positions turns each pair by an
    angle that depends on s only, so the vector of t + s is a linear map of the vector of t. No gradient: nothing is
    learnt here. Source: Vaswani et al., Attention is all you need, NeurIPS 2017, section 3.5.

    >>> sinusoidal_positions(2, 4).round(4)
    array([[0.    , 1.    , 0.    , 1.    ],
           [0.8415, 0.5403, 0.01  , 1.    ]])
    """
    even = np.arange(0, D, 2)
    angles = np.arange(T)[:, None] / 10_000 ** (even / D)  # (T, D/2)
    P = np.empty((T, D))
    P[:, 0::2] = np.sin(angles)
    P[:, 1::2] = np.cos(angles)[:, : D // 2]  # an odd D has one sine more
    return P


# What the formulas are tried on.


def embedding_samples(rng: Generator) -> Iterator[Case]:
    for shape, v, d in [((1,), 1, 1), ((5,), 3, 2), ((1, 4), 2, 3), ((3, 1), 6, 1), ((2, 7), 4, 5), ((2, 3, 2), 5, 4)]:
        yield smooth(index=rng.integers(v, size=shape), W=rng.normal(size=(v, d)), padding_idx=None)
    # A padding row that is in use has a slope that backward leaves out on purpose, so here none is.
    yield smooth(index=np.array([[2, 2, 0], [2, 0, 0]]), W=rng.normal(size=(4, 3)), padding_idx=1)


def position_samples(rng: Generator) -> Iterator[Case]:
    for n, t, d, longest in [(1, 1, 1, 1), (1, 4, 3, 4), (3, 1, 2, 5), (2, 5, 1, 6), (4, 3, 5, 7), (2, 6, 4, 6)]:
        yield smooth(x=rng.normal(size=(n, t, d)), P=rng.normal(size=(longest, d)))
