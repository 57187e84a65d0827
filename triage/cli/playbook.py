"""Playbooks: lint, test and stats."""

import time
from pathlib import Path

import typer

from triage.cli.backtest import backtest
from triage.cli.draft import new
from triage.cli.dry_run import dry_run
from triage.cli.explain import explain
from triage.cli.rehearsal import rehearse
from triage.cli.show import OUTPUT, Output, emit

app = typer.Typer(no_args_is_help=True, help="Check playbooks before anybody relies on them.")

app.command("test")(rehearse)
app.command()(new)
app.command()(explain)
app.command("dry-run")(dry_run)
app.command()(backtest)

PATH = typer.Argument(None, help="A playbook or a folder of them; the configured ones if left out.")
EXIT_FAILED = 1


@app.command()
def lint(path: Path | None = PATH, output: Output = OUTPUT) -> None:
    """Name every problem with line, column and the nearest right word."""
    from triage.bootstrap import loaded_playbooks

    loaded = loaded_playbooks(path)
    rows = [
        {
            "path": one.path,
            "line": one.line,
            "column": one.column,
            "severity": one.severity,
            "rule": one.rule,
            "message": one.message,
        }
        for one in loaded.problems
    ]
    if output is Output.TABLE:
        for problem in loaded.problems:
            typer.echo(problem)
    else:
        emit(rows, output)
    typer.echo(f"{len(loaded.playbooks)} sound, {len(rows)} problems", err=True)
    raise typer.Exit(0 if loaded.sound else EXIT_FAILED)


@app.command()
def stats(path: Path | None = PATH, output: Output = OUTPUT) -> None:
    """Show what finding the playbooks of a ticket costs, on the tickets that ship as samples."""
    from triage.bootstrap import loaded_playbooks
    from triage.stages.measure import measure

    loaded = loaded_playbooks(path)
    emit(measure(loaded, time.perf_counter), output)
    raise typer.Exit(0 if loaded.sound else EXIT_FAILED)
