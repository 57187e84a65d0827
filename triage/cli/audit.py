"""Audit: has anybody touched the record?"""

from datetime import UTC, datetime
from enum import StrEnum

import typer

from triage.cli.show import OUTPUT, Output, emit

app = typer.Typer(no_args_is_help=True, help="Check the record of what was done, and export it.")


class Format(StrEnum):
    """What an export is written in."""

    OCSF = "ocsf"
    JSONL = "jsonl"


@app.command()
def verify(
    against: str | None = typer.Option(
        None, help="Heads that were exported: a file, or s3://bucket/prefix."
    ),
    processes: int | None = typer.Option(
        None, min=1, max=256, help="How many; as many as fit if unset."
    ),
    output: Output = OUTPUT,
) -> None:
    """Recompute every hash chain, stored body and leaf; name what does not fit.

    Without heads from elsewhere it can only tell that the record fits itself.
    """
    from triage.cli.auditing import progress, report_page
    from triage.wiring.anchoring import audited
    from triage.wiring.bootstrap import settings

    report = audited(settings(), against, processes, progress)
    emit(report_page(report), output)
    raise typer.Exit(1 if report.problems else 0)


@app.command()
def head(output: Output = OUTPUT) -> None:
    """Show how much is anchored, and the last head that was exported."""
    from triage.cli.auditing import head_page
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        emit(head_page(store), output)


@app.command()
def anchor(output: Output = OUTPUT) -> None:
    """Anchor every event now, and export the head where `anchor.place` says."""
    from triage.cli.auditing import anchor_now, head_page
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        anchor_now(store)
        emit(head_page(store), output)


@app.command()
def export(
    written_as: Format = typer.Option(
        Format.JSONL, "--format", help="jsonl: as it is stored; ocsf: Incident Findings."
    ),
    since: datetime | None = typer.Option(None, help="Only events of that moment (UTC) or later."),
) -> None:
    """Write every event as a line of JSON to stdout, case by case."""
    from triage.cli.exporting import export_events

    export_events(written_as, since.replace(tzinfo=UTC) if since else None)
