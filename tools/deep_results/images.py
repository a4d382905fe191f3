"""Convolutional networks on digits and on clothes."""

from __future__ import annotations

from functools import partial

from tools.deep_results.study import Run, Study, trained

import layerwise as lw
from layerwise.models import lenet, resnet
from layerwise.training.evaluation import predict


def run(name: str, build, epochs: int, batch_size: int, rate: float, seed: int) -> Run:
    """Adam, with a rate that rises and falls once over the whole run; the given test part, which nothing has seen."""
    data = lw.data.load(name, seed=seed, flat=False)
    net = build(seed=seed)
    steps = -(-len(data.train.x) // batch_size)
    seconds = trained(
        net,
        data.train,
        loss=lw.CrossEntropyLoss(),
        optimizer=lw.Adam(),
        schedule=lw.OneCycleLR(rate, epochs=epochs, steps_per_epoch=steps),
        epochs=epochs,
        batch_size=batch_size,
        validation=data.validation,
        seed=seed,
    )
    score = lw.metrics.accuracy(predict(net, data.test.x), data.test.y)
    return {"seed": seed, "score": score, "seconds": seconds}


STUDIES = [
    Study(
        "lenet mnist",
        "MNIST, 3 epochs",
        "`lenet`, 16 and 32 maps",
        "accuracy",
        0.99,
        True,
        partial(run, "mnist", partial(lenet, maps=(16, 32)), 3, 64, 0.004),
    ),
    Study(
        "lenet fashion",
        "Fashion-MNIST, 5 epochs",
        "`lenet`, 16 and 32 maps",
        "accuracy",
        0.90,
        True,
        partial(run, "fashion_mnist", partial(lenet, maps=(16, 32)), 5, 64, 0.004),
    ),
    Study(
        "resnet fashion",
        "Fashion-MNIST, 5 epochs",
        "`resnet`",
        "accuracy",
        "lenet fashion",
        True,
        partial(run, "fashion_mnist", resnet, 5, 64, 0.01),
    ),
]
