"""Sounds: what is generated, the hand-made features, WAV files, and both ways to hear."""

from __future__ import annotations

import runpy
import wave
from pathlib import Path

import numpy as np
import pytest

from layerwise.applications import Request, sounds
from layerwise.applications.sounds import KINDS, features, generated_sounds, moved, read_sound
from layerwise.applications.sounds.making import LENGTH, RATE
from layerwise.errors import FileError

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "app_sounds.py"


def written(path: Path, samples: np.ndarray, rate: int, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.astype({1: "u1", 2: "<i2"}[width]).tobytes())
    return path


def tone(frequency: float, rate: int, seconds: float) -> np.ndarray:
    return 10_000 * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)


def loudest(x: np.ndarray) -> float:
    """The frequency of the largest part of the spectrum."""
    return float(np.fft.rfftfreq(LENGTH, 1 / RATE)[np.abs(np.fft.rfft(x.ravel())).argmax()])


def test_generated_sounds_are_scaled_and_can_be_drawn_again() -> None:
    x, labels = generated_sounds(300, seed=2)
    assert (x.shape, x.dtype, set(labels)) == ((300, 1, LENGTH), np.float32, set(range(len(KINDS))))
    np.testing.assert_allclose(x.mean(axis=2), 0, atol=1e-5)
    np.testing.assert_allclose(x.std(axis=2), 1, atol=1e-4)
    np.testing.assert_array_equal(generated_sounds(300, seed=2)[0], x)
    pitched = x[(labels == KINDS.index("flute"))]
    assert all(195 <= loudest(each) <= 805 for each in pitched)


def test_what_is_told_apart_is_there() -> None:
    """Bells and drums die away, flutes and strings do not."""
    x, labels = generated_sounds(500, seed=3)
    late = (x[:, 0, LENGTH // 2 :] ** 2).mean(axis=1) / (x[:, 0, : LENGTH // 2] ** 2).mean(axis=1)
    middle = {kind: np.median(late[labels == place]) for place, kind in enumerate(KINDS)}
    assert max(middle["bell"], middle["drum"]) < 0.7 < min(middle["flute"], middle["string"])


def test_features_know_pitch_and_no_loudness() -> None:
    rng = np.random.default_rng(0)
    low, high = (tone(f, RATE, 1)[None, None, :LENGTH] / 1e4 + 0.01 * rng.normal(size=LENGTH) for f in (250, 1500))
    both = features(np.concatenate([low, high]).astype(np.float32))
    assert both.shape == (2, 36)
    bands = both[:, :16]
    assert bands[0].argmax() < bands[1].argmax()
    assert both[0, 16] == pytest.approx(250 / RATE, abs=0.02)


def test_moved_sounds_are_the_sounds() -> None:
    x, labels = generated_sounds(65)
    seen = 0
    for batch, names in moved(x, labels, seed=1)(0):
        seen += len(names)
        for one in batch:
            spectrum = np.abs(np.fft.rfft(one[0]))
            nearest = np.abs(np.abs(np.fft.rfft(x[:, 0])) - spectrum).max(axis=1)
            assert nearest.min() < 1e-2
    assert seen == 64  # 65 less one that would be alone


@pytest.mark.parametrize(("rate", "channels"), [(4000, 1), (44_100, 2), (8000, 1), (22_050, 1)])
def test_wav_files_keep_their_pitch(tmp_path: Path, rate: int, channels: int) -> None:
    """A tone of 500 Hz in the middle of silence, at any rate."""
    samples = np.concatenate([np.zeros(rate), tone(500, rate, 0.3), np.zeros(rate)])
    path = written(tmp_path / "a.wav", np.repeat(samples, channels), rate, channels)
    sound = read_sound(path)
    assert sound.shape == (1, 1, LENGTH)
    assert loudest(sound) == pytest.approx(500, abs=6)
    assert sound.std() == pytest.approx(1, abs=1e-3)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"0\.10 s long"):
        read_sound(written(tmp_path / "short.wav", tone(500, 8000, 0.1), 8000))
    with pytest.raises(FileError, match="samples of 8 bits"):
        read_sound(written(tmp_path / "eight.wav", tone(500, 8000, 1) / 100 + 128, 8000, width=1))
    (tmp_path / "no.wav").write_text("no sound")
    with pytest.raises(FileError, match="no WAV file"):
        read_sound(tmp_path / "no.wav")
    with pytest.raises(FileError, match="can not be read"):
        read_sound(tmp_path / "nowhere.wav")


@pytest.mark.slow
def test_both_ways_hear_what_a_linear_map_of_samples_can_not(tmp_path: Path) -> None:
    path = written(tmp_path / "whistle.wav", tone(400, 8000, 1), 8000)
    account = sounds.run(Request((0,), own=str(path), short=True))
    network, by_hand, linear, always = (score.mean for score in account.tables[0].scores)
    assert by_hand > 90
    assert network > 1.5 * linear
    assert always < 30
    assert account.own[0].startswith("Your sound is most like: ")


@pytest.mark.slow
def test_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SCRIPT))["main"](count=400, epochs=3)
    learnt, by_hand = (float(line.split()[-1]) for line in capsys.readouterr().out.splitlines())
    assert 0.25 < learnt < by_hand
    assert by_hand > 0.85
