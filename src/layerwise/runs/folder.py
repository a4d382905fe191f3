"""The folder of a run: a place of its own for each, with the same names in all of them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from layerwise.errors import FileError, LayerwiseError

if os.name == "posix":
    import fcntl

RUNS = Path("runs")


@dataclass(frozen=True)
class RunFolder:
    """A run's folder, and the files in it."""

    path: Path

    @property
    def experiment(self) -> Path:
        """The complete table of the run."""
        return self.path / "experiment.toml"

    @property
    def origin(self) -> Path:
        """Which program and which data file the run was made with."""
        return self.path / "run.json"

    @property
    def preparation(self) -> Path:
        """The way from raw columns to the network's input."""
        return self.path / "preparation.json"

    @property
    def checkpoint(self) -> Path:
        """The state after the last epoch, or at the interrupt: weights, and all that a resumed run needs."""
        return self.path / "checkpoint.safetensors"

    @property
    def last_good(self) -> Path:
        """The weights before a divergence."""
        return self.path / "last-good.safetensors"

    @property
    def history(self) -> Path:
        """One line an epoch."""
        return self.path / "history.csv"

    @property
    def result(self) -> Path:
        """The figures of the test."""
        return self.path / "result.json"

    @property
    def report(self) -> Path:
        """The page that tells of the run."""
        return self.path / "report.html"

    @property
    def examples(self) -> Path:
        """A few test samples in raw values, to try `layerwise predict` with."""
        return self.path / "examples.csv"

    @property
    def network_drawing(self) -> Path:
        """The network as a drawing."""
        return self.path / "network.svg"

    @property
    def loss_curve(self) -> Path:
        """The losses by epoch as a picture."""
        return self.path / "loss.png"

    @property
    def boundary(self) -> Path:
        """Which answer the network gives where, for two features."""
        return self.path / "boundary.png"

    @property
    def fit(self) -> Path:
        """What the network answers to one number, as a curve."""
        return self.path / "fit.png"

    @property
    def files(self) -> list[Path]:
        """All files of the run that are there."""
        return sorted(each for each in self.path.iterdir() if each.is_file()) if self.path.is_dir() else []

    @property
    def weights(self) -> Path:
        """The file that holds the network to answer with."""
        return self.last_good if self.last_good.exists() else self.checkpoint

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from writing here; they get a FileError. Without effect on Windows."""
        if os.name != "posix":
            yield
            return
        descriptor = _opened(self.path)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FileError(f"another run is at work in {self.path}: wait for its end, or stop it") from None
            except OSError:
                pass  # some network disks know no locks
            yield
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def new(name: str, out: str | os.PathLike[str] | None = None) -> Iterator[RunFolder]:
    """A new folder, as `created` makes it, held for the body.

    It goes again, with the folders that were made for it, when the body refuses the run (a LayerwiseError) before
    there is a checkpoint; but after a FileError, such as a full disk, what can go on stays.
    """
    path = Path(out) if out is not None else RUNS
    made = [each for each in (path, *path.parents) if not each.exists()]
    folder = created(name, out)
    try:
        with folder.held():
            yield folder
    except LayerwiseError as error:
        goes_on = isinstance(error, FileError) and folder.experiment.exists()
        if not folder.checkpoint.exists() and not goes_on:
            shutil.rmtree(folder.path, ignore_errors=True)
            for each in made:
                with contextlib.suppress(OSError):  # another run may be in it
                    each.rmdir()
        raise


def created(name: str, out: str | os.PathLike[str] | None = None) -> RunFolder:
    """A new, empty folder: `out`, or the first free of runs/NAME-001, runs/NAME-002, ...

    Made by mkdir, which succeeds for one process only, so two runs at once never share one. Raises FileError where the
    folder exists already or can not be made.
    """
    path = Path(out) if out is not None else None
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir()
            return RunFolder(path)
        RUNS.mkdir(exist_ok=True)
        return RunFolder(_numbered(_plain(name)))
    except FileExistsError:
        if path is not None and path.is_dir():
            advice = "choose another folder, or go on with the run in it by --resume"
            raise FileError(f"{path} exists already, and a run wants a new folder: {advice}") from None
        raise FileError(f"there is a file where the folder {path or RUNS} should be: choose another --out") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"could not make the folder {path or RUNS}: {reason}. Choose another with --out") from None


def found(path: str | os.PathLike[str]) -> RunFolder:
    """The folder of a run that was made before. Raises FileError for anything else."""
    folder = RunFolder(Path(path))
    if not folder.path.is_dir():
        raise FileError(f"there is no folder {path}{others()}")
    if not folder.experiment.is_file():
        raise FileError(f"{path} is not the folder of a run: it holds no experiment.toml{others()}")
    return folder


def others() -> str:
    """The newest runs here, for the one who mistyped."""
    runs = [each for each in RUNS.iterdir() if (each / "experiment.toml").is_file()] if RUNS.is_dir() else []
    if not runs:
        return ""
    newest = sorted(runs, key=lambda run: run.stat().st_mtime, reverse=True)[:3]
    return f". The newest runs here: {', '.join(map(str, newest))}"


def _numbered(name: str) -> Path:
    number = 1 + max((_number(each.name, name) for each in RUNS.iterdir()), default=0)
    while True:
        path = RUNS / f"{name}-{number:03}"
        try:
            path.mkdir()
        except FileExistsError:  # another run was faster
            number += 1
        else:
            return path


def _number(entry: str, name: str) -> int:
    match = re.fullmatch(re.escape(name) + r"-(\d{3,9})", entry)
    return int(match[1]) if match else 0


def _plain(name: str) -> str:
    """A name for a folder that needs no quotes in a shell.

    >>> _plain("My house prices (2024)"), _plain("größe"), _plain("--")
    ('my-house-prices-2024', 'grosse', 'run')
    """
    letters = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", letters).strip("-_")[:60] or "run"


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError as error:
        raise FileError(f"could not open {path}: {error.strerror}") from None
