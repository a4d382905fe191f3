"""A bag of words on mails, and factors of users and films on ratings."""

from __future__ import annotations

import numpy as np
from tools.deep_results.study import Run, Study, trained

import layerwise as lw
from layerwise.data.corpora import film_ratings, mails
from layerwise.data.splits import plain_split, stratified_split
from layerwise.data.vocabulary import Vocabulary, words
from layerwise.models import bag_of_words, factorization
from layerwise.random import generator
from layerwise.training.evaluation import predict


def spam(seed: int) -> Run:
    """The logarithm of one more than each count; 8,000 words of the training part."""
    texts, labels, classes = mails()
    split = stratified_split(labels, validation=0.1, test=0.2, generator=generator(seed, "spam"), classes=classes)
    bags = [words(text) for text in texts]
    vocabulary = Vocabulary.of((bags[row] for row in split.train), most=8000)
    x = np.log1p(vocabulary.counts(bags))
    train, validation, test = ((x[rows], labels[rows]) for rows in split)
    net = bag_of_words(len(vocabulary), seed=seed)
    seconds = trained(
        net,
        train,
        loss=lw.CrossEntropyLoss(),
        optimizer=lw.Adam(0.001),
        epochs=8,
        batch_size=64,
        validation=validation,
        seed=seed,
    )
    score = lw.metrics.accuracy(predict(net, test[0]), test[1])
    return {"seed": seed, "score": score, "seconds": seconds, "logistic regression": _logistic(train, test)}


def _logistic(train, test) -> float:
    from sklearn.linear_model import LogisticRegression

    return float(LogisticRegression(max_iter=2000).fit(*train).score(*test))


def films(seed: int) -> Run:
    """Ratings drawn by chance, of any time: a tenth to tell, a twentieth to choose by, the rest to learn from."""
    pairs, ratings, users, items = film_ratings()
    split = plain_split(len(pairs), validation=0.05, test=0.1, generator=generator(seed, "films"))
    train, validation, test = ((pairs[rows], ratings[rows]) for rows in split)
    net = factorization(users, items, factors=8, mean=float(train[1].mean()), seed=seed)
    seconds = trained(
        net,
        train,
        loss=lw.MSELoss(),
        optimizer=lw.Adam(0.005),
        regularizer=lw.L2(1e-3),
        schedule=lw.CosineAnnealingLR(15),
        epochs=15,
        batch_size=256,
        validation=validation,
        seed=seed,
    )
    return {
        "seed": seed,
        "score": _rmse(predict(net, test[0]), test[1]),
        "seconds": seconds,
        "the mean": _rmse(train[1].mean(), test[1]),
    }


def _rmse(prediction, ratings) -> float:
    return float(np.sqrt(np.mean((prediction - ratings) ** 2)))


STUDIES = [
    Study("spam", "SpamAssassin, 20 % held out", "`bag_of_words`", "accuracy", 0.97, True, spam),
    Study(
        "films",
        "MovieLens small, 10 % of the ratings held out by chance, whatever their time",
        "`factorization`",
        "RMSE",
        0.90,
        False,
        films,
    ),
]
