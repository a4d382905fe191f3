"""The commands and their options. Each imports what it needs when it is called, so that help comes at once."""

from __future__ import annotations

from typing import Annotated

import typer

from layerwise import __version__

_EPILOG = (
    "Exit codes: 0 fine, 1 a mistake in data, files or settings (told in a sentence), 2 wrong usage of the command "
    "line, 3 a training run diverged, 70 an error in Layerwise itself, 130 Ctrl-C, 143 SIGTERM."
)

_FIRST_STEPS = """\
Layerwise: neural networks that you can look into. Three first steps:

  layerwise datasets            what there is to learn from
  layerwise train digits        train a network on handwritten digits
  layerwise train spiral        two features, with a picture of the boundary

All commands: layerwise --help"""

app = typer.Typer(
    name="layerwise",
    help="Neural networks that you can look into.",
    epilog=_EPILOG,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"layerwise {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def bare(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Neural networks that you can look into."""
    if context.invoked_subcommand is None:
        print(_FIRST_STEPS)


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
    return command.train(data, target, changes, out=out, resume=resume, progress=progress)


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


@app.command(epilog="Example: layerwise explain runs/iris-001 --sample 3 --weight 0.weight[2,1]")
def explain(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The folder of a run.")],
    sample: Annotated[
        str, typer.Option(metavar="ROWS", help="Which samples, counted from 0, such as 3 or 3,7-9.")
    ] = "0",
    part: Annotated[str, typer.Option(metavar="NAME", help="Of which part: train, validation or test.")] = "train",
    weight: Annotated[
        str | None, typer.Option(metavar="WEIGHT", help="One weight alone, such as 0.weight[2,1].")
    ] = None,
    step: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="With the weights after N updates; else with the trained ones."),
    ] = None,
    digits: Annotated[int, typer.Option(metavar="N", min=1, max=17, help="Digits of each number.")] = 4,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Write a page for a browser instead.")] = None,
    conventions: Annotated[
        bool, typer.Option("--conventions", help="Show, too, what other books write, and whether it is the same.")
    ] = False,
    modes: Annotated[
        bool, typer.Option("--modes", help="Instead: the samples in training and in evaluation, side by side.")
    ] = False,
) -> int:
    """Work out one update of a run with all its numbers: forward, backward, and the optimizer.

    Each number stands with its formula and the source line that computes it.
    """
    from layerwise.cli import explain as command

    return command.explain(
        run, sample, part=part, weight=weight, step=step, digits=digits, html=html, conventions=conventions, modes=modes
    )


@app.command(epilog="Example: layerwise look my.csv --target price")
def look(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A table: .csv, .tsv, .xlsx, .parquet, .jsonl, .gz.")],
    target: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column to predict.")] = None,
    drop: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="A column to leave out; repeatable.")] = None,
    read_as: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="COLUMN=KIND", help="What a column is, as for train; may be repeated."),
    ] = None,
    task: Annotated[str | None, typer.Option(metavar="TASK", help="classification or regression.")] = None,
    decimal: Annotated[str | None, typer.Option(metavar="MARK", help="What stands before decimals: . or ,")] = None,
    encoding: Annotated[str | None, typer.Option(metavar="NAME", help="Of a text file, such as cp1252.")] = None,
) -> int:
    """Show what every column of a table is read as, and what becomes of it, without training."""
    from layerwise.cli import look as command
    from layerwise.training.changes import Changes

    choices = Changes(
        drop=tuple(drop or ()), read_as=tuple(read_as or ()), task=task, decimal=decimal, encoding=encoding
    )
    return command.look(file, target, choices)


