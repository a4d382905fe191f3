"""Game playing: CartPole, learnt by policy gradient and by deep Q-learning, beside a rule written by hand.

>>> from layerwise.applications import games
>>> lengths = games.play(games.by_rule((0, 0, 1, 0.5)), games.starts(10, 0, "example")).lengths
>>> int(lengths.min())
500
"""

from layerwise.applications.games.attempt import METHODS, Attempt, Method, attempt, hard_starts, test_starts
from layerwise.applications.games.drawing import Scene, film, in_letters, in_pictures
from layerwise.applications.games.learner import Learner, Progress, train
from layerwise.applications.games.players import best_action, by_chance, by_rule, read_rule
from layerwise.applications.games.playing import Games, play, starts
from layerwise.applications.games.policy import PolicyGradient
from layerwise.applications.games.q_learning import DeepQ
from layerwise.applications.games.replay import Replay, Steps
from layerwise.applications.games.study import run

__all__ = [
    "METHODS",
    "Attempt",
    "DeepQ",
    "Games",
    "Learner",
    "Method",
    "PolicyGradient",
    "Progress",
    "Replay",
    "Scene",
    "Steps",
    "attempt",
    "best_action",
    "by_chance",
    "by_rule",
    "film",
    "hard_starts",
    "in_letters",
    "in_pictures",
    "play",
    "read_rule",
    "run",
    "starts",
    "test_starts",
    "train",
]
