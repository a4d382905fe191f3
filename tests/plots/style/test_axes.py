"""Pictures that matplotlib's global settings neither change nor notice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from tests.support.tally import Tally

from layerwise import plots
from layerwise.errors import FileError

HISTORY = {"train_loss": [0.9, 0.5, 0.3], "val_loss": [0.8, 0.6, 0.7], "val_accuracy": [0.5, 0.8, 0.75]}
HOSTILE = {
    "axes.facecolor": "black", "axes.grid": True, "axes.grid.which": "both", "axes.labelcolor": "red",
    "axes.labelsize": 30, "axes.linewidth": 5, "axes.titlesize": 40, "axes.titlecolor": "red", "grid.linewidth": 7,
    "axes.spines.left": False, "grid.color": "red", "grid.linestyle": ":",
    "axes.titley": 0.5, "axes.titlelocation": "right", "axes.xmargin": 0.3, "axes.ymargin": 0.3,
    "axes.titleweight": "bold",
    "axes.labelweight": "bold", "figure.facecolor": "black", "figure.dpi": 30, "figure.figsize": (2, 2),
    "figure.autolayout": True, "savefig.dpi": 33, "savefig.bbox": "tight", "savefig.facecolor": "red",
    "savefig.transparent": True, "font.size": 25, "font.family": "serif", "text.color": "red", "lines.linewidth": 9,
    "lines.marker": "x", "lines.markersize": 20, "legend.fontsize": 30, "legend.frameon": True, "legend.loc": "center",
    "xtick.color": "red", "xtick.labelsize": 20, "xtick.direction": "in", "xtick.minor.visible": True,
    "ytick.right": True, "xtick.major.size": 20, "xtick.major.pad": 20, "axes.labelpad": 30, "axes.titlepad": 30,
    "ytick.minor.visible": True, "ytick.labelcolor": "red", "image.origin": "upper", "image.aspect": "equal",
    "image.interpolation": "nearest", "contour.linewidth": 8, "scatter.marker": "x", "scatter.edgecolors": "red",
    "hatch.color": "red",
}  # fmt: skip


def png(kind: str, folder: Path) -> bytes:
    if kind == "curve":
        ax = plots.loss_curve(HISTORY)
    else:
        x = np.random.default_rng(0).normal(size=(60, 2))
        ax = plots.decision_boundary(lambda x: 3 * x, x, x.argmax(axis=1), resolution=30)
    plots.save_figure(ax, folder / "a.png")
    return (folder / "a.png").read_bytes()


@pytest.mark.parametrize("kind", ["curve", "boundary"])
def test_global_settings_change_nothing_and_are_not_changed(kind: str, tmp_path: Path) -> None:
    plain = png(kind, tmp_path)
    with mpl.rc_context(HOSTILE):  # type: ignore[arg-type]
        before = dict(mpl.rcParams)
        assert png(kind, tmp_path) == plain
        assert dict(mpl.rcParams) == before


def test_pictures_need_no_pyplot_and_importing_them_no_matplotlib() -> None:
    program = (
        "import sys\nfrom layerwise import plots\nassert 'matplotlib' not in sys.modules\n"
        f"plots.loss_curve({HISTORY!r})\nassert 'matplotlib' in sys.modules\n"
        "plots.decision_boundary(lambda x: x, [[0.0, 1.0], [1.0, 0.0]], [1, 0], resolution=5)\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    source = str(Path(plots.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": source, "HOME": "/"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG\r\n\x1a\n"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_saved_figures_are_what_their_name_says_and_the_same_each_time(
    ending: str, start: bytes, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        plots.save_figure(plots.loss_curve(HISTORY), tmp_path / f"{name}.{ending}")
    data = (tmp_path / f"a.{ending}").read_bytes()
    assert data.startswith(start)
    if ending != "svg":
        assert data == (tmp_path / f"b.{ending}").read_bytes()


def test_png_has_the_size_of_the_figure(tmp_path: Path) -> None:
    from matplotlib.image import imread

    ax = plots.loss_curve(HISTORY)
    plots.save_figure(ax, tmp_path / "a.png", dpi=100)
    height, width = imread(tmp_path / "a.png").shape[:2]
    assert (width, height) == tuple((100 * ax.figure.get_size_inches()).round().astype(int))


def test_places_that_can_not_be_written(tmp_path: Path, tally: Tally) -> None:
    ax = plots.loss_curve(HISTORY)
    for place in ("a.gif", "a", "none/a.png"):
        with pytest.raises(FileError, match=place):
            plots.save_figure(ax, tmp_path / place)
        tally.add("bad input")
