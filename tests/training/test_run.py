"""The run: however it is advanced, wound back, forked, written and read, its bits are those of one made in one go."""

from __future__ import annotations

import pickle
import signal
import threading
from copy import copy, deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.tally import Tally
from tests.training import runs
from tests.training.runs import STEPS

import layerwise as lw
from layerwise.errors import KindError, SettingError, TrainingInterrupted
from layerwise.training import Changed, Ended, EpochEnded, Listener, RunState, Started, StepEnded, Stop, checkpoint

EPOCHS = 6


def network(seed: int = 0) -> lw.Network:
    """Everything that a step may depend on: dropout, running statistics."""
    return lw.Network(
        lw.Linear(runs.D, 6), lw.BatchNorm1d(6), lw.ReLU(), lw.Dropout(0.3), lw.Linear(6, runs.K), seed=seed
    )


def made(seed: int = 0, **options: Any) -> lw.Run:
    """A run with momentum, a schedule by the step, a penalty, clipping and early stopping."""
    usual: dict[str, Any] = {
        "loss": lw.CrossEntropyLoss(),
        "optimizer": lw.SGD(0.1, momentum=0.9),
        "epochs": EPOCHS,
        "batch_size": runs.BATCH,
        "validation": runs.classes(9, "validation"),
        "schedule": lw.ExponentialLR(0.98, per="step"),
        "regularizer": lw.L2(1e-2),
        "clip_norm": 0.5,
        "listeners": [lw.EarlyStopping(patience=3)],
        "seed": seed,
    }
    options = usual | options
    return lw.Run(options.pop("net", network(seed)), options.pop("train", runs.classes()), **options)


def bits(run: lw.Run) -> dict[str, Any]:
    """All that a run leaves behind."""
    state = run.state()
    plain = {name: value for name, value in state.optimizer.items() if not isinstance(value, np.ndarray)}
    arrays = {**state.weights, **{name: a for name, a in state.optimizer.items() if isinstance(a, np.ndarray)}}
    stopper = state.listeners.get("EarlyStopping 0", {})
    return {
        **{name: array.tobytes() for name, array in arrays.items()},
        **{f"stopper {name}": np.asarray(value).tobytes() for name, value in stopper.items()},
        "plain": plain,
        "position": state.position,
        "history": state.history.as_dict(),
        "passes": state.passes,
        "latest": None if state.latest is None else state.latest.theta.tobytes(),
        "changes": state.changes,
        "stopped": run.history.stopped,
    }


def whole(seed: int = 0, **options: Any) -> dict[str, Any]:
    """What the run leaves behind that is made in one go."""
    run = made(seed, **options)
    run.advance()
    return bits(run)


class Walk:
    """Draws what to do with a run, until it is over, and keeps the states that it may go back to."""

    def __init__(self, seed: int, folder: Path, make: Any = made) -> None:
        self.rng = np.random.default_rng(seed)
        self.path, self.make = folder / "state.safetensors", make
        self.run = make()
        self.states: list[RunState] = [self.run.state()]
        self.done: list[str] = []

    def take(self, actions: int) -> lw.Run:
        for _ in range(actions):
            name = str(self.rng.choice(["advance", "advance", "advance", "keep", "back", "fork", "save", "resume"]))
            self.done.append(name)
            getattr(self, name)()
        self.run.advance()
        return self.run

    def advance(self) -> None:
        self.run.advance(int(self.rng.integers(1, 2 * STEPS)))

    def keep(self) -> None:
        self.states.append(self.run.state())

    def back(self) -> None:
        self.run.go_back(self.states[self.rng.integers(len(self.states))])

    def fork(self) -> None:
        other = self.run.fork()
        other.advance(int(self.rng.integers(1, STEPS)))  # which must not matter to the first one
        if self.rng.random() < 0.5:
            self.run = self.run.fork()

    def save(self) -> None:
        checkpoint.write(self.path, self.run.state())
        self.states.append(checkpoint.read(self.path))

    def resume(self) -> None:
        checkpoint.write(self.path, self.run.state())
        self.run = self.make(resume=self.path)


