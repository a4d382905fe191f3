"""Where the tables are: in the folders of installed packages, one of which packs them."""

from __future__ import annotations

import importlib.util
import tarfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TARGETS = Path(__file__).with_name("targets.toml")
PACKED = "pydataset"


@dataclass(frozen=True)
class Table:
    """One table. package, file: where it comes from. target: the column to predict. word: what the command line needs
    beside that, as its message says; "" for nothing."""

    package: str
    file: str
    target: str
    word: str = ""

    @property
    def name(self) -> str:
        """The package and the end of the path."""
        return f"{self.package}: {self.file.split('/')[-1] if self.package != PACKED else self.file}"


def tables() -> list[Table]:
    """All tables of the list."""
    found = []
    for package, files in tomllib.loads(TARGETS.read_text(encoding="utf-8")).items():
        for file, target in files.items():
            asked = {"target": target} if isinstance(target, str) else target
            found.append(Table(package, file, **asked))
    return found


def folder_of(package: str) -> Path | None:
    """The folder of an installed package, which is not imported; None if it is not there."""
    found = importlib.util.find_spec(package)
    places = (found.submodule_search_locations or []) if found else []
    return Path(next(iter(places))) if places else None


def located(chosen: list[Table], scratch: Path) -> Iterator[tuple[Table, Path]]:
    """Each table that is installed with its file; packed ones are unpacked into `scratch`."""
    packed = {each.file: each for each in chosen if each.package == PACKED}
    for each in chosen:
        folder = folder_of(each.package)
        if folder is not None and each.package != PACKED:
            yield each, folder / each.file
    folder = folder_of(PACKED)
    if not packed or folder is None:
        return
    with tarfile.open(folder / "resources.tar.gz") as archive:
        for member in archive:
            file = member.name.removeprefix("resources/rdata/csv/").removesuffix(".csv")
            content = archive.extractfile(member) if file in packed else None
            if content is not None:
                path = scratch / f"{file.replace('/', '-')}.csv"
                path.write_bytes(content.read())
                yield packed[file], path
