"""The classifier: learnt from verdicts, and how what it closes turns out."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from triage.cli.show import OUTPUT, Output, line, plain

if TYPE_CHECKING:
    from triage.wiring.promoting import Contest

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
    """Learn from the signed verdicts on record; write a model, a challenger, their card and labels.

    Needs the extra `train`. Only blind verdicts and those on drawn closes count, one an incident.
    """
    from triage.adapters.scikit_learn.trainer import ScikitLearnTrainer
    from triage.adapters.system.clock import SystemClock
    from triage.wiring.bootstrap import opened_store, settings
    from triage.wiring.training import Wish
    from triage.wiring.training import train as learn

    wish = Wish(
        name=name,
        out=out,
        since=SystemClock().now() - timedelta(days=days),
        calibrate_from=calibrate_from and calibrate_from.replace(tzinfo=UTC),
        veto_at=veto_at,
    )
    with opened_store() as store:
        lines = learn(settings(), store, ScikitLearnTrainer(), wish)
    _say(lines)
    files = f"{plain(name)}.json, .trees.json, .calibration.json, .md"
    typer.echo(f"written to {plain(out)}: {files}")
    typer.echo(f"next: read {plain(str(out / name))}.md, then set paths.model", err=True)


def _say(lines: Mapping[str, str]) -> None:
    for part, said in lines.items():
        typer.echo(f"{part:<10}  {plain(said)}")


CHALLENGER = typer.Option(..., help="The model that would be put in place, e.g. NAME.trees.json.")
CALIBRATION = typer.Option(
    ..., help="The labels frozen when it was trained, NAME.calibration.json."
)
CHAMPION = typer.Option(None, help="The model to beat; the one that is set if left out.")


@app.command()
def compare(
    challenger: Path = CHALLENGER,
    calibration: Path = CALIBRATION,
    champion: Path | None = CHAMPION,
    days: int = typer.Option(30, min=1, help="How far back decisions are scored by both."),
) -> None:
    """Score what was decided by a challenger too, and say what either would certify.

    Nothing changes by it. Both are judged on the same frozen labels, from which neither learnt.
    """
    from triage.adapters.system.clock import SystemClock
    from triage.wiring.bootstrap import opened_store, settings
    from triage.wiring.promoting import compared

    given = _contest(champion, challenger, calibration)
    since = SystemClock().now() - timedelta(days=days)
    with opened_store() as store:
        lines = compared(settings(), store, given, since)
    _say(lines)


@app.command()
def promote(
    challenger: Path = CHALLENGER,
    calibration: Path = CALIBRATION,
    champion: Path | None = CHAMPION,
    to: Path = typer.Option(
        ..., help="Where the model that wins is written; set paths.model to it."
    ),
) -> None:
    """Put a challenger in place if it would certify more on the same frozen labels.

    Ends with 1, and writes nothing, where it would not. Licences are bound to their model: whoever
    puts another one in force begins them anew.
    """
    from triage.adapters.system.clock import SystemClock
    from triage.wiring.promoting import promoted

    given = _contest(champion, challenger, calibration)
    before, after = promoted(given, to, SystemClock().now())
    typer.echo(f"before  {plain(before.sentence())}")
    typer.echo(f"after   {plain(after.sentence())}")
    typer.echo(f"written to {plain(str(to))}")


def _contest(champion: Path | None, challenger: Path, calibration: Path) -> "Contest":
    from triage.wiring.bootstrap import settings, shipped
    from triage.wiring.promoting import Contest

    champion = champion or settings().paths.model or shipped("models") / "simulated.json"
    return Contest(champion=champion, challenger=challenger, calibration=calibration)


@app.command()
def report(
    out: Path = typer.Option(Path("judge.html"), help="The page that is written."),
    days: int = typer.Option(90, min=1, help="How far back it looks."),
    output: Output = OUTPUT,
) -> None:
    """Show what closes turned out to be, what licences rest on and what the next step lacks.

    Writes one page of HTML; with --output json prints the numbers instead.
    """
    from triage.cli.judge_report import html
    from triage.engine.oversight import overseen
    from triage.wiring.bootstrap import opened_licences

    with opened_licences() as desk:
        found = overseen(desk, timedelta(days=days))
    if output is not Output.TABLE:
        line(found)
        return
    out.write_text(html(found), encoding="utf-8")
    typer.echo(f"written to {plain(out)}")
