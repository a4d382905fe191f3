"""Spam or ham: what the generated mails are, how a folder is read, and that the network comes close to the best."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from layerwise.applications import Request, spam
from layerwise.applications.spam import bags_of, generated_mails, read_mails
from layerwise.errors import DataError, FileError

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "app_spam.py"


def test_half_of_the_generated_mails_are_spam_and_all_can_be_drawn_again() -> None:
    one, two = generated_mails(200, seed=4), generated_mails(200, seed=4)
    assert one.texts.texts == two.texts.texts
    assert one.texts.labels.sum() == 100
    assert generated_mails(200, seed=5).texts.texts != one.texts.texts
    assert not any("{" in text for text in one.texts.texts)


def test_the_best_answer_is_better_than_any_that_reads_words() -> None:
    """0.45 against 0.08 a sentence, over three to eight: by the multinomial distribution."""
    from math import comb

    def right(n: int) -> float:
        return sum(
            comb(n, a) * comb(n - a, b) * 0.45**a * 0.08**b * 0.47 ** (n - a - b) * (1.0 if a > b else 0.5)
            for a in range(n + 1)
            for b in range(min(a, n - a) + 1)
        )

    mails = generated_mails(8000, seed=1)
    expected = np.mean([right(n) for n in range(3, 9)])
    assert np.mean(mails.best == mails.texts.labels) == pytest.approx(expected, abs=0.012)


def test_a_folder_is_read(tmp_path: Path) -> None:
    for name in ("ham", "spam"):
        (tmp_path / name).mkdir()
        for number in range(20):
            (tmp_path / name / f"{number:02}").write_bytes(f"{name} {number} gr\xfc\xdfe ".encode("latin-1") * 400)
        (tmp_path / name / ".hidden").write_text("no mail")
    mails = read_mails(tmp_path)
    assert (len(mails.texts.texts), mails.texts.labels.tolist()) == (40, [0] * 20 + [1] * 20)
    assert mails.texts.texts[21].startswith("spam 1 gr��e")
    assert max(map(len, mails.texts.texts)) <= 3000
    (tmp_path / "spam" / "00").unlink()
    with pytest.raises(DataError, match="holds 19 files"):
        read_mails(tmp_path)
    with pytest.raises(FileError, match="no subfolder 'ham'"):
        read_mails(tmp_path / "ham")


def test_words_are_those_of_the_training_part() -> None:
    mails = generated_mails(300)
    bags = bags_of(mails)
    known = set(bags.vocabulary.tokens)
    texts = [mails.texts.texts[row] for row in bags.rows]
    assert len(bags.test[1]) == len(texts) == 60
    np.testing.assert_array_equal(bags.of(texts[7])[0], bags.test[0][7])
    assert "zebra" not in known
    assert bags.of("zebra")[0].sum() == pytest.approx(np.log(2))


@pytest.mark.slow
def test_the_network_comes_close_to_the_best_possible_and_answers() -> None:
    account = spam.run(Request((0,), own="claim your free prize now"))
    network, *_, best = (score.mean for score in account.tables[0].scores)
    assert network > best - 2.5
    assert int(account.own[0].split()[-2]) > 75
    assert "prize +" in account.own[1]


@pytest.mark.slow
def test_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SCRIPT))["main"]()
    first, lunch, prize, _ = capsys.readouterr().out.splitlines()
    assert float(first.split()[-1]) > 0.85
    assert int(lunch.split()[0]) < 50 < int(prize.split()[0])
