"""LSTMs that must remember: two numbers out of a hundred, and the letters of a name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from tools.deep_results.study import Run, Study, trained

import layerwise as lw
from layerwise.data.corpora import first_names
from layerwise.data.vocabulary import Vocabulary
from layerwise.models import char_lstm
from layerwise.random import generator
from layerwise.training.evaluation import predict

STEPS = 100


def adding_problem(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Sequences of numbers from 0 to 1, of which two are marked, one in each half; the target is their sum.

    x: (n, STEPS, 2), the numbers and the marks; y: (n, 1). Always answering 1 has an error of 1/6.
    Source: Hochreiter and Schmidhuber, Long short-term memory (1997), section 5.4
    """
    values = rng.uniform(size=(n, STEPS))
    marks = np.zeros((n, STEPS))
    rows = np.arange(n)
    marks[rows, rng.integers(STEPS // 2, size=n)] = 1
    marks[rows, rng.integers(STEPS // 2, STEPS, size=n)] = 1
    x = np.stack([values, marks], axis=2).astype(np.float32)
    return x, (values * marks).sum(axis=1, keepdims=True).astype(np.float32)


def adding(seed: int) -> Run:
    """Fresh sequences at every step."""

    def epoch(number: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for step in range(200):
            yield adding_problem(64, generator(seed, "adding", step=200 * number + step))

    net = lw.Network(lw.LSTM(2, 64, output="last"), lw.Linear(64, 1), seed=seed)
    seconds = trained(
        net,
        epoch,
        loss=lw.MSELoss(),
        optimizer=lw.Adam(0.005),
        schedule=lw.CosineAnnealingLR(15),
        clip_norm=1.0,
        epochs=15,
        seed=seed,
    )
    x, y = adding_problem(2000, generator(seed, "adding test"))
    error = float(np.mean((predict(net, x) - y) ** 2))
    return {"seed": seed, "score": error, "seconds": seconds, "always 1": float(np.mean((1 - y) ** 2))}


def names(seed: int) -> Run:
    """A fifth of the names held out, a tenth to choose; a name in both lists is with both labels in one part."""
    texts, labels, _ = first_names()
    texts = [text.lower() for text in texts]
    different = sorted(set(texts))
    order = generator(seed, "names").permutation(len(different))
    share = dict(zip(different, order / len(different), strict=True))
    shares = np.array([share[text] for text in texts])
    parts = [shares >= 0.3, (shares < 0.3) & (shares >= 0.2), shares < 0.2]
    vocabulary = Vocabulary.of([texts[row] for row in np.flatnonzero(parts[0])])
    x = vocabulary.padded(texts)
    train, validation, test = ((x[part], labels[part]) for part in parts)
    net = char_lstm(len(vocabulary), embedding=32, hidden=96, dropout=0.3, classes=2, seed=seed)
    seconds = trained(
        net,
        train,
        loss=lw.CrossEntropyLoss(),
        optimizer=lw.AdamW(0.003, weight_decay=0.05),
        schedule=lw.CosineAnnealingLR(16),
        clip_norm=1.0,
        epochs=16,
        batch_size=64,
        validation=validation,
        seed=seed,
    )
    score = lw.metrics.accuracy(predict(net, test[0]), test[1])
    rival = _character_n_grams(texts, labels, parts[0], parts[2])
    return {"seed": seed, "score": score, "seconds": seconds, "logistic regression on 1- to 5-grams": rival}


def _character_n_grams(texts: list[str], labels: np.ndarray, train: np.ndarray, test: np.ndarray) -> float:
    """scikit-learn on the same split; "char_wb" marks where a name begins and ends."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    rival = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5)), LogisticRegression(C=10, max_iter=2000)
    )
    some = np.array(texts)
    return float(rival.fit(some[train], labels[train]).score(some[test], labels[test]))


STUDIES = [
    Study(
        "adding",
        "the adding problem, length 100, 3,000 steps",
        "`LSTM`, 64 units",
        "squared error",
        0.01,
        False,
        adding,
    ),
    Study(
        "names",
        "female or male first names, 20 % held out; those in both lists count as both",
        "`char_lstm`",
        "accuracy",
        0.80,
        True,
        names,
    ),
]
