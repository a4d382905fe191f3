"""Teach a network to write like a text, letter by letter, and let it go on with what you begin.

Run it as it is, or with a text of your own (UTF-8):   python examples/app_writing.py my.txt
The whole application, with pictures and a page:       layerwise apps writing --own "Your beginning"
"""

from __future__ import annotations

import sys
from pathlib import Path

from layerwise.applications import writing
from layerwise.data.corpora import english_text
from layerwise.models import char_lstm
from layerwise.random import generator

STEPS = 300  # your own: 1,500 take a few minutes, and write better


def main(path: str | None = None) -> None:
    """Print the bits per character of the network and of counted 5-grams, then what the network writes."""
    text = Path(path).read_text(encoding="utf-8") if path else english_text()
    reading = writing.Reading(text)
    print(f"{len(text):,} characters, {len(reading.vocabulary.tokens)} different ones; the last twentieth is the test")
    net = char_lstm(len(reading.vocabulary), hidden=128, seed=0)  # your own: more units, more layers?
    writing.learnt(net, reading, STEPS)
    counted = writing.NGrams(reading.parts[0], 5, len(reading.vocabulary.tokens))
    print(f"  {writing.bits(net, reading.test):.3f} bits per character  this network")
    print(f"  {counted.bits(reading.parts[2]):.3f} bits per character  counted 5-grams")
    for temperature in (0.5, 1.0):
        said = writing.continued(net, reading.vocabulary, "The ", 200, generator(0, "example"), temperature)
        print(f"at temperature {temperature}: The {' '.join(said.split())}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
