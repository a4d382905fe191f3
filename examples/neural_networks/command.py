"""The command line of the examples: list them, run some or all, save their pictures."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from layerwise.errors import FileError, nearest
from layerwise.plots import save_figure
from neural_networks.example import EXAMPLES, question

SUBJECTS = (
    "units", "learning", "optimization", "regularization", "signals", "information",
    "convolution", "recurrence", "residual", "attention", "autograd",
)  # fmt: skip
for subject in SUBJECTS:
    import_module(f"neural_networks.{subject}")  # fills the list, in this order
PICTURES = Path(__file__).resolve().parents[1] / "pictures"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the words say. Returns 0, or 1 where a picture can not be saved; argparse exits with 2."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    for name in chosen.names:
        if name not in EXAMPLES:
            parser.error(f"there is no example {name!r}.{nearest(name, EXAMPLES)} --list shows what each one asks.")
    try:
        return _list() if chosen.list else _run(chosen.names or list(EXAMPLES), chosen.pictures)
    except FileError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # as in `--list | head`: whoever read us has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Neural networks in small experiments, each with a number and a picture.",
        epilog="Without names all of them run: about a minute, and three the first time, when twins are compiled.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="the examples to run")
    parser.add_argument("--list", action="store_true", help="list the examples, and what each one asks")
    parser.add_argument(
        "--pictures", type=Path, default=PICTURES, metavar="FOLDER", help="where pictures go (default: %(default)s)"
    )
    return parser


def _list() -> int:
    width = max(map(len, EXAMPLES))
    for name in EXAMPLES:
        print(f"{name:{width}}  {question(name)}", flush=True)
    return 0


def _run(names: Sequence[str], folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"could not make {folder}: {error.strerror}. Choose another --pictures folder") from None
    for number, name in enumerate(names, start=1):
        print(f"[{number}/{len(names)}] {name}: {question(name)}", flush=True)
        began = time.perf_counter()
        path = folder / f"{name}.png"
        save_figure(EXAMPLES[name](), path)
        print(f"  {path} ({time.perf_counter() - began:.1f} s)\n", flush=True)
    return 0