@app.command(epilog="Example: layerwise compare my.csv --target price --report report.html")
def compare(
    data: Annotated[str, typer.Argument(metavar="DATA", help="A dataset by name, or a table in a file.")],
    target: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column of a table to predict.")] = None,
    group: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Rows with the same value belong together: no fold tears them apart."),
    ] = None,
    time: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The order of the rows: test on what came later.")
    ] = None,
    metric: Annotated[
        str | None, typer.Option(metavar="NAME", help="accuracy, balanced_accuracy or log_loss; rmse of quantities.")
    ] = None,
    budget: Annotated[float, typer.Option(metavar="SECONDS", help="The ceiling for everything.")] = 240.0,
    configurations: Annotated[
        int, typer.Option(metavar="N", help="Settings that each model may try in each fold.")
    ] = 10,
    limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="For one fit; an eighth of the budget unless given.")
    ] = None,
    folds: Annotated[int, typer.Option(metavar="N", help="Parts into which the rows are dealt.")] = 5,
    repeats: Annotated[
        int | None, typer.Option(metavar="N", help="How often; twice below 1,000 rows unless given.")
    ] = None,
    seeds: Annotated[int, typer.Option(metavar="N", help="Of the network in each fold.")] = 3,
    average: Annotated[
        bool, typer.Option("--average", help="Judge the mean of the answers of the seeds' networks, as one model.")
    ] = False,
    equivalence: Annotated[
        float, typer.Option(metavar="X", help="Up to this share of the way from a dummy to perfect, models are equal.")
    ] = 0.01,
    model: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this one; may be repeated. All unless given.")
    ] = None,
    why: Annotated[bool, typer.Option("--why/--no-why", help="Look closer after the folds.")] = True,
    seed: Annotated[int, typer.Option(metavar="N", help="Of folds, tuning and models.")] = 0,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="A column to leave out; may be repeated.")
    ] = None,
    read_as: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="COLUMN=KIND", help="What a column is, as for train; may be repeated."),
    ] = None,
    task: Annotated[str | None, typer.Option(metavar="TASK", help="classification or regression.")] = None,
    decimal: Annotated[str | None, typer.Option(metavar="MARK", help="What stands before decimals: . or ,")] = None,
    encoding: Annotated[str | None, typer.Option(metavar="NAME", help="Of a text file, such as cp1252.")] = None,
    report: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write all of it as a page, such as report.html.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON instead.")] = False,
    progress: Annotated[bool, typer.Option("--progress/--no-progress", help="Show what is done and left.")] = True,
) -> int:
    """Is a neural network right for these data? Compare it with other models.

    All learn from the same folds, with the same work to be tuned by. Ctrl-C keeps what is done and prints what it says.
    """
    from layerwise.cli import compare as command
    from layerwise.training.changes import Changes

    reading = Changes(
        drop=tuple(drop or ()), read_as=tuple(read_as or ()), task=task, decimal=decimal, encoding=encoding
    )
    return command.compare(
        data, target, reading, group, time, report=report, json=json, progress=progress, metric=metric,
        budget_seconds=budget, configurations=configurations, limit_seconds=limit, folds=folds, repeats=repeats,
        seeds=seeds, average=average, equivalence=equivalence, models=model, why=why, seed=seed,
    )  # fmt: skip


@app.command()
def datasets() -> int:
    """List the datasets that can be trained on by name."""
    from layerwise.cli import datasets as command

    return command.datasets()


@app.command(epilog="Example: layerwise apps forecasting")
def apps(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Which to run; the list unless given.", show_default=False)
    ] = None,
    seeds: Annotated[int, typer.Option(metavar="N", help="How many networks are trained, seeds 0 to N - 1.")] = 3,
    data: Annotated[
        str | None, typer.Option(metavar="DATA", help="Other data than the application's own; see the list.")
    ] = None,
    own: Annotated[str | None, typer.Option(metavar="YOURS", help="Something of your own; see the list.")] = None,
    short: Annotated[bool, typer.Option("--short", help="Much less training, to see it work.")] = False,
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

    return command.apps(name, seeds=seeds, data=data, own=own, short=short, out=out, progress=progress)


@app.command(epilog="Example: layerwise bench W1 W2 --rounds 5")
def bench(
    workloads: Annotated[
        list[str] | None, typer.Argument(metavar="[WORKLOAD]...", help="Such as W1; all unless given.")
    ] = None,
    growth: Annotated[
        bool,
        typer.Option(
            "--growth", help="Multiply one size after the other, limit threads, weigh memory; beside PyTorch."
        ),
    ] = False,
    rounds: Annotated[
        int | None,
        typer.Option(metavar="N", help="How often each contender takes its turn.", show_default="15; growth: 5"),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(metavar="X", help="The length of a turn.", show_default="0.4; growth: 0.2")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the first weights and the data.")] = 0,
    contenders: Annotated[
        list[str] | None,
        typer.Option("--contender", metavar="NAME", help="Only this one; may be repeated. All unless given."),
    ] = None,
    vary: Annotated[
        int | None, typer.Option(metavar="SEED", help="Draw every size anew by this seed, within 30 percent.")
    ] = None,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write the record to this JSON file.")] = None,
) -> int:
    """Time a training step against PyTorch, JAX and scikit-learn on this machine."""
    from layerwise.cli import bench as command

    return command.bench(
        workloads or [], contenders or [], vary, growth, rounds=rounds, seconds=seconds, seed=seed, out=out
    )
