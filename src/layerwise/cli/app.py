"""The program with all its commands, in the order of its help: learn, look, weigh."""

from layerwise.cli.declared import learning, looking, weighing
from layerwise.cli.root import app

__all__ = ["app", "learning", "looking", "weighing"]
