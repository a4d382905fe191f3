"""An examination: one patient, and what is measured of it, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from layerwise.errors import LayerwiseError
from layerwise.insight.doctor.course import Course
from layerwise.insight.doctor.patient import Patient
from layerwise.insight.doctor.probes.answers import twice
from layerwise.insight.doctor.probes.curvature import Curvature, curvature
from layerwise.insight.doctor.probes.slopes import wrong_slopes
from layerwise.insight.doctor.probes.update_check import BETWEEN, STEPS, UpdateCheck, check_update
from layerwise.insight.doctor.reference import MOST as MOST_ROWS
from layerwise.insight.doctor.reference import reachable
from layerwise.insight.doctor.score import Task, constant, task_of
from layerwise.insight.doctor.trial import FEWEST, HEART_UPDATES, MOST, Trial, few, heart, outcome, updates_of
from layerwise.network import Network
from layerwise.network.uses import Use, watched
from layerwise.random import generator
from layerwise.training import Run
from layerwise.training.samples import Batch, Samples, Shuffled
from layerwise.types import Array

SOME = 256
"""Rows that a network is measured on."""
MANY = 4096
"""Rows of data that are looked at."""
BEHIND = 0.15
"""So much less skill than simple methods have on rows that they have not seen is clearly less."""
CHECKED = 6
"""Rows that gradients are checked on."""


class Examination:
    """What the rules look at. course: of the patient's training, None before it. trials: whether copies may be trained.

    x, target: some rows of the training data, always the same, as the run takes them.
    """

    def __init__(
        self,
        patient: Patient,
        course: Course | None = None,
        earlier: Examination | None = None,
        *,
        trials: bool = True,
    ) -> None:
        self.patient = patient
        self.course = course
        self.trials = trials
        self._trials: dict[str, Trial] = {} if earlier is None else earlier._trials

    # --- the setup -----------------------------------------------------------------------------------------------

    @cached_property
    def _begun(self) -> tuple[Run | None, LayerwiseError | None]:
        try:
            return self.patient.run(), None
        except LayerwiseError as error:
            return None, error

    @property
    def refusal(self) -> LayerwiseError | None:
        """Why the library refuses this setup, or None: it can be trained."""
        return self._begun[1]

    @property
    def run(self) -> Run:
        """A run of the setup that has not moved."""
        assert self._begun[0] is not None
        return self._begun[0]

    @cached_property
    def start(self) -> Network:
        """The network as it came, a copy."""
        return deepcopy(self.patient.net)

    @property
    def net(self) -> Network:
        """The network after its training; before it, as it came."""
        return self.start if self.course is None else self.course.net

    @cached_property
    def data(self) -> Samples | Batch:
        """The training data as the run takes it; of batches that come one by one, those of the first epoch."""
        source = self.run.source
        if isinstance(source, Shuffled):
            return source.samples
        batches, rows = [], 0
        for batch in source.parts(0):
            batches.append(batch)
            rows += len(batch.x)
            if rows >= MANY:
                break
        x, target = (np.concatenate([each[part] for each in batches]) for part in (0, 1))
        return Batch(x, target, None, float(len(x)), float(len(x)))

    @cached_property
    def some(self) -> Batch:
        """Some rows of the training data."""
        if isinstance(self.data, Samples):
            return self.data.some(SOME, self.patient.seed)
        return Batch(self.data.x[:SOME], self.data.target[:SOME], None, 1.0, 1.0)

    @property
    def x(self) -> Array:
        return self.some.x

    @property
    def target(self) -> Array:
        return self.some.target

    @cached_property
    def held(self) -> Batch | None:
        """Some rows of the validation data, or None."""
        held = self.run.validation
        return None if held is None or len(held) == 0 else held.some(4 * SOME, self.patient.seed)

    # --- what is to be learnt ------------------------------------------------------------------------------------

    @cached_property
    def output(self) -> Array:
        """What the network as it came answers to x."""
        return quiet(lambda: self.start(self.x))

    @cached_property
    def task(self) -> Task:
        return task_of(self.patient.loss, self.output, self.target)

    @cached_property
    def baseline(self) -> float | None:
        """The loss of the best answer that looks at no input; None for a loss of the learner's own."""
        return constant(self.patient.loss, self.task, self.target, self.output.shape[-1])

    @cached_property
    def reachable(self) -> float:
        """The skill that simple methods have on rows that they have not seen."""
        return reachable(self.data.x[:MANY], self.data.target[:MANY], self.task, self.start.takes_indices)

    @property
    def chance(self) -> float:
        """The skill that the best of several methods has by chance on so many rows: it falls with their root."""
        return 0.05 + 1.5 / float(np.sqrt(min(len(self.data.x), MOST_ROWS)))

    # --- how the network does ------------------------------------------------------------------------------------

    def skill_of(self, net: Network, x: Array | None = None, target: Array | None = None) -> float:
        """The skill of a network on some rows, in evaluation mode."""
        x, target = (self.x, self.target) if x is None or target is None else (x, target)
        return self.task.skill(quiet(lambda: net(x)), target)

    def loss_of(self, net: Network, x: Array | None = None, target: Array | None = None) -> float:
        """The loss of a network on some rows, in evaluation mode; infinity where it is not finite or is refused."""
        x, target = (self.x, self.target) if x is None or target is None else (x, target)
        try:
            value = quiet(lambda: self.patient.loss(net(x), target)[0])
        except LayerwiseError:
            return np.inf
        return float(value) if np.isfinite(value) else np.inf

    @cached_property
    def skill(self) -> float:
        """The skill of the network after its training, on training rows."""
        return self.skill_of(self.net)

    @cached_property
    def loss_skill(self) -> float:
        """How far the loss is below that of the best constant answer: 0 not at all, 1 all the way."""
        if self.baseline is None or self.baseline <= 0:
            return 0.0
        return 1 - self.loss_of(self.net) / self.baseline

    @cached_property
    def is_poor(self) -> bool:
        """Whether the training has failed: less than half of what simple methods reach on rows that they have not seen;
        where these reach nothing, less than a third of all, unless the network can learn a batch by heart, so that it
        is the data that have nothing to give."""
        if self.reachable > self.chance:
            return self.mastery < 0.5 * self.reachable
        return self.mastery < 0.3 and self.by_heart < 0.5

    @property
    def mastery(self) -> float:
        """The better of the two skills: one row right or wrong is a step in the first, and the second needs a loss
        of the library."""
        return max(self.skill, self.loss_skill)

    @cached_property
    def held_skill(self) -> float | None:
        """The skill on validation rows; None without any."""
        return None if self.held is None else self.skill_of(self.net, self.held.x, self.held.target)

    @cached_property
    def has_no_signal(self) -> bool:
        """Whether nothing finds anything that holds for new rows, though the network can learn a batch by heart."""
        if (
            self.reachable > self.chance
            or len(self.data.x) < 40
            or self.course is None
            or self.course.record.error is not None
        ):
            return False
        held = self.held_skill
        found = self.mastery > 0.3 if held is None else held > self.chance
        return not found and self.by_heart >= 0.5

    @cached_property
    def is_stuck(self) -> bool:
        """Whether the loss has not fallen in the last third of the run by more than 2 %, far from 0."""
        if self.course is None or self.course.record.error is not None:
            return False
        losses = np.array(self.course.record.losses)
        if len(losses) < 60:
            return False
        middle, end = losses[-len(losses) // 3 :][:20].mean(), losses[-20:].mean()
        return bool(self.skill < 0.9 and end > 0.98 * middle and end > 0.05 * losses[0])

    @cached_property
    def curvature(self) -> Curvature | None:
        """The extreme curvatures where the network stands; None of a large network, and where they are not finite."""
        if self.net.theta.size > 20_000:
            return None
        try:
            return curvature(self.net, self.x[:64], self.target[:64], self.patient.loss)
        except LayerwiseError:
            return None

    def after_more(self, times: int) -> Trial | None:
        """A trial of so many times as many updates, within bounds."""
        assert self.course is not None
        made = self.course.record.updates
        updates = min(times * made, max(made, 10 * FEWEST))
        if updates < 2 * made or not self.trials:
            return None
        more = self.patient.otherwise(epochs=times * self.patient.epochs, schedule=None)
        return Trial(self.mastery, outcome(more, updates, _mastery), updates)

    @property
    def has_failed(self) -> bool:
        """Whether the run broke off, or has not learnt what it could."""
        return self.course is not None and (self.course.record.error is not None or self.is_poor)

    @property
    def is_behind(self) -> bool:
        """Whether it has failed, or has learnt clearly less than simple methods find: worth a trial of cures."""
        return self.has_failed or (self.course is not None and self.mastery < self.reachable - BEHIND)

    @property
    def severity(self) -> str:
        """Of a cause that a trial has shown."""
        return "sick" if self.has_failed else "warning"

    @cached_property
    def by_heart(self) -> float:
        """The skill on one small batch that is given again and again, with the patient's own optimizer and rate."""
        x, target = few(self.x, self.target, self.task.truth(self.target), self.patient.seed)
        return outcome(heart(self.patient, x, target), HEART_UPDATES, _mastery)

    # --- looking inside ------------------------------------------------------------------------------------------

    def uses(self, net: Network) -> tuple[list[Use], Any]:
        """Every layer's input and output in one training pass over x, and the gradients of the loss there."""
        x = self.x if net.takes_indices else self.x.astype(net.dtype)
        seen, backward = quiet(lambda: watched(net.chain, x, self.patient.seed))
        return seen, backward

    @cached_property
    def randomness(self) -> float:
        """How much two evaluations of the same rows differ."""
        return twice(self.start, self.x)

    @cached_property
    def wrong_slopes(self) -> dict[str, float]:
        """The parameters whose gradient is not the slope of the loss; at the start, and a little off it."""
        if self.randomness > 0 or self.is_all_of_the_library:  # whose gradients its tests check
            return {}
        x, target, loss = self.x[:CHECKED], self.target[:CHECKED], self.patient.loss
        off = deepcopy(self.start)
        off.theta += 0.05 * generator(0, "doctor").normal(size=off.theta.shape)
        return wrong_slopes(self.start, x, target, loss) or wrong_slopes(off, x, target, loss)

    @cached_property
    def update(self) -> UpdateCheck | None:
        """What the learner's own step does; None where the library steps."""
        if self.patient.step is None:
            return None
        source = self.run.source
        first, later = list(islice(source.batches(0), BETWEEN + STEPS + 1)), list(islice(source.batches(1), STEPS))
        return check_update(self.patient, first, later)

    @staticmethod
    def is_of_the_library(part: Any) -> bool:
        """Whether a layer, loss or optimizer is one of the library's, which its tests hold to be right."""
        home = type(part).__module__
        return home.startswith(("layerwise.layers", "layerwise.losses", "layerwise.optimizers", "layerwise.network"))

    @cached_property
    def is_all_of_the_library(self) -> bool:
        """Whether no part of the setup is the learner's own."""
        patient = self.patient
        parts = [patient.loss, patient.optimizer, *(layer for _, layer in patient.net.chain.walk())]
        return patient.step is None and all(map(self.is_of_the_library, parts))

    # --- trials --------------------------------------------------------------------------------------------------

    def trial(self, name: str, change: Callable[[Patient], Patient | None]) -> Trial | None:
        """Train a changed patient as long as an unchanged one, and compare their skills; each change once.

        None where the change is none, or where no trials are wanted.
        """
        if not self.trials:
            return None
        if name not in self._trials:
            other = change(self.patient)
            if other is None:
                return None
            self._trials[name] = Trial(self.untouched, outcome(other, self.updates, _mastery), self.updates)
        return self._trials[name]

    @property
    def updates(self) -> int:
        """Of a trial: as many as the run made, within bounds."""
        made = MOST if self.course is None else self.course.record.updates
        return updates_of(self.patient, self.x, made)

    @cached_property
    def untouched(self) -> float:
        """The skill of the patient after so many updates."""
        return outcome(self.patient, self.updates, _mastery)


def _mastery(patient: Patient, course: Course) -> float:
    return Examination(patient, course).mastery


def quiet(call: Callable[[], Any]) -> Any:
    """The result of a call in which numbers may overflow."""
    with np.errstate(all="ignore"):
        return call()
