"""Commands that show and explain: their options, and where they are carried out."""

from __future__ import annotations

from typing import Annotated

import typer

from layerwise.cli.root import app


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


@app.command(epilog="Examples: layerwise doctor runs/digits-001 --confirm; layerwise doctor --zoo 7")
def doctor(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN",
            help="The folder of a run, an experiment (.toml), a dataset by name, or a table; with --zoo a case.",
        ),
    ] = None,
    target: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column of a table to predict.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Another seed than the run's.")] = None,
    entries: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any entry of the experiment, as for train; repeatable."),
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Run the confirming experiment of each finding above a note.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON instead.")] = False,
    progress: Annotated[bool, typer.Option("--progress/--no-progress", help="Say what takes long.")] = True,
    zoo: Annotated[
        bool, typer.Option("--zoo", help="List sick networks to learn from; with a number or a name, show one.")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="With --zoo: name the disease without waiting.")] = False,
) -> int:
    """Say what is wrong with a run: it is trained again, on copies, and examined before, during and after.

    Each finding has its numbers, the line to look at, and its cures. Exit code 4 where something is above a note.
    """
    if zoo:
        from layerwise.cli import zoo as shows

        return shows.zoo(run, show=show, seed=seed or 0)
    if run is None:
        raise typer.BadParameter("which run? Or --zoo, for sick networks to learn from", param_hint="RUN")
    from layerwise.cli import doctor as command
    from layerwise.training.changes import Changes

    changes = Changes(seed=seed, entries=tuple(entries or ()))
    return command.doctor(run, target, changes, json=json, confirm=confirm, progress=progress)


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


@app.command(epilog="Example: layerwise formulas softmax cross_entropy_with_logits")
def formulas(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="A formula; none lists all.", show_default=False)
    ] = None,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Write a page for a browser instead.")] = None,
) -> int:
    """Show the formulas: the mathematics, the shapes, the code and its derivative.

    The code is read from the files that training runs.
    """
    from layerwise.cli import formulas as command

    return command.formulas(names or [], html)


@app.command(epilog="Example: layerwise glossary softmax")
def glossary(
    term: Annotated[
        list[str] | None,
        typer.Argument(metavar="TERM", help="Of one word or more; none lists all.", show_default=False),
    ] = None,
) -> int:
    """Say what a word means: its formula, lines to try, and the misunderstanding to beware of."""
    from layerwise.cli import glossary as command

    return command.glossary(" ".join(term or []))


@app.command()
def datasets() -> int:
    """List the datasets that can be trained on by name."""
    from layerwise.cli import datasets as command

    return command.datasets()
