"""The application: digits, other known sets, or photos of one's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import layerwise as lw
from layerwise.applications.account import Account, Picture, Score, Table
from layerwise.applications.application import Request
from layerwise.applications.images import pictures
from layerwise.applications.images.network import image_network, shifted
from layerwise.applications.images.photos import read_photos
from layerwise.comparison.certainty import sign_test
from layerwise.data.splits import stratified_split
from layerwise.errors import SettingError
from layerwise.formulas import softmax
from layerwise.random import generator
from layerwise.training.evaluation import predict
from layerwise.types import Array

Part = tuple[Array, Array]
SETS = {"digits": 20, "mnist": 4, "fashion_mnist": 6}
"""Epochs for each set by name."""
_PHOTO_EPOCHS = 30


@dataclass(frozen=True)
class Images:
    """Images in three parts, and how they may be changed.

    train, validation, test: x (N, C, H, W), 0 to 1, and labels. mirror: whether a mirrored image stays in its class.
    asked: names and x of images without a class.
    """

    train: Part
    validation: Part
    test: Part
    classes: tuple[str, ...]
    epochs: int
    mirror: bool
    source: str
    terms: str
    asked: tuple[Path, ...] = ()
    asked_x: Array | None = field(default=None, repr=False)


def run(request: Request) -> Account:
    """Learn to tell classes of images apart, and answer for the learner's own."""
    begin = time.monotonic()
    images = from_folder(request.own) if request.own else from_set(request.data or "digits")
    trained = [train(images, seed, request.short, request.display, request.tell) for seed in request.seeds]
    answers = [predict(net, images.test[0]).argmax(axis=1) for net, _ in trained]
    rival = _logistic(images)
    frequent = int(np.bincount(images.train[1]).argmax())
    truth = images.test[1]
    table = Table(
        f"accuracy in per cent on {len(truth):,} test images; more is better",
        ".1f",
        (
            Score("this network", tuple(_accuracy(each, truth) for each in answers)),
            Score("logistic regression on the pixels", (_accuracy(rival, truth),)),
            Score(f"always {images.classes[frequent]!r}", (_accuracy(np.full_like(truth, frequent), truth),)),
        ),
    )
    x, _ = images.train
    net, history = trained[0]
    return Account(
        name="images",
        question=f"Which of {len(images.classes)} classes does an image show?",
        facts=(
            ("data", f"{images.source} Images of {x.shape[2]} x {x.shape[3]} pixels; classes: "
             + ", ".join(images.classes[:12])),
            ("terms", images.terms),
            ("split", f"{len(x):,} images to learn from, {len(images.validation[0]):,} to choose the epoch, "
             f"{len(truth):,} for the test; each class in the same shares where the set has no test part of its own"),
        ),
        tables=(table,),
        findings=_findings(answers[0], rival, truth),
        own=_own(images, net),
        seeds=request.seeds,
        seconds=time.monotonic() - begin,
        pictures=(
            Picture("mistakes", "The test images of which the first network is least sure, or wrong.",
                    pictures.doubtful(images.test, softmax(predict(net, images.test[0]))[0], images.classes)),
            Picture("confusion", "Test images by class and answer; the network is right on the diagonal.",
                    pictures.confusion(truth, answers[0], images.classes)),
            Picture("loss", "The loss by epoch, of the first network.", lw.plots.loss_curve(history)),
        ),
    )  # fmt: skip


def from_set(name: str) -> Images:
    """A set by name: digits needs no network; mnist and fashion_mnist are downloaded once and checked."""
    if name not in SETS:
        raise SettingError(f"--data is {name!r}: choose {', '.join(SETS)}, or photos of your own by --own FOLDER")
    data = lw.data.load(name, flat=False)
    mirror = name == "fashion_mnist"
    return Images(data.train, data.validation, data.test, data.classes, SETS[name], mirror, data.source, data.terms)


def from_folder(folder: str) -> Images:
    """Photos: 60 % of each class to learn from, 20 % to choose the epoch, 20 % for the test."""
    photos = read_photos(folder)
    split = stratified_split(
        photos.labels, validation=0.2, test=0.2, generator=generator(0, "photos"), classes=photos.classes
    )
    train, validation, test = ((photos.x[rows], photos.labels[rows]) for rows in split)
    source = f"{len(photos.x):,} photos in {folder}."
    return Images(
        train, validation, test, photos.classes, _PHOTO_EPOCHS, True, source, "Yours.", photos.asked, photos.asked_x
    )


def train(
    images: Images, seed: int, short: bool = False, progress: bool | None = None,
    tell: Callable[[str], None] | None = None,
) -> tuple[lw.Network, Any]:  # fmt: skip
    """One network by Adam, with a rate that rises and falls, going back to its best epoch on the validation part."""
    x, labels = images.train
    epochs = max(3, images.epochs // 4) if short else images.epochs
    if tell is not None:
        tell(f"network, seed {seed}: {epochs} epochs of {len(x):,} images")
    net = image_network(x.shape[1:], len(images.classes), seed=seed)
    steps = epochs * -(-len(x) // 32)
    history = lw.fit(
        net, shifted(x, labels, most=max(1, x.shape[2] // 12), mirror=images.mirror, seed=seed),
        loss=lw.CrossEntropyLoss(), optimizer=lw.AdamW(weight_decay=0.01), epochs=epochs,
        schedule=lw.OneCycleLR(0.01, total_steps=steps), validation=images.validation,
        listeners=[lw.EarlyStopping(patience=epochs)], seed=seed, progress=progress,
    )  # fmt: skip
    return net, history


def _accuracy(answers: Array, truth: Array) -> float:
    return 100 * float(np.mean(answers == truth))


def _logistic(images: Images) -> Array:
    """scikit-learn's, on the pixels; on at most 10,000 images, which take it some seconds."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    x, labels = (each[:10_000] for each in images.train)
    model = LogisticRegression(max_iter=200)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(x.reshape(len(x), -1), labels)
    answers: Array = model.predict(images.test[0].reshape(len(images.test[0]), -1))
    return answers


def _findings(ours: Array, theirs: Array, truth: Array) -> tuple[str, ...]:
    alone = int(np.sum((ours == truth) & (theirs != truth))), int(np.sum((ours != truth) & (theirs == truth)))
    p = sign_test(*alone)
    verdict = "chance alone may explain that" if p >= 0.05 else (
        f"the {'network' if alone[0] > alone[1] else 'regression'} is better")  # fmt: skip
    return (
        f"The first network alone is right on {alone[0]} images, the regression alone on {alone[1]}: {verdict} "
        f"(p = {p:.2g}).",
    )


def _own(images: Images, net: lw.Network) -> tuple[str, ...]:
    hint = (
        "Photos of your own: a folder with one subfolder of photos for each class and, beside the subfolders, "
        "the photos that the network is to answer for:",
        "layerwise apps images --own FOLDER",
    )
    if images.asked_x is None or not len(images.asked):
        return hint
    shares, _ = softmax(predict(net, images.asked_x))
    return tuple(
        f"{path.name}: {images.classes[int(row.argmax())]} ({100 * row.max():.0f} %)"
        for path, row in zip(images.asked, shares, strict=True)
    )
