"""Tell classes of images apart: handwritten digits, or photos of your own.

Run it as it is, or with a folder that has one subfolder of photos a class:  python examples/app_images.py FOLDER
The whole application, with pictures and a page:                             layerwise apps images
"""

from __future__ import annotations

import sys

import layerwise as lw
from layerwise.applications import images as pictures
from layerwise.training.evaluation import predict


def main(folder: str | None = None, *, epochs: int = 20) -> None:
    """Train on shifted images, and print the accuracy on the test part."""
    images = pictures.from_folder(folder) if folder else pictures.from_set("digits")
    x, labels = images.train
    net = pictures.image_network(x.shape[1:], len(images.classes), seed=0)
    print(net.summary(x.shape[1:]))
    lw.fit(
        net,
        pictures.shifted(x, labels, most=1, mirror=images.mirror),  # your own: most=0, and it learns less
        loss=lw.CrossEntropyLoss(),
        optimizer=lw.AdamW(weight_decay=0.01),
        schedule=lw.OneCycleLR(0.01, total_steps=epochs * -(-len(x) // 32)),
        epochs=epochs,
        validation=images.validation,
    )
    test, truth = images.test
    print(f"accuracy on {len(truth)} test images: {lw.metrics.accuracy(predict(net, test), truth):.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
