"""Spam or ham: a network on bags of words."""

from layerwise.applications.spam.mails import Mails, generated_mails
from layerwise.applications.spam.published import read_mails
from layerwise.applications.spam.study import Bags, bags_of, run, train

__all__ = ["Bags", "Mails", "bags_of", "generated_mails", "read_mails", "run", "train"]
