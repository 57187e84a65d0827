"""Playbooks: lint, test, stats and releases."""

import time
from pathlib import Path

import typer

from triage.cli.release import release, releases
from triage.cli.show import OUTPUT, Output, emit

app = typer.Typer(no_args_is_help=True, help="Check playbooks before anybody relies on them.")

PATH = typer.Argument(None, help="A playbook or a folder of them; the configured ones if left out.")
EXIT_FAILED = 1

app.command()(release)
app.command()(releases)


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


@app.command("test")
def rehearsed(path: Path | None = PATH, output: Output = OUTPUT) -> None:
    """Run the tests that travel with the playbooks."""
    from triage.bootstrap import loaded_playbooks, vocabulary
    from triage.stages.rehearse import rehearse

    loaded = loaded_playbooks(path)
    for problem in loaded.problems:
        typer.echo(problem, err=True)
    ran = [one for playbook in loaded.playbooks for one in rehearse(playbook, vocabulary())]
    failed = [one for one in ran if one.problem]
    rows = [
        {"at": f"{one.path}:{one.line}", "test": one.name, "problem": one.problem or "holds"}
        for one in (failed if output is Output.TABLE else ran)
    ]
    emit(rows, output)
    typer.echo(f"{len(ran) - len(failed)} of {len(ran)} hold", err=True)
    raise typer.Exit(0 if loaded.sound and not failed else EXIT_FAILED)


@app.command()
def stats(path: Path | None = PATH, output: Output = OUTPUT) -> None:
    """Show what finding the playbooks of a ticket costs, on the tickets that ship as samples."""
    from triage.bootstrap import loaded_playbooks
    from triage.stages.measure import measure

    loaded = loaded_playbooks(path)
    emit(measure(loaded, time.perf_counter), output)
    raise typer.Exit(0 if loaded.sound else EXIT_FAILED)
