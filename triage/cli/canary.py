"""Does the queue still carry? A marked message shows it."""

import typer

app = typer.Typer(no_args_is_help=True, help="Send a marked message and see whether it arrives.")


@app.command()
def send() -> None:
    """Put a canary on the queue; a worker pages when it does not arrive in time."""
    from triage.cli.watching import reconciling

    with reconciling() as opened:
        canary = opened.watching.listener.send()
    typer.echo(f"sent; it is due by {canary.due.isoformat(timespec='seconds')}")


@app.command()
def status() -> None:
    """Show the newest canary, and who was heard of when."""
    from triage.cli.show import Output, emit
    from triage.cli.watching import hearing_row, reconciling

    with reconciling() as opened:
        newest = opened.store.canaries.newest()
        rows = [hearing_row(one) for one in opened.store.hearings.all()]
    if newest is not None:
        came = f"arrived {newest.arrived:%Y-%m-%dT%H:%M:%SZ}" if newest.arrived else "not arrived"
        typer.echo(f"canary sent {newest.sent:%Y-%m-%dT%H:%M:%SZ}: {came}")
    emit(rows, Output.TABLE, empty="nothing was heard of yet")
