"""What is proposed after a run fits that run."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import layerwise as lw
from layerwise.network.spec import rows_of
from layerwise.runs.advice import advice
from layerwise.training.changes import Changes
from layerwise.training.experiment import Experiment
from layerwise.training.suited import suited

FLAT = [0.5] * 20


VALID: dict[str, Any] = {
    "--seed": int,
    "--epochs": int,
    "--hidden": lambda text: [int(width) for width in text.split(",")],
}


def of(name: str = "moons", **changes: Any) -> Experiment:
    return Changes(**changes).to_experiment(suited(lw.data.load(name), {"name": name}))


def options(experiment: Experiment, losses: list[float] = FLAT, tested: int = 100, kept: int | None = None) -> str:
    given = advice(experiment, {"val_loss": losses}, tested, len(losses) if kept is None else kept)
    VALID[given.options[0]](given.options[1])
    return " ".join(given.options)


@pytest.mark.parametrize("name", ["moons", "digits", "iris", "diabetes", "sine"])
@pytest.mark.parametrize("hidden", [(128, 64), (16,), (16, 16, 16), (3,), (2, 1)])
def test_a_smaller_network_is_smaller(name: str, hidden: tuple[int, ...]) -> None:
    experiment = of(name, hidden=hidden)
    halved = tuple(max(1, width // 2) for width in hidden)
    given = advice(experiment, {}, 100, 20)
    assert given.options == ("--hidden", ",".join(map(str, halved)))
    smaller = Changes(hidden=halved).to_experiment(experiment).network().theta.size
    assert smaller < experiment.network().theta.size
    assert given.meaning == f"a smaller network: {smaller:,} parameters, not {experiment.network().theta.size:,}"


@pytest.mark.parametrize(
    "layers",
    [
        [lw.Linear(2, 1), lw.ReLU(), lw.Linear(1, 2)],
        [lw.Linear(2, 2)],
        [lw.Residual(lw.Linear(2, 2)), lw.Linear(2, 4), lw.ReLU(), lw.Linear(4, 2)],
        [lw.Linear(2, 4), lw.ReLU()],
    ],
)
def test_what_has_no_smaller_one_is_begun_anew(layers: list[lw.Layer]) -> None:
    experiment = msgspec.structs.replace(of(seed=4), layers=rows_of(layers))
    assert options(experiment) == "--seed 5"


def test_normalised_layers_are_halved_too() -> None:
    layers = [lw.Linear(2, 8), lw.BatchNorm1d(8), lw.ReLU(), lw.Linear(8, 2)]
    assert options(msgspec.structs.replace(of(), layers=rows_of(layers))) == "--hidden 4"


@pytest.mark.parametrize("tested", [1, 12, 29])
def test_few_test_samples_want_another_split(tested: int) -> None:
    assert options(of(seed=7), tested=tested) == "--seed 8"
    assert options(of(seed=7), tested=30) == "--hidden 32,32,32"


def test_a_loss_that_grew_wants_fewer_epochs() -> None:
    grew = [0.9, 0.4, 0.3, 0.35, 0.5]
    assert options(of(epochs=5), grew) == "--epochs 3"
    assert options(of(epochs=5), grew, kept=3).startswith("--hidden")  # early stopping went back to it already
    assert options(of(epochs=5), [0.9, 0.4, 0.3, 0.31, 0.32]).startswith("--hidden")


def test_a_loss_that_falls_wants_more() -> None:
    falls = [1.0, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15]
    assert options(of(epochs=10), falls) == "--epochs 20"
    assert options(of(epochs=40), falls).startswith("--hidden")  # something else ended it
    settled = [1.0, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2499, 0.2498]
    assert options(of(epochs=10), settled).startswith("--hidden")


@pytest.mark.parametrize("losses", [[], [float("nan")], [0.0], [0.5], [float("inf"), 0.3]])
def test_histories_that_say_nothing(losses: list[float]) -> None:
    assert options(of(epochs=1), losses).startswith("--hidden")
