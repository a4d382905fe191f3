"""A user's mistakes: each is told in a sentence that names it and what to do, with exit code 1 or 2."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tests.support.tally import Tally

from layerwise.cli import main

# What is typed, the exit code, and words that the sentence must hold.
MISTAKES: list[tuple[str, int, str]] = [
    ("tarin digits", 2, "Did you mean 'train'?"),
    ("train --epoch 3 digits", 2, "--epochs"),
    ("train digits --epochs x", 2, "--epochs"),
    ("train digits extra", 2, "extra"),
    ("predict", 2, "RUN"),
    ("bench --rounds many", 2, "--rounds"),
    ("train digist", 1, "Did you mean 'digits'?"),
    ("train nowhere/digits", 1, "no file or folder"),
    ("train nofile.csv --target x", 1, "there is no file"),
    ("train text.xlsx --target x", 1, "is a damaged workbook"),
    ("train nofile.toml", 1, "could not read nofile.toml"),
    ("train .", 1, "holds no experiment.toml"),
    ("train folder.csv --target x", 1, "is a folder"),
    ("train table.csv", 1, "--target COLUMN"),
    ("train table.csv", 1, "'price'"),
    ("train table.csv --target prise", 1, "Did you mean 'price'?"),
    ("train table.csv --target price --drop arae", 1, "Did you mean 'area'?"),
    ("train table.csv --target price --drop price", 1, "can not be dropped"),
    ("train empty.csv --target x", 1, "is empty"),
    ("train gap.csv --target price", 1, "the target 'price' of gap.csv is 2 in every row"),
    ("train short.csv --target price", 1, "line 3 of short.csv has 1 cell"),
    ("train latin.csv --target price --encoding utf-8", 1, "not UTF-8"),
    ("train latin.csv --target price --encoding utf-99", 1, "encoding 'utf-99' is not known"),
    ("train table.csv --target price --as area", 1, "such as --as zip=category"),
    ("train table.csv --target price --as area=zip", 1, "can not be read as 'zip'"),
    ("train table.csv --target price --as arae=date", 1, "Did you mean 'area'?"),
    ("train table.csv --target price --as area=date", 1, "does not hold dates"),
    ("train table.csv --target price --task cluster", 1, "task 'cluster' is not known"),
    ("train table.csv --target price --decimal x", 1, "decimal 'x' is not known"),
    ("train page.csv --target price", 1, "is a web page"),
    ("train pointer.csv --target price", 1, "git lfs pull"),
    ("train http://example.org/a.csv --target price", 1, "is an address: download"),
    ("train - --target price", 1, "not from standard input"),
    ("train deep.toml", 1, "too deep"),
    ("look nofile.csv", 1, "there is no file"),
    ("look table.csv --target prise", 1, "Did you mean 'price'?"),
    ("look table.csv --as area=zip", 1, "can not be read as 'zip'"),
    ("train broken.toml", 1, "not a TOML file"),
    ("train odd.toml", 1, "no entry 'epoch'"),
    ("train half.toml", 1, "not complete"),
    ("train digits --target y", 1, "--target is for a table in a file"),
    ("train digits --drop y", 1, "--drop is for the columns of a table"),
    ("train run --target y", 1, "--target is for a table in a file"),
    ("train digits --epochs 0", 1, "epochs must be at least 1"),
    ("train digits --batch-size -2", 1, "batch_size must be at least 1"),
    ("train digits --threads 0", 1, "threads must be at least 1"),
    ("train digits --seed -1", 1, "seed must be at least 0"),
    ("train digits --lr -1", 1, "lr"),
    ("train digits --lr nan", 1, "lr"),
    ("train digits --hidden a,b", 1, "such as 128,64"),
    ("train digits --hidden 0", 1, "such as 128,64"),
    ("train digits --optimizer adm", 1, "Did you mean 'Adam'?"),
    ("train digits --set optimizer", 1, "--set optimizer.lr=0.01"),
    ("train digits --set =3", 1, "--set optimizer.lr=0.01"),
    ("train digits --set optimzer.lr=3", 1, "Did you mean 'optimizer'?"),
    ("train digits --set optimizer.lrr=3", 1, "Did you mean 'lr'?"),
    ("train digits --set optimizer.lr.x=3", 1, "has no entries"),
    ("train digits --set optimizer.lr=[1", 1, "no value of TOML"),
    ("train digits --set epochs=many", 1, "epochs must be a whole number; got 'many'"),
    ("train digits --set epochs=1.5", 1, "epochs must be a whole number; got 1.5"),
    ("train digits --set epochs=true", 1, "epochs must be a whole number; got True"),
    ("train digits --set batch_size=[8]", 1, "batch_size must be a whole number; got [8]"),
    ("train digits --set seed=x", 1, "seed must be a whole number"),
    ("train digits --set clip_norm=big", 1, "clip_norm must be a number; got 'big'"),
    ("train digits --set loss=MSELoss", 1, "loss must be a table; got 'MSELoss'"),
    ("train digits --set layers=3", 1, "layers must be a list; got 3"),
    ("train digits --set layers.0=3", 1, "layers 0 must be a table; got 3"),
    ("train digits --set ties.a=3", 1, "ties"),
    ("train digits --set data=3", 1, "data must be a table"),
    ("train digits --set data=none", 1, "a data table has a name"),
    ("train digits --set dtype=32", 1, "dtype must be a text; got 32"),
    ("train digits --set evaluate_train=1", 1, "evaluate_train must be true or false; got 1"),
    ("train digits --set epochs=2024-01-01", 1, "epochs must be a whole number"),
    ("train digits --set epochs=" + "9" * 5000, 1, "no value of TOML"),
    ("train digits --set layers=" + "[" * 2000, 1, "no value of TOML"),
    ("train digits --set seed=" + "9" * 40, 1, "seed"),
    ("train digits --set optimizer.lr=" + "9" * 400, 1, "lr"),
    ("train digits --set data.test=0", 1, "test"),
    ("train digits --set data.validation=0 --set early_stopping.patience=3", 1, "validation"),
    ("train digits --lr 0", 1, "the learning rate is 0"),
    ("train digits --set optimizer.lr=0", 1, "the learning rate is 0"),
    ("train digits --lr 0.0 --set schedule=none", 1, "the learning rate is 0"),
    ("train digits --lr -0.0", 1, "the learning rate is 0"),
    ("train digits --lr 0 --optimizer SGD", 1, "the learning rate is 0"),
    ("train digits --lr inf", 1, "lr"),
    ("train still.toml", 1, "the learning rate is 0"),
    ("train deep.toml", 1, "too deep in one another"),
    ("train long.toml", 1, "not a TOML file"),
    ("train binary.toml", 1, "could not read binary.toml"),
    ("train strange.toml", 1, "no layer called"),
    ("train run/run.json", 1, "needs --target COLUMN"),
    ("train digits --set optimizer=none", 1, "optimizer"),
    ("train digits --set layers.9.p=1", 1, "numbered 0 to 6"),
    ("train digits --set layers.x.p=1", 1, "numbered 0 to 6"),
    ("train digits --set layers.0.out_feature=1", 1, "Did you mean 'out_features'?"),
    ("train digits --set layers.6.out_features=11", 1, "10 classes"),
    ("train digits --set layers.0.out_features=11", 1, "11"),
    ("train digits --set layers=[]", 1, "layer"),
    ("train digits --set dtype=float16", 1, "'float64'"),
    ("train digits --set clip_norm=-1.0", 1, "clip_norm"),
    ("train digits --set early_stopping.patiense=3", 1, "Did you mean 'patience'?"),
    ("train digits --set schedule.name=Nix", 1, "no schedule called 'Nix'"),
    ("train digits --set loss.name=MSELos", 1, "Did you mean 'MSELoss'?"),
    ("train digits --set data.noise=3", 1, "leave out noise"),
    ("train digits --set data.tset=0.3", 1, "Did you mean 'test'?"),
    ("train digits --out run", 1, "exists already"),
    ("train digits --out table.csv", 1, "there is a file where"),
    ("train digits --out table.csv/run", 1, "there is a file where"),
    ("train --resume nowhere", 1, "there is no folder"),
    ("train --resume .", 1, "holds no experiment.toml"),
    ("train --resume run --epochs 3", 1, "without other settings"),
    ("train digits --resume run", 1, "without other settings"),
    ("predict nowhere table.csv", 1, "there is no run nowhere"),
    ("predict run/nothing.safetensors table.csv", 1, "give its folder, or a checkpoint in it"),
    ("predict . table.csv", 1, "holds no experiment.toml"),
    ("predict run nofile.csv", 1, "there is no file"),
    ("predict run nofile.png", 1, "there is no file"),
    ("predict run text.xlsx", 1, "is a damaged workbook"),
    ("predict run table.csv", 1, "has none of the 4 columns"),
    ("predict run/run.json run/examples.csv", 1, "not a safetensors file"),
    ("predict run objects.npy", 1, "not a readable .npy file"),
    ("predict run claims.npy", 1, "not a readable .npy file"),
    ("predict run text.npy", 1, "not a readable .npy file"),
    ("predict run wide.npy", 1, "shape (3, 5)"),
    ("predict run nan.npy", 1, "nan"),
    ("predict run run/examples.csv --out no/where.csv", 1, "could not write"),
    ("predict run run/examples.csv --out run/examples.csv", 1, "what the answers are read from"),
    ("predict run new.csv --out new.csv", 1, "what the answers are read from"),
    ("predict run new.csv --out ./link.csv", 1, "what the answers are read from"),
    ("predict run link.csv --out new.csv", 1, "what the answers are read from"),
    ("predict run new.csv --out run/checkpoint.safetensors", 1, "what the answers are read from"),
    ("predict run/checkpoint.safetensors new.csv --out run/preparation.json", 1, "what the answers are read from"),
    ("predict run new.csv --out run", 1, "choose another file"),
    ("predict bad new.csv", 1, "bad/preparation.json is damaged"),
    ("bench W9", 1, "W9"),
    ("bench W1 --contender tensorflow", 1, "tensorflow"),
    ("bench --rounds 0", 1, "rounds"),
    ("bench --growth --vary 1", 1, "--vary"),
    ("bench --vary -1", 1, "vary"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run, and files with something wrong in each."""
    folder = tmp_path_factory.mktemp("mistakes")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["train", "iris", "--epochs", "1", "--no-progress", "--out", "run"]) == 0
    (folder / "table.csv").write_text("area,price\n" + "\n".join(f"{row},{row * row}" for row in range(30)))
    (folder / "gap.csv").write_text("area,price\n1,2\n3,\n")
    (folder / "short.csv").write_text("area,price\n1,2\n3\n")
    (folder / "latin.csv").write_bytes("area,price\nKöln,3\n".encode("latin-1"))
    (folder / "empty.csv").write_text("")
    with zipfile.ZipFile(folder / "text.xlsx", "w") as book:
        book.writestr("xl/workbook.xml", "no workbook")
    (folder / "page.csv").write_text("<!DOCTYPE html><html>")
    (folder / "pointer.csv").write_text("version https://git-lfs.github.com/spec/v1\n")
    (folder / "deep.toml").write_text(f"a = {'[' * 1500}{']' * 1500}")
    (folder / "folder.csv").mkdir()
    (folder / "broken.toml").write_text("a = = 1")
    (folder / "odd.toml").write_text("epoch = 3")
    (folder / "half.toml").write_text("epochs = 3")
    (folder / "deep.toml").write_text("a = " + "[" * 2000 + "]" * 2000)
    (folder / "long.toml").write_text("epochs = " + "9" * 5000)
    (folder / "binary.toml").write_bytes(b"\xff\xfe\x00")
    table = (folder / "run/experiment.toml").read_text(encoding="utf-8")
    (folder / "still.toml").write_text(table.replace("lr = 0.002", "lr = 0.0"), encoding="utf-8")
    (folder / "strange.toml").write_text(table.replace('"ReLU"', '"eval"'), encoding="utf-8")
    (folder / "new.csv").write_bytes((folder / "run/examples.csv").read_bytes())
    (folder / "link.csv").symlink_to(folder / "new.csv")
    shutil.copytree(folder / "run", folder / "bad")
    (folder / "bad/preparation.json").write_text("[" * 5000)
    np.save(folder / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.save(folder / "wide.npy", np.zeros((3, 5)))
    np.save(folder / "nan.npy", np.full((3, 4), np.nan))
    (folder / "text.npy").write_text("no array")
    huge = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 4), }"
    (folder / "claims.npy").write_bytes(b"\x93NUMPY\x01\x00" + (len(huge) + 1).to_bytes(2, "little") + huge + b"\n")
    return folder


@pytest.mark.parametrize(
    ("typed", "code", "words"), MISTAKES, ids=[f"{typed[:60]}: {words}" for typed, _, words in MISTAKES]
)
def test_mistake(
    typed: str,
    code: int,
    words: str,
    folder: Path,
    tally: Tally,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    before = _content(folder)
    assert main(typed.split()) == code
    said = capsys.readouterr()
    assert not said.out
    assert said.err.startswith("layerwise: ")
    assert "Traceback" not in said.err
    assert words in said.err
    assert said.err.count("\n") == (2 if code == 2 else 1)
    assert _content(folder) == before  # a refused command leaves nothing behind
    tally.add("bad input")


def _content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def test_names_from_files_move_no_cursor(
    folder: Path, tally: Tally, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert main(["train", "\x1b[2Jdigits"]) == 1
    assert "\x1b" not in capsys.readouterr().err
    tally.add("bad input")
