"""Quarantine: what could not be read, byte for byte."""

import typer

from triage.cli.show import OUTPUT, Output, emit, exactly, plain

app = typer.Typer(no_args_is_help=True, help="Look at unreadable input, and put it back.")

ENTRY = typer.Argument(help="An entry's id, or an unambiguous beginning of one.")


@app.command("list")
def list_(
    every: bool = typer.Option(False, "--all", help="Also those already replayed."),
    limit: int = typer.Option(50, min=1, max=1000, help="How many at the most."),
    output: Output = OUTPUT,
) -> None:
    """List entries, newest first, each with its reason."""
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        entries = store.quarantine.list(at_most=limit, waiting=not every)
    rows = [
        {
            "id": entry.id,
            "received": entry.received.isoformat(timespec="seconds"),
            "bytes": entry.size,
            "reason": entry.reason,
        }
        for entry in entries
    ]
    emit(rows, output, empty="nothing in quarantine")


@app.command()
def show(entry_id: str = ENTRY) -> None:
    """Write an entry's exact bytes to stdout (escaped on a terminal), its reason to stderr."""
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        entry, body = store.quarantine.show(entry_id)
    typer.echo(f"{entry.id}: {plain(entry.reason)} ({entry.size} bytes)", err=True)
    exactly(body)


@app.command()
def replay(entry_id: str = ENTRY) -> None:
    """Put an entry's bytes back on the queue; the entry stays."""
    from triage.adapters.system.clock import SystemClock
    from triage.wiring.bootstrap import opened_inbox, opened_store

    with opened_store() as store, opened_inbox() as inbox:
        entry, body = store.quarantine.show(entry_id)
        inbox.submit([body])
        store.quarantine.replayed(entry.id, at=SystemClock().now())
    typer.echo(f"{entry.id} is on the queue again")
