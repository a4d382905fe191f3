"""From what was typed to a run: what is built, and what is refused before there is a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerwise.errors import SettingError
from layerwise.network import Network
from layerwise.runs import start
from layerwise.training.changes import Changes


def test_every_part_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[object] = []
    whole = Network.from_spec
    monkeypatch.setattr(Network, "from_spec", lambda spec: built.append(spec) or whole(spec))
    ready = start("moons", None, Changes(epochs=1))
    ready.setup.train(ready.data, progress=False)
    assert len(built) == 1
    assert ready.net is ready.setup.net
    assert ready.net.passes  # what was described is what has been trained


@pytest.mark.parametrize(
    "entries",
    [
        ("optimizer.lr=0",),
        ("optimizer.lr=0.0", "schedule=none"),
        ("optimizer.lr=-0.0",),
        ('schedule={name="LinearLR"}', "optimizer.lr=0"),
        ('optimizer={name="SGD", lr=0}',),
    ],
)
def test_a_rate_of_0_is_refused(entries: tuple[str, ...]) -> None:
    with pytest.raises(SettingError, match="the learning rate is 0"):
        start("moons", None, Changes(entries=entries))


def test_a_rate_of_0_is_fine_where_the_schedule_has_its_own() -> None:
    entries = ("optimizer.lr=0", 'schedule={name="OneCycleLR", max_lr=0.1, total_steps=20}', "epochs=1000000000")
    assert start("moons", None, Changes(entries=entries)).setup.optimizer.lr == 0


def test_paths_are_absolute_in_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("x,y\n" + "\n".join(f"{k},{k % 2}" for k in range(30)))
    ready = start("t.csv", "y", Changes())
    assert ready.experiment.data["path"] == str(tmp_path / "t.csv")
    assert ready.name == "t"
