"""Few weights, used at every place of an image: what that saves, what it knows, and what nobody reads."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

import layerwise as lw
from layerwise.plots import heatmap, new_panels, style
from layerwise.random import generator
from neural_networks.example import example, same


@example
def unread_pixels() -> Axes:
    """An 8 x 8 image, kernel 3, stride 2: which pixels does nobody read?"""
    panels = new_panels(2, 7.6, 4.2)
    for ax, padding in zip(panels, (0, 1), strict=True):
        places = lw.formulas.output_size(8, kernel=3, stride=2, padding=padding)
        reads = np.zeros((8 + 2 * padding, 8 + 2 * padding))
        for h, w in np.ndindex(places, places):
            reads[2 * h : 2 * h + 3, 2 * w : 2 * w + 3] += 1
        reads = reads[padding : padding + 8, padding : padding + 8]
        layer = lw.Conv2d(1, 1, 3, stride=2, padding=padding, init={"name": "constant", "value": 1.0})
        z, backward = lw.Network(layer, dtype="float64").forward(np.zeros((1, 1, 8, 8)))
        same(f"padding {padding}, windows over each pixel", reads, backward(np.ones_like(z))[0, 0])
        unread = int((reads == 0).sum())
        print(f"    {(8 + 2 * padding - 3) / 2 + 1} places, so {places}; {unread} of 64 pixels have gradient 0")
        found = f"{unread} pixels nobody reads" if unread else "every pixel is read"
        heatmap(reads, title=f"padding {padding}: {found}", numbers=".0f", limit=4, ax=ax)
    shared, own = lw.Network(lw.Conv2d(1, 8, 3, stride=2)), lw.Network(lw.Linear(64, 8 * 3 * 3))
    print(f"  8 kernels have {shared.theta.size} parameters; a dense layer to as many outputs {own.theta.size:,}")
    return panels[0]


@example
def shuffled_pixels() -> Axes:
    """All images are shuffled in the same way, pixel by pixel: which network minds?"""
    data = lw.data.load("digits", seed=0, flat=False)
    order = generator(0, "pixels").permutation(64)
    x, y = data.test
    moved = np.pad(x, ((0, 0), (0, 0), (0, 0), (1, 0)))[..., :8]
    right = []
    for name, layers in {"dense": _dense, "convolutional": _convolutional}.items():
        for words, places in (("as they are", np.arange(64)), ("shuffled", order)):
            net = lw.Network(*layers(), seed=0)
            train = data.train.x.reshape(-1, 64)[:, places].reshape(-1, 1, 8, 8)
            lw.fit(
                net, (train, data.train.y), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.005), epochs=15,
                batch_size=32,
            )  # fmt: skip
            seen = [each.reshape(-1, 64)[:, places].reshape(x.shape) for each in (x, moved)]
            right.append([(net(each).argmax(axis=1) == y).mean() for each in seen])
            print(f"  {name}, {net.theta.size:,} parameters, {words}: {right[-1][0]:.1%} right, "
                  f"{right[-1][1]:.1%} if moved by one pixel")  # fmt: skip
    kernel, bias = net[0].weight[:, 0].astype(float), net[0].bias.astype(float)
    image = np.pad(seen[0][0, 0], 1).astype(float)
    by_hand = [[(kernel * image[h : h + 3, w : w + 3]).sum(axis=(1, 2)) for w in range(8)] for h in range(8)]
    maps = lw.formulas.conv2d(image[None, None], kernel[:, None], bias)[0]
    same("the maps of one image", np.moveaxis(by_hand, -1, 0) + bias[:, None, None], maps[0])
    return _bars(np.array(right))


def _dense() -> list[lw.Layer]:
    return [lw.Flatten(), lw.Linear(64, 25), lw.ReLU(), lw.Linear(25, 10)]


def _convolutional() -> list[lw.Layer]:
    return [
        lw.Conv2d(1, 8, 3, padding=1), lw.ReLU(), lw.MaxPool2d(2),
        lw.Conv2d(8, 16, 3, padding=1), lw.ReLU(), lw.MaxPool2d(2),
        lw.Flatten(), lw.Linear(64, 10),
    ]  # fmt: skip


def _bars(right: np.ndarray) -> Axes:
    """Four groups of two bars: right in place, and right if moved."""
    (ax,) = new_panels(1, 6.4, 3.9)
    style.dress(ax, "Without neighbours, a convolution has lost what it knew", "", "right (%)")
    place = np.arange(len(right))
    bars = []
    for column, (words, colour) in enumerate((("in place", style.NEGATIVE), ("moved by one pixel", style.POSITIVE))):
        drawn = ax.bar(place + 0.36 * (column - 0.5), 100 * right[:, column], 0.32, color=colour, label=words)
        ax.bar_label(drawn, fmt="%.0f", fontsize=style.TICK, color=style.INK, fontfamily=style.FONT, padding=2)
        bars.append(drawn)
    ax.set_xticks(place, ["dense", "dense,\nshuffled", "convolutional", "convolutional,\nshuffled"])
    ax.set_ylim(0, 108)
    style.key(ax, bars)
    return ax
