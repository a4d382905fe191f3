"""Learn who likes what from ratings alone, and make a top ten.

Run it as it is, or with the ratings.csv of MovieLens:  python examples/app_recommendation.py ratings.csv
The whole application, with pictures and a page:        layerwise apps recommendation
"""

from __future__ import annotations

import sys

import numpy as np

from layerwise.applications import recommendation as rec


def main(path: str | None = None, *, epochs: int = 20) -> None:
    """Print how good stars and lists are, and the list of one person."""
    opinions = rec.read_opinions(path) if path else rec.generated_opinions()
    parts = rec.split(opinions.ratings)
    users, items, person = parts.train.users, parts.train.items, 0

    biases = rec.biases(parts.train)
    stars, _ = rec.stars_network(parts.train, parts.validation, beside=biases, pull=9, epochs=epochs)
    expected = biases + rec.table(stars, users, items)
    print(f"RMSE of the stars: network {parts.rmse(expected):.3f}, biases {parts.rmse(biases):.3f}")

    liking = rec.table(rec.liking_network(parts.train, epochs=epochs), users, items)
    popular = np.tile(rec.popularity(parts.train), (users, 1))
    print(f"recall@10: network {parts.recall(liking):.3f}, popular films {parts.recall(popular):.3f}")

    print(f"a top ten for person {person}:")
    for item in rec.top(liking[person], parts.seen[person]):
        print(f"  {opinions.titles[item]:<32} {expected[person, item]:.1f} stars expected")


if __name__ == "__main__":
    main(*sys.argv[1:2])
