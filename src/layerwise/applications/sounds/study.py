"""The application: learnt features beside hand-made ones, on few sounds and on many."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from layerwise import plots
from layerwise.applications.account import Account, Picture, Score, Table
from layerwise.applications.application import Request
from layerwise.applications.sounds.hearing import features, train
from layerwise.applications.sounds.making import KINDS, LENGTH, RATE, generated_sounds, read_sound
from layerwise.formulas import softmax
from layerwise.training.evaluation import predict
from layerwise.types import Array

_TEST, _VALIDATION = 1000, 200
_SIZES = (60, 200, 600, 2000)
Part = tuple[Array, Array]


def run(request: Request) -> Account:
    """Learn from samples and from features, judge both, and say what a sound is."""
    begin = time.monotonic()
    asked = read_sound(request.own) if request.own else None
    many = 600 if request.short else 2000
    epochs = 8 if request.short else 25
    x, labels = generated_sounds(_TEST + _VALIDATION + many)
    test, validation = (x[:_TEST], labels[:_TEST]), (x[_TEST:-many], labels[_TEST:-many])
    whole = x[-many:], labels[-many:]
    trained = []
    for seed in request.seeds:
        request.tell(f"network, seed {seed}: {epochs} epochs of {many:,} sounds")
        trained.append(train(whole, validation, len(KINDS), epochs=epochs, seed=seed, progress=request.display))
    net, history = trained[0]
    by_hand = _by_hand(whole, test)
    sizes = [size for size in _SIZES if size <= many]
    learnt = [_few(whole, validation, test, size, epochs, request) for size in sizes[:-1]]
    accuracies = tuple(_accuracy(predict(each, test[0]).argmax(axis=1), test[1]) for each, _ in trained)
    return Account(
        name="sounds",
        question=f"Which of {len(KINDS)} instruments is heard, and does it pay to think of features?",
        facts=(
            ("data", f"{len(x):,} generated sounds of {LENGTH} samples, {LENGTH / RATE:.2f} s: {', '.join(KINDS)}, at "
             "any pitch from 200 to 800 Hz, with noise up to as loud as they are"),
            ("terms", "Free of any terms."),
            ("split", f"each sound is made anew: {many:,} to learn from, {_VALIDATION} to choose the epoch, "
             f"{_TEST:,} for the test"),
        ),
        tables=(
            Table(f"accuracy in per cent on {_TEST:,} test sounds; more is better", ".1f", (
                Score("this network, on raw samples", accuracies),
                Score("hand-made spectral features", (by_hand,), "with logistic regression"),
                Score("raw samples", (_linear(whole, test),), "with logistic regression"),
                Score("any one kind, always", (100 * float(np.bincount(test[1]).max()) / _TEST,)),
            )),
        ),
        findings=_findings(accuracies, by_hand, sizes, learnt),
        own=_own(net, asked),
        seeds=request.seeds,
        seconds=time.monotonic() - begin,
        pictures=(
            Picture("sizes", "The same test sounds, learnt from few sounds and from many.",
                    _by_size(sizes, [*learnt, accuracies[0]], [_by_hand(_first(whole, size), test) for size in sizes])),
            Picture("loss", "The loss by epoch, of the first network.", plots.loss_curve(history)),
        ),
    )  # fmt: skip


def _first(part: Part, size: int) -> Part:
    return part[0][:size], part[1][:size]


def _few(whole: Part, validation: Part, test: Part, size: int, epochs: int, request: Request) -> float:
    """The accuracy of the first seed on the first sounds alone, with as many updates as on all of them."""
    request.tell(f"network, seed {request.seeds[0]}, on {size} sounds")
    more = len(whole[1]) // size
    net, _ = train(
        _first(whole, size), _first(validation, max(20, size // 5)), len(KINDS), epochs=more * epochs,
        seed=request.seeds[0], progress=request.display,
    )  # fmt: skip
    return _accuracy(predict(net, test[0]).argmax(axis=1), test[1])


def _by_hand(train: Part, test: Part) -> float:
    """Logistic regression on the scaled features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(features(train[0]), train[1])
    return _accuracy(model.predict(features(test[0])), test[1])


def _linear(train: Part, test: Part) -> float:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=2000).fit(train[0][:, 0], train[1])
    return _accuracy(model.predict(test[0][:, 0]), test[1])


def _accuracy(answers: Array, truth: Array) -> float:
    return 100 * float(np.mean(answers == truth))


def _findings(accuracies: tuple[float, ...], by_hand: float, sizes: list[int], learnt: list[float]) -> tuple[str, ...]:
    mean = float(np.mean(accuracies))
    spread = 100 * float(np.sqrt(max(mean / 100 * (1 - mean / 100), 1e-4) / _TEST))
    gap = mean - by_hand
    verdict = "no practical difference" if abs(gap) < 2.8 * spread else "the network is " + ("better", "worse")[gap < 0]
    return (
        f"Learnt against hand-made features, on all sounds: {gap:+.1f} points: {verdict}.",
        f"On {sizes[0]} sounds the network reaches {learnt[0]:.0f} %; the picture shows how that grows with them.",
    )


def _own(net: Any, asked: Array | None) -> tuple[str, ...]:
    if asked is None:
        return ("A sound of your own, as WAV with 16 bits:  layerwise apps sounds --own FILE.wav",)
    p = softmax(net(asked))[0][0]
    order = np.argsort(-p)
    return (f"Your sound is most like: {', '.join(f'{KINDS[k]} {100 * p[k]:.0f} %' for k in order[:3])}",)


def _by_size(sizes: list[int], learnt: list[float], by_hand: list[float]) -> Any:
    ax = plots.lines(
        sizes, {"network on raw samples": learnt, "hand-made features": by_hand}, log="x",
        title="By how many sounds there are to learn from", labels=("sounds", "accuracy (%)"),
    )  # fmt: skip
    ax.set_xticks(sizes)
    return ax
