"""Commands that compare: their options, and where they are carried out."""

from __future__ import annotations

from typing import Annotated

import typer

from layerwise.cli.root import app


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
