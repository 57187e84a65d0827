"""Playbooks: lint, test, stats and releases."""

import time
from pathlib import Path

import typer

from triage.cli import fmt, imports, lint, permissions
from triage.cli.backtest import backtest
from triage.cli.draft import new
from triage.cli.dry_run import dry_run
from triage.cli.explain import explain
from triage.cli.rehearsal import rehearse
from triage.cli.release import release, releases, waiting
from triage.cli.show import OUTPUT, Output, emit

app = typer.Typer(no_args_is_help=True, help="Check playbooks before anybody relies on them.")

app.command("test")(rehearse)
app.command()(new)
app.command()(explain)
app.command("dry-run")(dry_run)
app.command()(backtest)

PATH = typer.Argument(None, help="A playbook or a folder of them; the configured ones if left out.")
EXIT_FAILED = 1

app.command()(release)
app.command()(releases)
app.command()(waiting)


app.add_typer(imports.importing, name="import")
app.add_typer(imports.exporting, name="export")
app.command("fmt")(fmt.fmt)
app.command("migrate")(fmt.migrate)
app.command("lint")(lint.lint)
app.command("permissions")(permissions.permissions)


@app.command()
def stats(path: Path | None = PATH, output: Output = OUTPUT) -> None:
    """Show what finding the playbooks of a ticket costs, on the tickets that ship as samples."""
    from triage.stages.measure import measure
    from triage.wiring.bootstrap import loaded_playbooks

    loaded = loaded_playbooks(path)
    emit(measure(loaded, time.perf_counter), output)
    raise typer.Exit(0 if loaded.sound else EXIT_FAILED)
