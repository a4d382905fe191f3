"""The application: a network on bags of words, beside naive Bayes and logistic regression."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

import layerwise as lw
from layerwise import plots
from layerwise.applications.account import Account, Picture, Score, Table
from layerwise.applications.application import Request
from layerwise.applications.spam.mails import Mails, generated_mails
from layerwise.applications.spam.published import read_mails
from layerwise.data.splits import stratified_split
from layerwise.data.vocabulary import Vocabulary, words
from layerwise.formulas import softmax
from layerwise.models import bag_of_words
from layerwise.random import generator
from layerwise.training.evaluation import predict
from layerwise.types import Array

_EXAMPLE = "You have won a free prize, click here before Friday"
_MOST_WORDS = 8000


@dataclass(frozen=True, eq=False)
class Bags:
    """Mails as bags of words, in three parts. rows: of the test part, among all mails."""

    vocabulary: Vocabulary
    train: tuple[Array, Array]
    validation: tuple[Array, Array]
    test: tuple[Array, Array]
    rows: Array

    def of(self, text: str) -> Array:
        """One text as a bag, (1, V)."""
        bag: Array = np.log1p(self.vocabulary.counts([words(text)]))
        return bag


def run(request: Request) -> Account:
    """Learn which words spam has, and answer for a sentence."""
    begin = time.monotonic()
    mails = read_mails(request.data) if request.data else generated_mails(1500 if request.short else 4000)
    bags = bags_of(mails)
    trained = []
    for seed in request.seeds:
        request.tell(f"network, seed {seed}: {len(bags.train[1]):,} mails, {len(bags.vocabulary):,} words")
        trained.append(train(bags, seed, progress=request.display))
    answers = [predict(net, bags.test[0]) for net, _ in trained]
    truth = bags.test[1]
    scores = [
        Score("this network", tuple(_accuracy(each.argmax(axis=1), truth) for each in answers)),
        *(Score(name, (_accuracy(each, truth),)) for name, each in _rivals(bags).items()),
    ]
    if mails.best is not None:
        scores.append(
            Score(
                "knowing how they were made",
                (_accuracy(mails.best[bags.rows], truth),),
                "on average nobody can do better",
            )
        )
    net, history = trained[0]
    return Account(
        name="spam",
        question="Is a mail spam or ham?",
        facts=(
            ("data", f"{len(mails.texts.labels):,} mails, {int(mails.texts.labels.sum()):,} of them spam. "
             + mails.source),
            ("terms", mails.terms),
            ("split", f"by chance, both kinds in the same shares: {len(bags.train[1]):,} to learn from, "
             f"{len(bags.validation[1]):,} to choose the epoch, {len(truth):,} for the test; words are those of the "
             "mails to learn from"),
        ),
        tables=(Table(f"accuracy in per cent on {len(truth):,} test mails; more is better", ".1f", tuple(scores)),),
        findings=_findings(scores, answers[0], truth),
        own=_own(request.own or _EXAMPLE, bags, net),
        seeds=request.seeds,
        seconds=time.monotonic() - begin,
        pictures=(
            Picture("threshold", "Marked as spam from a probability on: of the spam, what is caught; of the ham, "
                    "what is lost.", _thresholds(answers[0], truth)),
            Picture("loss", "The loss by epoch, of the first network.", plots.loss_curve(history)),
        ),
    )  # fmt: skip


def bags_of(mails: Mails) -> Bags:
    """A fifth of the mails for the test, a tenth to choose by; the logarithm of one more than each count."""
    texts, labels, classes = mails.texts
    split = stratified_split(labels, validation=0.1, test=0.2, generator=generator(0, "spam"), classes=classes)
    tokens = [words(text) for text in texts]
    vocabulary = Vocabulary.of((tokens[row] for row in split.train), most=_MOST_WORDS)
    x = np.log1p(vocabulary.counts(tokens))
    train, validation, test = ((x[rows], labels[rows]) for rows in split)
    return Bags(vocabulary, train, validation, test, split.test)


def train(bags: Bags, seed: int = 0, *, progress: bool | None = None) -> tuple[lw.Network, Any]:
    """One network, going back to its best epoch on the validation part."""
    net = bag_of_words(len(bags.vocabulary), seed=seed)
    history = lw.fit(
        net, bags.train, loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(0.001), epochs=12, validation=bags.validation,
        listeners=[lw.EarlyStopping(patience=3)], seed=seed, progress=progress,
    )  # fmt: skip
    return net, history


def _rivals(bags: Bags) -> dict[str, Array]:
    """scikit-learn's, on the same bags."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import MultinomialNB

    frequent = int(np.bincount(bags.train[1]).argmax())
    return {
        "logistic regression": LogisticRegression(max_iter=1000).fit(*bags.train).predict(bags.test[0]),
        "naive Bayes": MultinomialNB().fit(*bags.train).predict(bags.test[0]),
        f"always {('ham', 'spam')[frequent]}": np.full_like(bags.test[1], frequent),
    }


def _accuracy(answers: Array, truth: Array) -> float:
    return 100 * float(np.mean(answers == truth))


def _findings(scores: list[Score], logits: Array, truth: Array) -> tuple[str, ...]:
    ours, best = scores[0].mean, max(scores[1:4], key=lambda each: each.mean)
    spread = 100 * float(np.sqrt(ours / 100 * (1 - ours / 100) / len(truth)))
    answers = logits.argmax(axis=1)
    lost = int(np.sum((answers == 1) & (truth == 0)))
    caught = 100 * float(np.mean(answers[truth == 1] == 1))
    gap = ours - best.mean
    verdict = "no practical difference" if abs(gap) < 2 * spread else "the network is " + ("better", "worse")[gap < 0]
    return (
        f"Beside {best.name}, the best of the others: {gap:+.1f} points, "
        f"with a standard error of {spread:.1f} of each: {verdict}.",
        f"The first network catches {caught:.0f} % of the spam and loses {lost} of {int(np.sum(truth == 0))} ham.",
    )


def _own(text: str, bags: Bags, net: lw.Network) -> tuple[str, ...]:
    """The answer for a text, and which of its words speak for spam and for ham."""
    bag = bags.of(text)

    def spam(x: Array) -> float:
        return float(softmax(net(x))[0][0, 1])

    whole = spam(bag)
    pulls = {}
    for token in dict.fromkeys(words(text)):
        without = bag.copy()
        without[0, bags.vocabulary.indices([token])[0]] = 0
        if bags.vocabulary.indices([token])[0] != Vocabulary.UNKNOWN:
            pulls[token] = whole - spam(without)
    strongest = sorted(pulls.items(), key=lambda each: -abs(each[1]))[:5]
    told = ", ".join(f"{token} {100 * pull:+.1f}" for token, pull in strongest)
    return (
        f"{text!r}: spam with {100 * whole:.0f} %",
        f"What leaving a word out would take away, in points: {told or 'no word of it is known'}",
        'A sentence of your own:  layerwise apps spam --own "..."',
    )


def _thresholds(logits: Array, truth: Array) -> Any:
    p = softmax(logits)[0][:, 1]
    from_on = np.linspace(0.02, 0.98, 49)
    curves = {
        "spam caught": [100 * float(np.mean(p[truth == 1] >= each)) for each in from_on],
        "ham lost": [100 * float(np.mean(p[truth == 0] >= each)) for each in from_on],
    }
    ax = plots.lines(from_on, curves, title="From which probability on?", labels=("probability of spam", "per cent"))
    ax.set_ylim(0, 102)
    return ax
