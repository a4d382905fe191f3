"""Learn to balance a pole on a cart by trying: policy gradient, round by round.

Run it as it is, or for more rounds:                           python examples/app_games.py 60
Both methods, with films and a page; watch them while they learn: layerwise apps games --watch
"""

from __future__ import annotations

import sys

from layerwise.applications import games


def main(rounds: int = 40) -> None:
    """Print how long the pole is held, by chance, by a rule, and by a network that learns, in steps of 0.02 s."""
    test = games.test_starts(seed=0)  # 100 games; each is over when the pole falls, or after 500 steps
    held = {"chance": games.by_chance(0), "a rule by hand": games.by_rule((0, 0, 1, 0.5))}  # your own rule?
    for name, player in held.items():
        print(f"{name}: {games.play(player, test).lengths.mean():.1f} steps")

    learner = games.PolicyGradient(seed=0)  # your own: games.DeepQ(seed=0), for 200 rounds
    for number in range(rounds):
        learner.round()
        if number % 5 == 4:
            mean = games.play(games.best_action(learner.net), games.starts(20, number, "to look at")).lengths.mean()
            print(f"  round {number + 1}, after {learner.steps:,} steps of play: {mean:.1f} steps")
    print(f"the network: {games.play(games.best_action(learner.net), test).lengths.mean():.1f} steps")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
