"""What a test allows to say: no claim from few samples, none of noise, and first whether the network is any use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import layerwise as lw
from layerwise.comparison import ClassResult, QuantityResult, Result, result_of
from layerwise.comparison.certainty import FEW, sign_test
from layerwise.comparison.result import Rival
from layerwise.report import Look, result_lines
from layerwise.report.verdict import verdict, warning
from layerwise.training.suited import suited

CLAIMS = ("is better than the network", "is better than the regression", "right on the same samples")


def classes(samples: int, right: int, guessed: int, network: int = 0, linear: int = 0, p_guess: float = 0.0) -> Result:
    """A result with so many right answers; guessed: those of the most frequent class."""
    accuracy, guess = right / samples, guessed / samples
    return ClassResult(
        ("u", "v"), samples, accuracy, (accuracy, accuracy),
        (Rival("logistic regression", "", accuracy), Rival("always answering 'v'", "", guess)),
        network, linear, sign_test(network, linear), p_guess,
        np.array([[right, samples - right], [0, 0]]), (),
    )  # fmt: skip


def quantities(
    samples: int, rmse: float, mean: float, difference: tuple[float, float], over_guess: tuple[float, float]
) -> Result:
    rivals = (Rival("linear regression (ridge)", "", 1.0, 0.0), Rival("always the training mean", "", mean, 0.0))
    return QuantityResult("y", "", samples, rmse, (rmse, rmse), 0.0, rivals, difference, over_guess, ())


@pytest.mark.parametrize("samples", [1, 2, 5, 12, FEW - 1])
def test_few_samples_carry_no_claim(samples: int) -> None:
    one_sided = classes(samples, samples, 0, samples, 0)
    sure = quantities(samples, 0.1, 9.0, (-3.0, -2.0), (-9.0, -8.0))
    for result in (one_sided, sure):
        assert "too few to tell" in verdict(result)
        assert not any(claim in verdict(result) for claim in CLAIMS)
    text = "\n".join(result_lines(sure))
    assert "interval" not in text
    assert "p =" not in text


def test_from_thirty_on_there_is_one() -> None:
    assert "network is better than the regression" in verdict(classes(FEW, FEW, 0, 20, 0))
    assert "network is better than the regression" in verdict(quantities(FEW, 0.1, 9.0, (-3.0, -2.0), (-9.0, -8.0)))


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (classes(12, 5, 7), "Worse than no network: always answering 'v' is right for 7 of 12 test samples"),
        (classes(2000, 1000, 1001), "is right for 1,001 of 2,000 test samples, this network for 1,000."),
        (classes(1, 0, 1), "Worse than no network"),
        (classes(12, 7, 7), "No better than no network: always answering 'v' is right for as many of 12"),
        (classes(2000, 1001, 1000), ""),
        (quantities(50, 2.0, 1.5, (0, 1), (0, 1)), "always the training mean has an error of 1.5 (RMSE), this network"),
        (quantities(50, 1.50001, 1.5, (0, 1), (0, 1)), "No better than no network"),
        (quantities(50, 1.0, 1.5, (0, 1), (-1, 0)), ""),
    ],
)
def test_a_useless_network_is_told_first(result: Result, said: str) -> None:
    assert said in warning(result)
    assert bool(warning(result)) == bool(said)
    first = " ".join(result_lines(result, Look(width=200))[:1])
    assert first.startswith(("No better", "Worse")) == bool(said)


def test_no_better_than_guessing_is_no_better_than_the_regression() -> None:
    assert "Nothing shows" in verdict(classes(100, 55, 50, 30, 5, p_guess=0.3))
    assert "Nothing shows" in verdict(quantities(100, 1.0, 1.1, (-0.4, -0.2), (-0.3, 0.1)))


def test_but_the_regression_may_be_better_than_the_network() -> None:
    assert "the regression is better" in verdict(classes(100, 55, 50, 5, 30, p_guess=0.3))
    assert "The regression is better" in verdict(quantities(100, 1.0, 1.1, (0.2, 0.4), (-0.3, 0.1)))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["class", "quantity"])
def test_noise_with_few_rows_proves_nothing(seed: int, kind: str, tmp_path: Path) -> None:
    """Two columns and a target that has nothing to do with them: 60 to 140 rows, 12 to 28 of them for the test."""
    draw = np.random.default_rng(seed)
    n = 60 + 16 * seed
    y = draw.choice(["u", "v"], n) if kind == "class" else draw.normal(size=n)
    rows = (f"{a:.3f},{b:.3f},{target}" for (a, b), target in zip(draw.normal(size=(n, 2)), y, strict=True))
    path = tmp_path / "noise.csv"
    path.write_text("\n".join(["a,b,y", *rows]), encoding="utf-8")
    data = lw.data.read_csv(path, target="y")
    net = suited(data, {"path": str(path), "target": "y"}).network()
    said = " ".join(result_lines(result_of(net, data), Look(width=1000)))
    assert "too few to tell" in said
    assert not any(claim in said for claim in (*CLAIMS, "by more than chance"))