@pytest.mark.parametrize("seed", range(12))
def test_any_walk_ends_with_the_bits_of_the_run_in_one_go(seed: int, tmp_path: Path) -> None:
    walk = Walk(seed, tmp_path)
    assert bits(walk.take(25)) == whole(), walk.done


GOLDEN = Path(__file__).parents[1] / "golden" / "storage"


@pytest.mark.parametrize(("name", "dtype"), [("run_1", np.int64), ("run_1_int32", np.int32)])
def test_a_checkpoint_of_the_first_version_goes_on(name: str, dtype: Any) -> None:
    """Written before a run was an object, in mid-epoch; with labels of 32 bits its sum over the data was another."""
    x, labels = runs.classes()
    run = made(resume=GOLDEN / f"{name}.safetensors", train=(x, labels.astype(dtype)))
    assert run.position.step in (7, 12)
    assert run.position.samples % runs.BATCH == 0 < run.position.samples
    run.advance()
    assert bits(run) == whole()


SETUPS: dict[str, Any] = {
    "Adam, a schedule by the epoch": lambda: {"optimizer": lw.Adam(0.05), "schedule": lw.CosineAnnealingLR(T_max=6)},
    "best before the end": lambda: {"optimizer": lw.Adam(0.5), "listeners": [lw.EarlyStopping(patience=9)]},
    "stopped early": lambda: {"optimizer": lw.Adam(0.5), "listeners": [lw.EarlyStopping(1)], "epochs": 30},
    "weights": lambda: {"sample_weight": np.arange(runs.N) % 4, "batch_size": 2},
    "measured": lambda: {"evaluate_train": True, "clip_value": 0.05, "clip_norm": None},
    "no listeners": lambda: {"listeners": [], "validation": None},
    "batches of one's own": lambda: {"train": lambda epoch: iter(_batches(epoch))},
}


def _batches(epoch: int) -> list[Any]:
    x, labels = runs.classes()
    return [(x[i : i + 6] + epoch, labels[i : i + 6]) for i in range(0, runs.N - 2, 6)]


@pytest.mark.parametrize("name", SETUPS)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_walk_through_any_kind_of_run(name: str, seed: int, tmp_path: Path) -> None:
    walk = Walk(seed, tmp_path, lambda **more: made(**{**SETUPS[name](), **more}))
    assert bits(walk.take(15)) == whole(**SETUPS[name]()), walk.done


@pytest.mark.parametrize("steps", [1, 3, STEPS, 7, 100])
def test_a_run_in_pieces(steps: int) -> None:
    run, reached = made(), 0
    while run.advance(steps) is None:
        reached += steps
        assert run.position.step == reached
        assert run.history.epochs == run.position.epoch == reached // STEPS, "an epoch is closed with its last update"
    assert bits(run) == whole()


def test_fit_is_a_run_to_the_end() -> None:
    net, run = network(), made(listeners=[])
    assert run.advance() == "finished"
    history = lw.fit(net, runs.classes(), loss=lw.CrossEntropyLoss(), optimizer=lw.SGD(0.1, momentum=0.9),
                     epochs=EPOCHS, batch_size=runs.BATCH, validation=runs.classes(9, "validation"),
                     schedule=lw.ExponentialLR(0.98, per="step"), regularizer=lw.L2(1e-2), clip_norm=0.5)  # fmt: skip
    assert net.theta.tobytes() == run.net.theta.tobytes()
    assert history.as_dict() == run.history.as_dict()


# --- many runs -----------------------------------------------------------------------------------------------------


def test_thirty_runs_in_one_process_advanced_in_turn() -> None:
    alone = [whole(seed) for seed in range(30)]
    many = [made(seed) for seed in range(30)]
    going = list(many)
    while going:
        going = [run for run in going if run.advance(3) is None]
    assert [bits(run) for run in many] == alone


