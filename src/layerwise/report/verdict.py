"""What the figures of a test allow to say: nothing of few samples, and first of all whether a network is any use."""

from __future__ import annotations

from layerwise.comparison.certainty import FEW
from layerwise.comparison.result import ClassResult, QuantityResult, Result
from layerwise.wording import quantity

_CHANCE = 0.05


def warning(result: Result) -> str:
    """A sentence that stands before all others where the network is no better than an answer without looking, or ""."""
    return _class_warning(result) if isinstance(result, ClassResult) else _quantity_warning(result)


def verdict(result: Result) -> str:
    """Whether the network is better than guessing, and than the linear model, by more than chance explains."""
    if result.samples < FEW:
        samples = "1 test sample is" if result.samples == 1 else f"{result.samples} test samples are"
        return f"{samples} too few to tell which of these is better: other samples may turn the figures round."
    if isinstance(result, ClassResult):
        return _class_verdict(result)
    return _quantity_verdict(result)


# --- classes -----------------------------------------------------------------------------------------------------


def _class_warning(result: ClassResult) -> str:
    guess = result.rivals[1]
    guessed, right = round(guess.score * result.samples), result.samples - result.wrong
    if right > guessed:
        return ""
    of = f"of {result.samples:,} test samples"
    if right == guessed:
        return f"No better than no network: {guess.name} is right for as many {of}, {guessed:,}."
    return f"Worse than no network: {guess.name} is right for {guessed:,} {of}, this network for {right:,}."


def _class_verdict(result: ClassResult) -> str:
    network, linear = result.only_network, result.only_linear
    samples = "sample" if network == 1 else "samples"
    counts = f"The network alone is right on {network:,} {samples}, the regression alone on {linear:,}"
    worse = network < linear and result.p_value < _CHANCE
    if result.p_guess >= _CHANCE and not worse:
        return _unproven(result.rivals[1].name, f" (p = {result.p_guess:.2g})")
    if network + linear == 0:
        return "The network and the regression are right on the same samples."
    if result.p_value >= _CHANCE:
        return f"{counts}: chance alone may explain that (p = {result.p_value:.2g})."
    better, other = ("regression", "network") if worse else ("network", "regression")
    return f"{counts}: the {better} is better than the {other} (p = {result.p_value:.2g})."


# --- quantities --------------------------------------------------------------------------------------------------


def _quantity_warning(result: QuantityResult) -> str:
    guess = result.rivals[1]
    guessed, own = quantity(guess.score), quantity(result.rmse)
    if guessed == own:
        return f"No better than no network: {guess.name} has the same error, {own} (RMSE)."
    if result.rmse < guess.score:
        return ""
    return f"Worse than no network: {guess.name} has an error of {guessed} (RMSE), this network of {own}."


def _quantity_verdict(result: QuantityResult) -> str:
    low, high = result.difference
    if result.over_guess[1] >= 0 and low <= 0:
        return _unproven(result.rivals[1].name)
    if low <= 0 <= high:
        return "Network and regression: chance alone may explain their difference."
    better, worse = ("network", "regression") if high < 0 else ("regression", "network")
    return f"The {better} is better than the {worse}, by more than chance explains."


def _unproven(guess: str, how: str = "") -> str:
    return f"Nothing shows that the network is better than {guess}: chance alone may explain their difference{how}."
