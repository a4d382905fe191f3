"""What simple methods make of the data: nearest neighbours and a straight line, each row answered by the others.

It tells a network that does not learn from data that hold nothing to learn.
"""

from __future__ import annotations

import numpy as np

from layerwise.insight.doctor.score import Task
from layerwise.random import generator
from layerwise.types import Array

MOST = 500
"""Rows that are looked at: the distances of all pairs are taken."""
NEIGHBOURS = (1, 5, 15)
_PENALTIES = (1e-3, 1e-1, 1e1)
_FEATURES = 2000
_A_LIST = 16


def features(x: Array, indices: bool) -> Array:
    """Each row as numbers (N, D) of mean 0 and spread 1; of indices, which one stands where, and how often each."""
    rows = x.reshape(len(x), -1)
    if indices:
        known = np.unique(rows)[:64]
        places = (rows[:, :, None] == known).astype(np.float64)
        rows = np.concatenate([places.reshape(len(rows), -1), places.sum(axis=1)], axis=1)
    rows = rows[:, :_FEATURES].astype(np.float64)
    spread = rows.std(axis=0)
    return np.asarray((rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def reachable(x: Array, target: Array, task: Task, indices: bool) -> float:
    """The best skill that a simple method has on rows that it has not seen (leave one out); at least 0."""
    if is_a_list_of_answers(x, target):
        return 1.0
    if len(x) < 8:
        return 0.0
    if answers_each_step(x, target):
        x, target = steps(x, target)
    rows, y = features(x[:MOST], indices), task.numbers(target[:MOST])
    guesses = [*neighbours(rows, y), *straight(rows, y)]
    return max(0.0, *(skill_of(task, guess, y) for guess in guesses))


def answers_each_step(x: Array, target: Array) -> bool:
    """Whether x is (N, T) or (N, T, D) and the target has an answer for each of the T steps."""
    return bool(x.ndim > 1 and x.ndim < 4 and target.ndim == x.ndim and target.shape[1] == x.shape[1] > 4)


def steps(x: Array, target: Array) -> tuple[Array, Array]:
    """Single steps of sequences as rows of their own, each with the step before it: what comes later is not known."""
    count, length = x.shape[:2]
    rng = generator(0, "steps")
    row, step = rng.integers(0, count, MOST), rng.integers(1, length, MOST)
    return np.stack([x[row, step - 1], x[row, step]], axis=1), target[row, step]


def is_a_list_of_answers(x: Array, target: Array) -> bool:
    """Whether there are no more than sixteen different inputs, each with one answer: all of it can then be learnt."""
    rows = x[:MOST].reshape(min(len(x), MOST), -1)
    different, which = np.unique(rows, axis=0, return_inverse=True)
    if not 2 <= len(different) <= _A_LIST:
        return False
    answers = target[:MOST].reshape(len(rows), -1)
    alike = [len(np.unique(answers[which.ravel() == each], axis=0)) == 1 for each in range(len(different))]
    return all(alike) and len(np.unique(answers, axis=0)) > 1


def neighbours(rows: Array, y: Array) -> list[Array]:
    """For each row the mean of its nearest others."""
    squares = np.square(rows).sum(axis=1)
    distance = squares[:, None] + squares - 2 * rows @ rows.T
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, axis=1)
    return [y[order[:, :k]].mean(axis=1) for k in NEIGHBOURS if k < len(rows)]


def straight(rows: Array, y: Array) -> list[Array]:
    """For each row the answer of a penalised straight line through the others, which needs no second fit:
    ŷ without row i = (ŷ_i - h_ii y_i) / (1 - h_ii), with the hat matrix h. Source: Hastie, Tibshirani and Friedman,
    The Elements of Statistical Learning, 7.10."""
    mean = y.mean(axis=0)
    values, vectors = np.linalg.eigh(rows @ rows.T)
    found = []
    for strength in _PENALTIES:
        share = np.maximum(values, 0) / (np.maximum(values, 0) + strength * len(rows))
        hat = (vectors * share) @ vectors.T + 1 / len(rows)
        own = np.clip(np.diag(hat), 0, 1 - 1e-6)[:, None]
        found.append((hat @ (y - mean) + mean - own * y) / (1 - own))
    return found


def skill_of(task: Task, guess: Array, y: Array) -> float:
    """The skill of guesses (N, M) at the numbers of a task."""
    if task.kind == "quantities":
        spread = np.square(y - y.mean(axis=0)).sum()
        return float(1 - np.square(guess - y).sum() / spread) if spread > 0 else 0.0
    if task.kind == "yes-no":
        right, top = float(((guess > 0.5) == (y > 0.5)).mean()), float(np.maximum(y.mean(0), 1 - y.mean(0)).mean())
    else:
        classes = max(1, y.shape[1] // max(1, int(y[0].sum())))
        truth, said = (each.reshape(-1, classes).argmax(axis=1) for each in (y, guess))
        right, top = float((truth == said).mean()), float(np.unique(truth, return_counts=True)[1].max() / len(truth))
    return 0.0 if top == 1 else (right - top) / (1 - top)