def test_thirty_runs_in_one_process_advanced_from_threads() -> None:
    alone = [whole(seed) for seed in range(30)]
    many = [made(seed) for seed in range(30)]
    failures: list[Any] = []

    def work(some: list[lw.Run]) -> None:
        try:
            while some:
                some = [run for run in some if run.advance(2) is None]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(many[k::6],)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [bits(run) for run in many] == alone


def test_one_advance_at_a_time(tally: Tally) -> None:
    run = made()

    class Again(Listener):
        def step_ended(self, event: StepEnded) -> None:
            for call in (event.run.advance, lambda: event.run.go_back(event.run.state())):
                refused(tally, SettingError, ("advanced already", "fork()"), call)

    run.listen(Again())
    run.advance(3)


def test_nothing_is_held_between_two_advances() -> None:
    from threadpoolctl import threadpool_info

    def settings() -> Any:
        pools = [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]
        return pools, np.geterr(), signal.getsignal(signal.SIGINT)

    before, run = settings(), made(threads=2)
    run.advance(3)
    assert settings() == before
    other = made(threads=1)
    other.advance(3)  # another number, while the first run waits
    run.advance(3)
    assert settings() == before


# --- what is refused, and what an advance leaves behind --------------------------------------------------------------


def test_steps_that_are_none(tally: Tally) -> None:
    run = made()
    for steps, error in ((0, SettingError), (-1, SettingError), (1.5, KindError), ("3", KindError), (True, KindError)):
        refused(tally, error, "steps must be", lambda steps=steps: run.advance(steps))
    assert run.position.step == 0


def test_a_run_that_is_over_says_so_again() -> None:
    run = made(listeners=[])
    recorder = runs.Recorder(run.net)
    run.listen(recorder)
    assert [run.advance(), run.advance(), run.advance(5)] == ["finished"] * 3
    assert len(recorder.of(Started)) == len(recorder.of(Ended)) == 1
    assert run.position.step == EPOCHS * STEPS
    run.set(epochs=EPOCHS + 1)
    assert run.advance(2) is None
    assert run.advance() == "finished"
    assert run.history.epochs == EPOCHS + 1


def test_more_epochs_go_on_from_where_the_run_was_not_from_the_best() -> None:
    options = {"optimizer": lambda: lw.Adam(0.5), "listeners": lambda: [lw.EarlyStopping(patience=9)]}
    run = made(epochs=3, **{name: make() for name, make in options.items()})
    run.advance()
    run.set(epochs=EPOCHS)
    run.advance()
    assert bits(run) == whole(**{name: make() for name, make in options.items()})


def test_an_interrupted_run_goes_on() -> None:
    run = made()
    run.listen(runs.CtrlC(7))
    with pytest.raises(TrainingInterrupted, match=r"after step 7; the network holds the weights of that step"):
        run.advance()
    assert (run.position.step, run.history.stopped) == (7, "interrupted")
    assert run.advance() in ("finished", "stopped early")
    assert bits(run) == whole()


class Breaks(Listener):
    """Fails at a step, once."""

    def __init__(self, step: int, place: str) -> None:
        self.step, self.place, self.broken = step, place, False

    def _break(self, place: str, step: int) -> None:
        if place == self.place and step >= self.step and not self.broken:
            self.broken = True
            raise ZeroDivisionError

    def tap(self, step: int) -> None:
        self._break("tap", step)

    def step_ended(self, event: StepEnded) -> None:
        self._break("step", event.step)

    def epoch_ended(self, event: EpochEnded) -> None:
        self._break("epoch", event.step)


@pytest.mark.parametrize(("place", "step"), [("tap", 8), ("step", 8), ("step", STEPS), ("tap", 1), ("epoch", STEPS)])
def test_after_a_failure_the_run_stands_where_it_says(place: str, step: int) -> None:
    run = made(listeners=[lw.EarlyStopping(patience=3), Breaks(step, place)])
    with pytest.raises(ZeroDivisionError):
        run.advance()
    assert run.position.step == (step - 1 if place == "tap" else step)
    assert run.history.stopped == "failed"
    run.advance()
    assert bits(run) == whole()


