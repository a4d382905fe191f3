"""Spam or ham: what the generated mails are, how a folder is read, and that the network comes close to the best."""

from __future__ import annotations

import runpy
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest

from layerwise.applications import Request, spam
from layerwise.applications.spam import bags_of, generated_mails, read_mails
from layerwise.applications.spam.letters import text_of
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


def _folders(root: Path, ham: str = "ham", spam: str = "spam") -> None:
    for name in (ham, spam):
        (root / name).mkdir(parents=True)
        for number in range(20):
            (root / name / f"{number:02}").write_bytes(f"{name} {number} gr\xfc\xdfe ".encode("latin-1") * 400)
        (root / name / ".hidden").write_text("no mail")
        (root / name / "cmds").write_text("mv 1 2")


def test_a_folder_is_read(tmp_path: Path) -> None:
    _folders(tmp_path)
    mails = read_mails(tmp_path)
    assert (len(mails.texts.texts), mails.texts.labels.tolist()) == (40, [0] * 20 + [1] * 20)
    assert mails.texts.texts[21].startswith("spam 1 gr��e")
    assert max(map(len, mails.texts.texts)) <= 3000
    (tmp_path / "spam" / "00").unlink()
    with pytest.raises(DataError, match="holds 19 of spam"):
        read_mails(tmp_path)
    with pytest.raises(DataError, match="holds 0 of ham"):
        read_mails(tmp_path / "ham")


def test_archives_are_read_as_they_were_published(tmp_path: Path) -> None:
    unpacked, published = tmp_path / "unpacked", tmp_path / "published"
    published.mkdir()
    _folders(unpacked, "easy_ham_2", "spam_2")
    for name in ("easy_ham_2", "spam_2"):
        with tarfile.open(published / f"20030228_{name}.tar.bz2", "w:bz2") as archive:
            archive.add(unpacked / name, name)
    one, two = read_mails(unpacked).texts, read_mails(published).texts
    assert sorted(zip(one.texts, one.labels.tolist(), strict=True)) == sorted(
        zip(two.texts, two.labels.tolist(), strict=True)
    )
    assert sum(text.startswith("spam_2") for text, label in zip(two.texts, two.labels, strict=True) if label) == 20
    whole = (published / "20030228_spam_2.tar.bz2").read_bytes()
    (published / "20030228_spam_2.tar.bz2").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match="damaged"):
        read_mails(published)


def test_a_table_of_messages_is_read_as_it_is_and_in_its_archive(tmp_path: Path) -> None:
    lines = [f"{('ham', 'spam')[number % 2]}\tmessage {number}\tfree" for number in range(40)]
    table = tmp_path / "SMSSpamCollection"
    table.write_text("\n".join(lines) + "\n")
    with zipfile.ZipFile(tmp_path / "sms.zip", "w") as archive:
        archive.writestr("readme", "about")
        archive.write(table, "SMSSpamCollection")
    for source in (table, tmp_path / "sms.zip"):
        texts = read_mails(source).texts
        assert texts.texts[3] == "message 3\tfree"
        assert texts.labels.tolist() == [0, 1] * 20
    table.write_text("\n".join(lines * 2))
    assert len(read_mails(table).texts.texts) == 40
    table.write_text("\n".join([*lines, "eggs\tno kind"]))
    with pytest.raises(DataError, match="line 41 does not begin"):
        read_mails(table)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme", "about")
    with pytest.raises(DataError, match="no file SMSSpamCollection"):
        read_mails(tmp_path / "other.zip")
    with pytest.raises(FileError, match="can not be read"):
        read_mails(tmp_path / "nowhere")


def test_a_mail_is_its_subject_and_its_text() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@example.org", "Grüße"
    mail.set_content("Nur Text: schön")
    mail.add_alternative("<p>HTML</p>", subtype="html")
    mail.add_attachment(b"\x00\x01", maintype="image", subtype="png", filename="x.png")
    assert text_of(mail.as_bytes()).split() == ["Grüße", "Nur", "Text:", "schön"]
    assert text_of(b"Subject: =?nowhere?b?xx?=\nContent-Type: text/plain; charset=nowhere\n\nhi\xff").endswith("hi�")
    assert text_of(b"Received: by mx\nSubject: one\n\n").strip() == "one"
    assert text_of(b"Subject: caf\xe9\n\nbody").endswith("body")
    assert text_of(b"Note: bring bread") == "Note: bring bread"
    hidden = b"Subject: s\nContent-Type: text/html\n\n<style>x{}</style><!-- no --><a href='#'>A &amp; B</a>"
    assert text_of(hidden).split() == ["s", "A", "&", "B"]


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
