"""The classifier: learnt from verdicts, and how what it closes turns out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from triage.cli.show import OUTPUT, Output, line, plain

app = typer.Typer(no_args_is_help=True, help="Train the classifier, and see how it does.")


@app.command()
def train(
    name: str = typer.Option(..., help="What the model is called."),
    out: Path = typer.Option(Path("models"), help="The folder it is written into."),
    days: int = typer.Option(365, min=1, help="How far back verdicts are read."),
    calibrate_from: datetime | None = typer.Option(
        None, help="Verdicts from then on (UTC) only measure; the newest 30% if unset."
    ),
    veto_at: float = typer.Option(0.9, min=0, max=1, help="From which score on it objects."),
) -> None:
    """Learn from the signed verdicts on record; write a model, a challenger and a card.

    Needs the extra `train`. Only blind verdicts and those on drawn closes count, one an incident.
    """
    from triage.adapters.scikit_learn.trainer import ScikitLearnTrainer
    from triage.adapters.system.clock import SystemClock
    from triage.bootstrap import opened_store, settings
    from triage.training import Wish
    from triage.training import train as learn

    wish = Wish(
        name=name,
        out=out,
        since=SystemClock().now() - timedelta(days=days),
        calibrate_from=calibrate_from and calibrate_from.replace(tzinfo=UTC),
        veto_at=veto_at,
    )
    with opened_store() as store:
        lines = learn(settings(), store, ScikitLearnTrainer(), wish)
    for part, said in lines.items():
        typer.echo(f"{part:<10}  {plain(said)}")
    typer.echo(f"written to {plain(out)}: {plain(name)}.json, .trees.json, .md")


@app.command()
def report(
    out: Path = typer.Option(Path("judge.html"), help="The page that is written."),
    days: int = typer.Option(90, min=1, help="How far back it looks."),
    output: Output = OUTPUT,
) -> None:
    """Show what closes turned out to be, what licences rest on and what the next step lacks.

    Writes one page of HTML; with --output json prints the numbers instead.
    """
    from triage.bootstrap import opened_licences
    from triage.cli.judge_report import html
    from triage.engine.oversight import overseen

    with opened_licences() as desk:
        found = overseen(desk, timedelta(days=days))
    if output is not Output.TABLE:
        line(found)
        return
    out.write_text(html(found), encoding="utf-8")
    typer.echo(f"written to {plain(out)}")
