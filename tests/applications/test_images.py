"""Images: how photos are read, how they are shifted, and a folder of generated ones that is learnt."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.applications import drawn_photos

from layerwise.applications import Request, images
from layerwise.applications.images import read_photo, read_photos, shifted
from layerwise.errors import DataError, FileError, SettingError

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "app_images.py"


def test_photos_of_every_kind_become_the_same(tmp_path: Path) -> None:
    """Orange, in each mode and file; the middle square of a wide one; white where it is transparent."""
    orange = (255, 128, 0)
    wide = Image.new("RGB", (90, 30), "blue")
    wide.paste(orange, (30, 0, 60, 30))
    wide.save(tmp_path / "wide.png")
    wide.convert("P").save(tmp_path / "palette.png")
    wide.convert("CMYK").save(tmp_path / "print.jpg", quality=100)
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("L", (9, 9), 51).save(tmp_path / "grey.png")
    for name in ("wide.png", "palette.png", "print.jpg"):
        photo = read_photo(tmp_path / name, 8)
        assert (photo.shape, photo.dtype) == ((3, 8, 8), np.float32)
        np.testing.assert_allclose(photo.mean(axis=(1, 2)), np.array(orange) / 255, atol=0.03)
    np.testing.assert_array_equal(read_photo(tmp_path / "clear.png", 4), 1)
    np.testing.assert_allclose(read_photo(tmp_path / "grey.png", 4), 0.2, atol=1e-6)


def test_a_photo_is_turned_as_the_camera_was_held(tmp_path: Path) -> None:
    picture = Image.new("RGB", (20, 20), "black")
    picture.paste("white", (0, 0, 20, 10))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    picture.save(tmp_path / "turned.jpg", exif=exif, quality=100)
    photo = read_photo(tmp_path / "turned.jpg", 20)
    assert photo[:, :8].max() < 0.1 < 0.9 < photo[:, -8:].min()


def test_a_folder_is_its_subfolders(tmp_path: Path) -> None:
    for place, name in enumerate(("b", "a")):
        (tmp_path / name).mkdir()
        for number in range(8):
            Image.new("L", (5, 5), 100 * place).save(tmp_path / name / f"{number}.PNG")
        (tmp_path / name / "notes.txt").write_text("no picture")
    Image.new("L", (5, 5), 255).save(tmp_path / "which.jpeg")
    photos = read_photos(tmp_path, side=4)
    assert photos.classes == ("a", "b")
    np.testing.assert_array_equal(photos.labels, [0] * 8 + [1] * 8)
    np.testing.assert_allclose(photos.x[:, 0, 0, 0], np.repeat([100 / 255, 0], 8), atol=1e-6)
    assert [path.name for path in photos.asked] == ["which.jpeg"]
    assert photos.asked_x.shape == (1, 3, 4, 4)
    (tmp_path / "a" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n but no more")
    with pytest.raises(FileError, match=r"broken\.png"):
        read_photos(tmp_path)
    (tmp_path / "a" / "broken.png").unlink()
    (tmp_path / "a" / "0.PNG").unlink()
    with pytest.raises(DataError, match="holds 7 photos"):
        read_photos(tmp_path)


def test_what_is_no_folder_of_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no folder"):
        read_photos(tmp_path / "nowhere")
    with pytest.raises(DataError, match="has 0 subfolders"):
        read_photos(tmp_path)
    with pytest.raises(SettingError, match="choose digits, mnist, fashion_mnist"):
        images.run(Request((0,), data="cats"))


def test_shifted_images_are_the_images_elsewhere() -> None:
    rng = np.random.default_rng(0)
    x, labels = rng.random((9, 2, 6, 7)), np.arange(9)
    padded = np.pad(x, [(0, 0), (0, 0), (2, 2), (2, 2)], mode="edge")
    kinds, seen = set(), []
    for number in range(80):
        for batch, names in shifted(x, labels, most=2, mirror=True, batch_size=4, seed=1)(number):
            assert len(batch) >= 2
            for image, name in zip(batch, names, strict=True):
                found = [
                    (down, right, turned)
                    for down in range(5)
                    for right in range(5)
                    for turned in (False, True)
                    if (
                        padded[name, :, down : down + 6, right : right + 7][:, :, :: -1 if turned else 1] == image
                    ).all()
                ]
                kinds.add(found[0])
                seen.append(name)
    assert len(kinds) == 50
    assert set(seen) == set(range(9))


@pytest.mark.slow
def test_a_folder_of_photos_is_learnt(tmp_path: Path) -> None:
    folder = drawn_photos.write(tmp_path / "photos")
    account = images.run(Request((0,), own=str(folder)))
    network, regression, frequent = (score.mean for score in account.tables[0].scores)
    assert network >= 90 > regression
    assert frequent == 20
    name, _, answer = account.own[0].partition(": ")
    assert name == "what is this.png"  # which of two round shapes it says is up to the last bits of the machine
    assert answer.split(" (")[0] in drawn_photos.SHAPES


@pytest.mark.slow
def test_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SCRIPT))["main"](epochs=4)
    assert float(capsys.readouterr().out.split()[-1]) > 0.9
