"""`layerwise doctor --zoo` in this process."""

from __future__ import annotations

import io
import sys

import pytest

from layerwise.cli import main
from layerwise.insight.doctor.zoo import CASES, find

Said = pytest.CaptureFixture[str]
CURVE = find("a mean over the wrong axis")
NUMBER = str(CASES.index(CURVE) + 1)


def test_the_list_names_no_disease_unless_it_is_asked_to(capsys: Said) -> None:
    assert main(["doctor", "--zoo"]) == 0
    said = capsys.readouterr().out
    assert CURVE.name not in said
    assert max(map(len, said.splitlines())) <= 80
    assert main(["doctor", "--zoo", "--show"]) == 0
    assert CURVE.name in " ".join(capsys.readouterr().out.split())


def test_a_case_by_number_and_by_name(capsys: Said) -> None:
    assert main(["doctor", "--zoo", NUMBER, "--show"]) == 0
    first = capsys.readouterr().out
    assert first.index("a dense network that is sick") < first.index(CURVE.name) < first.index("cured")
    assert main(["doctor", "--zoo", CURVE.name]) == 0  # nobody sits there, so it does not wait
    assert capsys.readouterr().out == first
    assert main(["doctor", "--zoo", NUMBER, "--seed", "5"]) == 0
    assert capsys.readouterr().out != first


def test_in_a_terminal_it_waits_for_enter(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    keyboard = Terminal("bias?\nrest")
    monkeypatch.setattr(sys, "stdin", keyboard)
    assert main(["doctor", "--zoo", NUMBER]) == 0
    assert keyboard.read() == "rest"
    assert "press Enter" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--zoo", "999"], 1, "none called '999'"),
        (["--zoo", "a mean over the wrong axes"], 1, "a mean over the wrong axis"),
        (["--zoo", "1", "--seed", "-1"], 1, "seed"),
        ([], 2, "which run? Or --zoo"),
    ],
)
def test_mistakes_are_told(arguments: list[str], code: int, words: str, capsys: Said) -> None:
    assert main(["doctor", *arguments]) == code
    assert words in " ".join(capsys.readouterr().err.split())
