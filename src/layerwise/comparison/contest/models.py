"""The models that compete: what each is, its settings as they come, and the settings that tuning may draw."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from layerwise.comparison.contest import network_model
from layerwise.comparison.contest.budget import Effort
from layerwise.comparison.contest.encoding import Encoder
from layerwise.comparison.contest.problem import Problem
from layerwise.types import Array, Generator

Settings = Mapping[str, Any]


class Fitted(Protocol):
    """A model that has learnt.

    size: how many numbers it holds. steps: updates, trees or rounds that it took; 0 where nothing is counted. cut:
    whether the ceiling of seconds ended it before its work was done.
    """

    cut: bool

    @property
    def size(self) -> int: ...

    @property
    def steps(self) -> int: ...

    def answer(self, problem: Problem) -> Array:
        """Probabilities (N, K) of the classes, or quantities (N,)."""
        ...


@dataclass(frozen=True)
class Model:
    """A competitor.

    name: for tables. title: in a sentence. kind: "dummy", "traditional" or "network". rank: from the simplest, 0, up.
    default: settings untuned. draw: settings for the tuning; None where there is nothing to tune.
    fit: learns from a problem with settings and a seed, with an effort. step: what its work is counted in, one of it.
    stops: whether it learns step by step, and ends by itself when its seconds are over.
    random: whether the seed changes what it learns so much that several are trained in every fold.
    """

    name: str
    title: str
    kind: str
    rank: int
    default: Settings
    draw: Callable[[Generator], Settings] | None
    fit: Callable[[Problem, Settings, int, Effort], Fitted]
    step: str = ""
    stops: bool = False
    random: bool = False


class _Estimator:
    """A model of scikit-learn behind an encoder."""

    def __init__(self, encoder: Encoder, model: Any, classes: int) -> None:
        self.encoder, self.model, self.classes, self.cut = encoder, model, classes, False

    def answer(self, problem: Problem) -> Array:
        x = self.encoder.encode(problem.features)
        if not self.classes:
            return self.model.predict(x).astype(np.float64).ravel()
        probabilities = np.zeros((len(x), self.classes))
        probabilities[:, self.model.classes_] = self.model.predict_proba(x)  # a rare class may be in no training row
        return probabilities

    @property
    def size(self) -> int:
        return _size(self.model)

    @property
    def steps(self) -> int:
        """Trees of a forest, rounds of boosting."""
        if hasattr(self.model, "_predictors"):
            return int(self.model.n_iter_)
        return len(getattr(self.model, "estimators_", ()))


def _size(model: Any) -> int:
    """Numbers that a model of scikit-learn keeps: weights, nodes of trees, or the samples themselves."""
    if hasattr(model, "coef_"):
        return int(np.size(model.coef_) + np.size(model.intercept_))
    if hasattr(model, "estimators_"):
        return int(sum(tree.tree_.node_count for tree in model.estimators_))
    if hasattr(model, "tree_"):
        return int(model.tree_.node_count)
    if hasattr(model, "_predictors"):
        return int(sum(len(tree.nodes) for stage in model._predictors for tree in stage))
    return int(np.size(getattr(model, "_fit_X", 1)))


def _learnt(problem: Problem, scaling: str, make: Callable[[Encoder, Array], Any]) -> _Estimator:
    encoder = Encoder(scaling).learn(problem.features)
    x = encoder.encode(problem.features)
    model = make(encoder, x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a linear model that has not converged is judged by its score
        model.fit(x, problem.y)
    return _Estimator(encoder, model, len(problem.classes))


def _dummy(problem: Problem, settings: Settings, seed: int, effort: Effort) -> Fitted:
    from sklearn.dummy import DummyClassifier, DummyRegressor

    return _learnt(
        problem, "none", lambda *_: DummyClassifier(strategy="prior") if problem.classes else DummyRegressor()
    )


def _linear(problem: Problem, settings: Settings, seed: int, effort: Effort) -> Fitted:
    from sklearn.linear_model import LogisticRegression, Ridge

    penalty = settings["penalty"]
    return _learnt(
        problem,
        "standard",
        lambda *_: LogisticRegression(C=1 / penalty, max_iter=300) if problem.classes else Ridge(alpha=penalty),
    )


def _neighbours(problem: Problem, settings: Settings, seed: int, effort: Effort) -> Fitted:
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    kind = KNeighborsClassifier if problem.classes else KNeighborsRegressor
    nearest = min(settings["neighbours"], len(problem))
    return _learnt(problem, "standard", lambda *_: kind(nearest, weights=settings["weights"]))


def _tree(problem: Problem, settings: Settings, seed: int, effort: Effort) -> Fitted:
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    kind = DecisionTreeClassifier if problem.classes else DecisionTreeRegressor
    return _learnt(problem, "none", lambda *_: kind(**settings, random_state=seed))


_TREES, _FEWEST_TREES, _TREES_OF_ROWS = 100, 30, 500_000
_TREES_TUNING, _TREES_AT_ONCE = 20, 10
_ROUNDS = 500


def _forest(problem: Problem, settings: Settings, seed: int, effort: Effort) -> Fitted:
    """100 trees; fewer where rows are many, so that trees times rows stay below 500,000, but 30 at least."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    began = time.perf_counter()
    kind = RandomForestClassifier if problem.classes else RandomForestRegressor
    wanted = max(_FEWEST_TREES, min(_TREES, _TREES_OF_ROWS // len(problem)))
    wanted = _TREES_TUNING if effort.tuning else wanted
    forest = _learnt(problem, "none", lambda *_: kind(_TREES_AT_ONCE, **settings, random_state=seed, warm_start=True))
    x = forest.encoder.encode(problem.features)
    while forest.model.n_estimators < wanted:
        if time.perf_counter() - began > effort.seconds:
            forest.cut = True
            break
        forest.model.n_estimators = min(wanted, forest.model.n_estimators + _TREES_AT_ONCE)
        forest.model.fit(x, problem.y)
    return forest


def _boosting(problem: Problem, settings: Settings, seed: int, effort: Effort) -> Fitted:
    """It stops early by a part of its rows, where every class has rows enough for that."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if problem.classes else HistGradientBoostingRegressor
    stops = not problem.classes or int(np.bincount(problem.y)[np.unique(problem.y)].min()) >= 10
    return _learnt(
        problem,
        "none",
        lambda encoder, x: kind(
            **settings, categorical_features=encoder.categorical, early_stopping=stops,
            max_iter=_ROUNDS if stops else 100, random_state=seed,
        ),
    )  # fmt: skip


def _draw_linear(draw: Generator) -> Settings:
    return {"penalty": float(10 ** draw.uniform(-3, 3))}


def _draw_neighbours(draw: Generator) -> Settings:
    return {"neighbours": int(10 ** draw.uniform(0, 1.7)), "weights": str(draw.choice(["uniform", "distance"]))}


def _draw_tree(draw: Generator) -> Settings:
    return {"max_depth": int(draw.integers(2, 16)), "min_samples_leaf": int(10 ** draw.uniform(0, 2))}


def _draw_forest(draw: Generator) -> Settings:
    return {"max_features": float(draw.uniform(0.2, 1)), "min_samples_leaf": int(10 ** draw.uniform(0, 1.3))}


def _draw_boosting(draw: Generator) -> Settings:
    return {
        "learning_rate": float(10 ** draw.uniform(-1.7, -0.5)),
        "max_leaf_nodes": int(2 ** draw.uniform(2, 7)),
        "min_samples_leaf": int(10 ** draw.uniform(0.5, 2)),
        "l2_regularization": float(10 ** draw.uniform(-3, 1.5)),
    }


DUMMY, NETWORK = "dummy", "network"

MODELS = {
    model.name: model
    for model in (
        Model(DUMMY, "answering without looking", "dummy", 0, {}, None, _dummy),
        Model("linear", "a linear model", "traditional", 1, {"penalty": 1.0}, _draw_linear, _linear),
        Model("tree", "a single tree", "traditional", 2, {}, _draw_tree, _tree),
        Model(
            "neighbours", "nearest neighbours", "traditional", 3, {"neighbours": 5, "weights": "uniform"},
            _draw_neighbours, _neighbours,
        ),
        Model("forest", "a random forest", "traditional", 4, {}, _draw_forest, _forest, "tree", stops=True),
        Model(
            "boosting", "gradient boosting", "traditional", 5, {"learning_rate": 0.1}, _draw_boosting, _boosting,
            "round",
        ),
        Model(
            NETWORK, "the neural network", "network", 6, network_model.DEFAULT, network_model.drawn,
            network_model.fit_network, "update", stops=True, random=True,
        ),
    )
}  # fmt: skip