def test_a_state_of_another_run_is_refused_and_changes_nothing(tally: Tally) -> None:
    run = made()
    run.advance(7)
    before = bits(run)
    others = {
        "another network": made(net=lw.Network(lw.Linear(runs.D, runs.K))),
        "optimizer": made(optimizer=lw.SGD(0.2, momentum=0.9)),
        "training data": made(train=runs.classes(purpose="others")),
        "seed": made(net=network(), seed=3),
    }
    for words, other in others.items():
        refused(tally, SettingError, words, lambda other=other: run.go_back(other.state()))
    refused(tally, KindError, "run.state()", lambda: run.go_back(7))
    assert bits(run) == before


def test_a_layer_without_a_name_can_be_wound_back_and_not_written(tmp_path: Path, tally: Tally) -> None:
    class Double(lw.Layer):
        def forward(self, x: Any, pass_: Any) -> Any:
            return 2 * x, lambda dy: 2 * dy

        def output_shape(self, shape: Any) -> Any:
            return shape

    run = made(net=lw.Network(lw.Linear(runs.D, 6), Double(), lw.Linear(6, runs.K)))
    state = run.state()
    run.advance()
    theta = run.net.theta.copy()
    run.go_back(state)
    run.advance()
    assert run.net.theta.tobytes() == theta.tobytes()
    refused(tally, SettingError, ("Double", "register"), lambda: checkpoint.write(tmp_path / "run", state))


def test_states_and_forks_share_nothing_that_changes() -> None:
    run = made()
    run.advance(7)
    state, other = run.state(), run.fork()
    before, there = {name: a.copy() for name, a in state.weights.items()}, bits(other)
    run.advance()
    assert all(np.array_equal(state.weights[name], array) for name, array in before.items())
    assert bits(other) == there
    assert other.source.samples.x is run.source.samples.x, "the data is shared"
    run.go_back(state)
    assert {**bits(run), "stopped": ""} == {**there, "stopped": ""}


@pytest.mark.parametrize("copied", [copy, deepcopy])
def test_a_copy_of_a_run_is_a_fork(copied: Any) -> None:
    run = made()
    run.advance(STEPS)
    other, straight = copied(run), run.fork()
    before = bits(run)
    assert other.advance() == straight.advance()
    assert bits(other) == bits(straight) != before == bits(run)
    assert other.net is not run.net


def test_copied_together_a_run_trains_the_copies_of_its_parts() -> None:
    run = made()
    run.advance(1)
    net, other, again, optimizer = deepcopy((run.net, run, run, run.optimizer))
    assert other is again is not run
    assert (other.net, other.optimizer) == (net, optimizer) != (run.net, run.optimizer)
    other.advance(1)
    assert bits(other) == bits(made_in_one_go(2))


def made_in_one_go(steps: int) -> lw.Run:
    run = made()
    run.advance(steps)
    return run


def test_a_run_is_not_pickled_and_says_what_to_keep() -> None:
    with pytest.raises(KindError, match=r"checkpoint.write\(path, run.state\(\)\)"):
        pickle.dumps(made())


def test_a_fork_goes_its_own_way() -> None:
    run = made()
    run.advance(7)
    other = run.fork()
    other.set(lr=0.01)
    other.advance()
    assert run.optimizer.lr == 0.1
    run.advance()
    assert bits(run) == whole()
    assert not np.array_equal(run.net.theta, other.net.theta)


# --- steering ------------------------------------------------------------------------------------------------------

STEERING: dict[str, dict[str, Any]] = {
    "lr": {"lr": 0.02},
    "weight decay": {"weight_decay": 0.1},
    "clipping": {"clip_norm": None, "clip_value": 0.01},
    "penalty": {"regularizer": lw.L1(0.01)},
    "proximal": {"regularizer": lw.L1(0.01, proximal=True)},
    "no penalty": {"regularizer": None},
    "schedule": {"schedule": lw.SequentialLR([lw.StepLR(2), lw.ExponentialLR(0.9)], milestones=[3])},
    "no schedule": {"schedule": None},
    "batch size": {"batch_size": 10},
    "much": {"lr": 0.05, "momentum": 0.5, "clip_norm": 1.0, "batch_size": 10},
}


