"""Commands by which something is learnt: their options, and where they are carried out."""

from __future__ import annotations

from typing import Annotated

import typer

from layerwise.cli.root import app


@app.command(epilog="Example: layerwise train my.csv --target price --epochs 50")
def train(
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="A dataset by name, a table (.csv, .xlsx and others), an experiment (.toml), or the folder of a run.",
            show_default=False,
        ),
    ] = None,
    target: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column of a table to predict.")] = None,
    epochs: Annotated[int | None, typer.Option(metavar="N", help="How often every sample is seen.")] = None,
    lr: Annotated[float | None, typer.Option("--lr", metavar="X", help="Learning rate.")] = None,
    batch_size: Annotated[int | None, typer.Option(metavar="N", help="Samples an update.")] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Of the split, the first weights and the order of samples.")
    ] = None,
    hidden: Annotated[
        str | None, typer.Option(metavar="WIDTHS", help="Widths of the hidden layers, such as 128,64.")
    ] = None,
    optimizer: Annotated[str | None, typer.Option(metavar="NAME", help="Such as Adam, SGD, Momentum.")] = None,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="A column of a table to leave out; may be repeated.")
    ] = None,
    read_as: Annotated[
        list[str] | None,
        typer.Option(
            "--as",
            metavar="COLUMN=KIND",
            help="What a column is: number, category, exact, date, dmy or mdy; may be repeated.",
        ),
    ] = None,
    task: Annotated[
        str | None, typer.Option(metavar="TASK", help="classification or regression, where the target leaves it open.")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar="MARK", help="What stands before decimals in a table: . or ,")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a table in a text file, such as cp1252.")
    ] = None,
    entries: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Any entry of the experiment, such as optimizer.lr=0.01; repeatable."
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(metavar="N", help="For matrix products; another number gives other last bits.")
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="A new folder for the run; else runs/NAME-001 and so on.")
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Go on with an interrupted run, given its folder.")
    ] = None,
    doctor: Annotated[
        bool, typer.Option("--doctor", help="Let the doctor watch, and print what it finds as it finds it.")
    ] = False,
    progress: Annotated[bool, typer.Option("--progress/--no-progress", help="Show how the training goes.")] = True,
) -> int:
    """Train a network, test it, and say how good it is beside simpler models.

    Without options the network and its training are chosen to suit the data.
    """
    from layerwise.cli import train as command
    from layerwise.training.changes import Changes

    changes = Changes(
        epochs, lr, batch_size, seed, command.widths(hidden), optimizer, threads, tuple(drop or ()),
        tuple(read_as or ()), task, decimal, encoding, tuple(entries or ()),
    )  # fmt: skip
    return command.train(data, target, changes, out=out, resume=resume, doctor=doctor, progress=progress)


@app.command(epilog="Example: layerwise predict runs/digits-001 runs/digits-001/examples.csv")
def predict(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The folder of a run, or the checkpoint in it.")],
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="New samples: a table with the columns of the training, or .npy.")
    ],
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the answers to this CSV file; else to standard output.")
    ] = None,
) -> int:
    """Let a trained network answer for new samples, as CSV.

    For classes: the answer and the probability of each class; for quantities: the value in the units of the training
    table. If the file holds the target column too, the answers are scored, on standard error.
    """
    from layerwise.cli import predict as command

    return command.predict(run, file, out)


@app.command(epilog="Example: layerwise tune digits --vary lr=1e-4..1e-1:log --vary 'hidden=32|64,64' --workers 2")
def tune(
    data: Annotated[
        str | None,
        typer.Argument(metavar="DATA", help="As for train: a dataset, a table, an experiment.", show_default=False),
    ] = None,
    target: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column of a table to predict.")] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=WHAT",
            help="What may vary, and how: lr=1e-4..1e-1:log, 'hidden=32|64,64', or any entry; may be repeated.",
        ),
    ] = None,
    trials: Annotated[int, typer.Option(metavar="N", help="How many settings are drawn.")] = 27,
    epochs: Annotated[int | None, typer.Option(metavar="N", help="Of a run that is trained to its end.")] = None,
    method: Annotated[
        str, typer.Option(metavar="NAME", help="halving: the best third goes on, again and again; or random.")
    ] = "halving",
    seconds: Annotated[float | None, typer.Option(metavar="S", help="After so many no new work is begun.")] = None,
    workers: Annotated[int, typer.Option(metavar="N", help="Processes that train side by side.")] = 1,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the settings that are drawn.")] = 0,
    entries: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any entry of the experiment, the same in all trials."),
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="A new folder; else runs/tune-NAME-001 and so on.")
    ] = None,
    resume: Annotated[str | None, typer.Option(metavar="FOLDER", help="Go on with a search.")] = None,
    progress: Annotated[bool, typer.Option("--progress/--no-progress", help="Show how the search goes.")] = True,
) -> int:
    """Look for settings that do well on the validation part; the best is tested once, at the end.

    Ctrl-C keeps all that is done. The same seed finds the same, however many workers there are.
    """
    from layerwise.cli import tune as command
    from layerwise.training.changes import Changes

    return command.tune(
        data, target, Changes(epochs=epochs, entries=tuple(entries or ())), vary or [], trials=trials, method=method,
        seconds=seconds, seed=seed, workers=workers, out=out, resume=resume, progress=progress,
    )  # fmt: skip


@app.command(epilog="Example: layerwise apps forecasting")
def apps(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Which to run; the list unless given.", show_default=False)
    ] = None,
    seeds: Annotated[int, typer.Option(metavar="N", help="How many networks are trained, seeds 0 to N - 1.")] = 3,
    data: Annotated[
        str | None, typer.Option(metavar="DATA", help="Other data than the application's own; see the list.")
    ] = None,
    own: Annotated[str | None, typer.Option(metavar="YOURS", help="Something of your own; see the list.")] = None,
    short: Annotated[bool, typer.Option("--short", help="Much less training, to see it work.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show games in the terminal while they are learnt.")] = False,
    out: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="A new folder for the report; else runs/app-NAME-001 ...")
    ] = None,
    progress: Annotated[bool, typer.Option("--progress/--no-progress", help="Show what is done now.")] = True,
) -> int:
    """Run a network on a whole task, beside what it has to beat.

    Each application states its data, split, metric, seeds and time, writes a page with pictures (report.html), and ends
    with something of your own.
    """
    from layerwise.cli import apps as command

    return command.apps(
        name, seeds=seeds, data=data, own=own, short=short, watch=watch, out=out, progress=progress
    )  # fmt: skip
