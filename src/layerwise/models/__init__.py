"""Known networks, each on one page: what they are made of, and why."""

from layerwise.models.bag_of_words import bag_of_words
from layerwise.models.char_lstm import char_lstm
from layerwise.models.factorization import factorization
from layerwise.models.gpt import gpt
from layerwise.models.lenet import lenet
from layerwise.models.resnet import resnet

__all__ = ["bag_of_words", "char_lstm", "factorization", "gpt", "lenet", "resnet"]