@pytest.mark.parametrize("name", STEERING)
@pytest.mark.parametrize("step", [3, STEPS, 2 * STEPS + 1])
def test_what_is_set_in_flight_is_in_the_state_and_replayed(name: str, step: int, tmp_path: Path) -> None:
    run = made()
    run.advance(step)
    unchanged = run.state()
    run.set(**STEERING[name])
    run.advance(2)
    state = run.state()
    assert {change.setting for change in state.changes} == set(STEERING[name])
    assert {change.step for change in state.changes} == {step}
    checkpoint.write(tmp_path / "run", state)
    run.advance()
    steered = bits(run)
    for way in (lambda: made(resume=tmp_path / "run"), lambda: _at(made(), state), lambda: _at(run, state)):
        again = way()
        again.advance()
        found = bits(again)
        assert _without_changes(found) == _without_changes(steered)
        assert [repr(each) for each in found["changes"]] == [repr(each) for each in steered["changes"]]
    assert _without_changes(steered) != _without_changes(whole())
    run.go_back(unchanged)
    run.advance()
    assert bits(run) == whole(), "going back undoes what was set since"


def _at(run: lw.Run, state: RunState) -> lw.Run:
    run.go_back(state)
    return run


def _without_changes(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "changes"}


def test_settings_of_several_numbers_come_back_from_a_file(tmp_path: Path) -> None:
    run = made(optimizer=lw.Adam(0.05))
    run.advance(3)
    run.set(betas=(0.8, 0.9), eps=1e-6)
    checkpoint.write(tmp_path / "run", run.state())
    again = made(optimizer=lw.Adam(0.05), resume=tmp_path / "run")
    assert repr(again.optimizer) == repr(run.optimizer)
    run.advance()
    again.advance()
    assert bits(again) == bits(run)


def test_what_was_set_is_what_a_run_with_that_setting_does() -> None:
    run, fresh = made(listeners=[]), made(listeners=[], optimizer=lw.SGD(0.02, momentum=0.9), clip_norm=None)
    run.set(lr=0.02, clip_norm=None)
    run.advance()
    fresh.advance()
    assert run.net.theta.tobytes() == fresh.net.theta.tobytes()


class Sets(Listener):
    """Changes the batch size after a step or an epoch, from within the run."""

    def __init__(self, event: str, number: int) -> None:
        self.event, self.number = event, number

    def started(self, event: Started) -> None:
        self.run = event.run

    def step_ended(self, event: StepEnded) -> None:
        if (self.event, self.number) == ("step", event.step):
            self.run.set(batch_size=10)

    def epoch_ended(self, event: EpochEnded) -> None:
        if (self.event, self.number) == ("epoch", event.epoch):
            self.run.set(batch_size=10)


@pytest.mark.parametrize(("event", "number", "step"), [("step", 1, 1), ("step", 3, 3), ("epoch", 2, 2 * STEPS)])
def test_a_listener_sets_the_batch_size_while_the_run_advances(event: str, number: int, step: int) -> None:
    within, between = made(listeners=[Sets(event, number)]), made(listeners=[])
    within.advance()
    between.advance(step)
    between.set(batch_size=10)
    between.advance()
    assert bits(within) == bits(between)


def test_a_change_is_told() -> None:
    class Hears(Listener):
        def __init__(self) -> None:
            self.heard: list[Changed] = []

        def changed(self, event: Changed) -> None:
            self.heard.append(event)

    hears = Hears()
    run = made(listeners=[hears])
    run.advance(3)
    run.set(lr=0.02)
    run.set(clip_norm=None, epochs=9)
    assert hears.heard == [Changed(3, "lr", 0.1, 0.02), Changed(3, "clip_norm", 0.5, None), Changed(3, "epochs", 6, 9)]
    assert (run.optimizer.lr, run.epochs) == (0.02, 9)
    assert [change.setting for change in run.state().changes] == ["lr", "clip_norm"]


