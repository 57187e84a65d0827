"""Messages from files: put them on the queue, or work them through once, here."""

import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import typer

from triage.cli.show import Output, Row, line, plain

SUBMIT_AT_ONCE = 50
PATHS = typer.Argument(help=".json, .jsonl, .gz, a directory of them, or - for stdin.")


def submit(paths: list[str] = PATHS) -> None:
    """Put messages on the durable inbox.

    Or on Amazon SQS, where queue.url is set. Byte for byte; a worker takes them from there.
    """
    from triage.cli.work import messages_of
    from triage.wiring.bootstrap import opened_inbox, settings

    count = 0
    bodies = (message.body for message in messages_of(paths))
    with opened_inbox() as inbox:
        # Each call waits for the disk once.
        while some := list(islice(bodies, SUBMIT_AT_ONCE)):
            count += inbox.submit(some)
    typer.echo(f"{count} on the {'queue' if settings().queue.url else 'inbox'}", err=True)


def run(
    paths: list[str] = PATHS,
    once: bool = typer.Option(False, "--once", help="Work through these files and leave."),
    output: Output = typer.Option(Output.TABLE, "--output", "-o", help="table, json or jsonl."),
    data: Path | None = typer.Option(None, help="Keep cases in this folder, not the usual one."),
) -> None:
    """Work through files, here and now.

    Read, decide and record every message, and say what became of each. Nobody is told.
    """
    from triage.cli.work import once as work_through

    if not once:
        message = "say --once; for a worker that stays, use `triage up`"
        raise typer.BadParameter(message, param_hint="--once")
    rows = work_through(paths, data)
    if output is Output.JSON:
        line(list(rows))
        return
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row["status"]] += 1
        line(row) if output is Output.JSONL else typer.echo(_text(row))
    summary = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    sys.stdout.flush()
    typer.echo(summary or "no messages", err=True)


def _text(row: Row) -> str:
    if row["status"] == "quarantined":
        return f"{row['n']:>6}  quarantined  {plain(row['reason'])}"
    outcome = row["decision"]
    if outcome == "close":
        outcome = f"close as {row['verdict']} by {row['ground']}"
    because = "; ".join(row["reasons"])
    return plain(f"{row['n']:>6}  {row['status']:<9}  {row['type']}  {outcome}  {because}")
