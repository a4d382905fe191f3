"""Tell sounds apart: by convolutions on raw samples, and by hand-made features of the spectrum.

Run it as it is, or with a WAV file of your own:  python examples/app_sounds.py FILE.wav
The whole application, with pictures and a page:  layerwise apps sounds
"""

from __future__ import annotations

import sys

import layerwise as lw
from layerwise.applications import sounds
from layerwise.training.evaluation import predict


def main(path: str | None = None, *, count: int = 1000, epochs: int = 15) -> None:
    """Print the accuracy of both ways on 500 test sounds, then what your own is most like."""
    x, labels = sounds.generated_sounds(count + 600)
    test, validation, train = (x[:500], labels[:500]), (x[500:600], labels[500:600]), (x[600:], labels[600:])

    net, _ = sounds.train(train, validation, len(sounds.KINDS), epochs=epochs)
    print(f"learnt from raw samples:  {lw.metrics.accuracy(predict(net, test[0]), test[1]):.3f}")

    hand = [(sounds.features(each), those) for each, those in (train, test)]
    mean, spread = hand[0][0].mean(axis=0), hand[0][0].std(axis=0)
    (x_train, y_train), (x_test, y_test) = (((each - mean) / spread, those) for each, those in hand)
    linear = lw.Network(lw.Linear(x_train.shape[1], len(sounds.KINDS)), seed=0)
    lw.fit(linear, (x_train, y_train), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(0.01), epochs=40)
    print(f"hand-made features:       {lw.metrics.accuracy(linear(x_test), y_test):.3f}")

    if path:
        p, _ = lw.formulas.softmax(net(sounds.read_sound(path)))
        print(f"{path} is most like: {sounds.KINDS[int(p[0].argmax())]}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