def test_what_can_not_be_set(tally: Tally) -> None:
    run, stream = made(), made(train=lambda epoch: _batches(epoch))
    before = bits(run)
    for settings, error, words in (
        ({"lr": -1}, SettingError, "lr must be 0 or more"),
        ({"lr": "fast"}, KindError, "lr must be a number"),
        ({"rate": 0.1}, SettingError, ("no setting 'rate'", "lr")),
        ({"clip_norm": 0}, SettingError, "clip_norm must be above 0"),
        ({"regularizer": 0.1}, KindError, "regularizer must be a Regularizer"),
        ({"schedule": lw.StepLR}, KindError, "brackets"),
        ({"batch_size": 0}, SettingError, "batch_size must be at least 1"),
        ({"batch_size": 21}, lw.errors.DataError, ("leave a batch of 1", "at least two samples")),
        ({"seed": 1}, SettingError, "no setting 'seed'"),
        ({"lr": 0.5, "epochs": 0}, SettingError, "epochs must be at least 1"),
    ):
        refused(tally, error, words, lambda settings=settings: run.set(**settings))
    refused(tally, SettingError, "batches of your own", lambda: stream.set(batch_size=3))
    assert bits(run) == before, "all of it is checked before any of it changes"
    assert run.optimizer.lr == 0.1


def test_a_batch_size_that_leaves_one_sample_of_this_epoch(tally: Tally) -> None:
    """23 samples in batches of 6 leave 5; after 15 of them, 8 in batches of 7 leave 1."""
    x, labels = runs.classes(23)
    run = made(train=(x, labels))
    run.advance(3)
    words = ("8 samples in batches of 7 leave a batch of 1", "at least two samples")
    refused(tally, lw.errors.DataError, words, lambda: run.set(batch_size=7))
    run.set(batch_size=6)
    run.advance()


# --- listening -----------------------------------------------------------------------------------------------------


def test_who_comes_later_is_told_where_the_run_stands() -> None:
    run = made(listeners=[])
    run.advance(3)
    recorder = runs.Recorder(run.net)
    run.listen(recorder)
    run.advance(2)
    assert [type(event) for event in recorder.events] == [Started, StepEnded, StepEnded, EpochEnded]
    assert (recorder.events[0].step, recorder.events[0].run) == (3, run)
    run.dismiss(recorder)
    run.advance(2)
    assert len(recorder.events) == 4


def test_only_who_listens_can_be_dismissed(tally: Tally) -> None:
    run, stopper = made(), lw.EarlyStopping()
    refused(tally, SettingError, "nobody to dismiss", lambda: run.dismiss(stopper))
    refused(tally, KindError, "must be a Listener", lambda: run.listen(3))  # type: ignore[arg-type]


def test_a_stop_ends_a_run_in_pieces_too() -> None:
    class Enough(Listener):
        def step_ended(self, event: StepEnded) -> Stop | None:
            return Stop("enough") if event.step == 8 else None

    run = made(listeners=[Enough()])
    assert [run.advance(4), run.advance(3), run.advance(4), run.advance(4)] == [None, None, "enough", "enough"]
    assert run.position.step == 8


def test_what_can_be_read() -> None:
    run = made()
    assert isinstance(run.loss, lw.CrossEntropyLoss)
    assert isinstance(run.schedule, lw.ExponentialLR)
    assert isinstance(run.regularizer, lw.L2)
    assert (run.source.count, len(run.validation), run.epochs) == (runs.N, 9, EPOCHS)
    with pytest.raises(AttributeError):
        run.net = network()  # type: ignore[misc]
    run.position.step = 99
    assert run.position.step == 0, "what is read is a copy"
