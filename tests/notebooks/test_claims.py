"""What the notebook says in words, beside the numbers that make it true; each of these was wrong once."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import pytest

pytest.importorskip("jupytext")

from tools.notebook import SOURCE, notebook_of

import layerwise as lw

CELLS = notebook_of(SOURCE).cells
TEXT = " ".join("\n".join(cell.source for cell in CELLS).replace("\n# ", " ").split())


def says(words: str) -> bool:
    return words in TEXT


def test_ten_sigmoids_leave_a_quarter_each_of_their_weights() -> None:
    def left(weight: float) -> float:
        chain = lw.Network(*[each for _ in range(10) for each in (lw.Linear(1, 1), lw.Sigmoid())], dtype="float64")
        chain.theta = np.tile([weight, -weight / 2], 10)
        return chain.forward(np.array([[0.5]]))[1](np.ones((1, 1))).item()

    assert left(1.0) == pytest.approx(9.5e-07, rel=0.01)
    assert left(4.0) == pytest.approx(1.0)
    assert left(8.0) == pytest.approx(1024.0)
    assert says("ten in a row whose weights are 1 leave at most 0.25¹⁰ = 9.5·10⁻⁷")
    assert says("With weights of 4 at their steepest point they would leave all of it")
    assert says("Ten sigmoids in a row, with weights of 1, leave 0.25¹⁰")


def test_eight_position_numbers_have_four_speeds() -> None:
    positions = lw.Network(lw.SinusoidalPositions(8), dtype="float64")(np.zeros((1, 2, 8)))[0, 1]
    assert len(set(np.arcsin(positions[0::2]).round(12))) == 4
    assert says("sines and cosines of four speeds, eight numbers in all")


def test_the_first_points_of_the_optimizers_are_means_below_ln_10() -> None:
    digits = lw.data.load("digits", seed=0)
    first = {}
    for name, optimizer in {
        "gradient descent": lw.GradientDescent(lr=0.1), "RMSprop": lw.RMSprop(lr=0.003), "Adam": lw.Adam(lr=0.003),
    }.items():  # fmt: skip
        net = lw.Network(lw.Linear(64, 32), lw.ReLU(), lw.Linear(32, 10), seed=0)
        before, _ = lw.CrossEntropyLoss()(net(digits.train.x), digits.train.y)
        assert abs(before - np.log(10)) < 0.1
        found = lw.fit(net, digits.train, loss=lw.CrossEntropyLoss(), optimizer=optimizer, epochs=1, progress=False)
        first[name] = found["train_loss"][0]
    assert max(first.values()) < np.log(10)
    assert first["RMSprop"] < 1.8
    assert says("Before training all are near ln 10")
    assert says("RMSprop's far below")


@pytest.mark.parametrize(("std", "alive"), [(0.01, False), (np.sqrt(1 / 128), True), (3 * np.sqrt(1 / 128), True)])
def test_tanh_keeps_any_signal_that_is_large_enough(std: float, alive: bool) -> None:
    layers = [each for _ in range(50) for each in (lw.Linear(128, 128, init={"name": "normal", "std": std}), lw.Tanh())]
    x = lw.random.generator(0, "claims").normal(size=(64, 128))
    assert (lw.Network(*layers, seed=0, dtype="float64")(x).std() > 0.01) == alive
    assert says("Tanh bends large signals down, so that any σ that is large enough keeps something alive")


def test_overfitting_is_not_learning_by_heart() -> None:
    noisy = lw.data.load("moons", n=300, noise=0.35, seed=1, validation=0.4)
    layers = [lw.Linear(2, 64), lw.ReLU(), lw.Linear(64, 64), lw.ReLU(), lw.Linear(64, 2)]
    net = lw.Network(*layers, seed=0)
    lw.fit(net, noisy.train, loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.005), epochs=200, batch_size=32,
           progress=False)  # fmt: skip
    x, y = noisy.train
    assert len(x) == 120
    assert 0.9 < (net(x).argmax(axis=1) == y).mean() < 0.98
    assert says("what is true of its 120 points only")
    assert "by heart" not in TEXT


def test_running_statistics_know_27_percent_after_three_batches() -> None:
    assert round(100 * (1 - 0.9**3)) == 27
    assert says("27 % of the truth, and 73 % of its first guess")


@pytest.mark.parametrize(("times", "visits"), [(1, 3), (3, 15), (10, 2_047)])
def test_handing_on_what_arrives_is_right_and_slow(times: int, visits: int) -> None:
    names: dict[str, Any] = {}
    cell = next(cell.source for cell in CELLS if "class Value" in cell.source)
    exec(cell[: cell.index("a = Value(1.0)")], names)
    seen = []

    def patient(value: Any, arriving: float = 1.0) -> None:
        seen.append(value)
        value.grad += arriving
        for parent in value.parents:
            patient(parent, arriving)

    a = names["Value"](1.0)
    patient(names["doubled"](times, a))
    assert (a.grad, len(seen)) == (2.0**times, visits)
    assert says("ten doublings cost 2,047 visits, and twenty 2,097,151")
    assert 2**21 - 1 == 2_097_151


FOUR = "lw.Linear(2, 16), lw.Tanh(), lw.Linear(16, 1), seed=3"


@pytest.mark.parametrize(
    "change", [(FOUR, FOUR.replace("16", "4")), ("lr, epochs = 0.5, 1500", "lr, epochs = 2.0, 1500")]
)
def test_section_3_holds_with_the_changes_that_the_end_invites_to(change: tuple[str, str]) -> None:
    first = next(number for number, cell in enumerate(CELLS) if "## 3." in cell.source)
    last = next(number for number, cell in enumerate(CELLS) if "## 4." in cell.source)
    code = [cell.source for cell in [*CELLS[:2], *CELLS[first:last]] if cell.cell_type == "code"]
    whole = "\n".join(code)
    assert change[0] in whole
    with redirect_stdout(io.StringIO()):
        exec(whole.replace(*change), {"__name__": "notebook"})
