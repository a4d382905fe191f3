"""Recommendation: stars by factors, lists by choices, and what both have to beat."""

from layerwise.applications.recommendation.lists import biases, by_user, popularity, recall_at, top
from layerwise.applications.recommendation.networks import liking_network, stars_network, table
from layerwise.applications.recommendation.opinions import Opinions, generated_opinions, read_opinions
from layerwise.applications.recommendation.study import Parts, run, split

__all__ = [
    "Opinions",
    "Parts",
    "biases",
    "by_user",
    "generated_opinions",
    "liking_network",
    "popularity",
    "read_opinions",
    "recall_at",
    "run",
    "split",
    "stars_network",
    "table",
    "top",
]
