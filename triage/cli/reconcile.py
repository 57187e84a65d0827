"""Looking for what never reached the queue: where it stands, and now."""

import typer

from triage.cli.show import OUTPUT, Output, emit

app = typer.Typer(no_args_is_help=True, help="Look for what never reached the queue.")

SOURCE = typer.Option("", help="Only this source, such as inspector.")
ACCOUNT = typer.Option("", help="Only this account.")
REGION = typer.Option("", help="Only this Region.")


@app.command()
def status(
    source: str = SOURCE, account: str = ACCOUNT, region: str = REGION, output: Output = OUTPUT
) -> None:
    """Show how far every source has come, and what was missing."""
    from triage.cli.watching import matching, progress_row, reconciling

    with reconciling() as opened:
        wanted = set(matching(opened.watching.reconciler.lookouts(), source, account, region))
        rows = [progress_row(one) for one in opened.store.watermarks.all() if one.lookout in wanted]
    emit(rows, output, empty="nothing was looked for yet; see reconcile.regions")


@app.command()
def run(source: str = SOURCE, account: str = ACCOUNT, region: str = REGION) -> None:
    """Go through one cycle now; what was missing goes onto the queue."""
    from triage.cli.watching import matching, reconciling, sentence

    with reconciling() as opened:
        reconciler = opened.watching.reconciler
        wanted = matching(reconciler.lookouts(), source, account, region)
        if not wanted:
            raise typer.BadParameter("no source, account and Region that is looked at is like that")
        reconciler.run(wanted, lambda progress: typer.echo(sentence(progress), err=True))
        after = [one for one in opened.store.watermarks.all() if one.lookout in set(wanted)]
    missing = sum(one.last.new for one in after if not one.problem)
    failed = sum(bool(one.problem) for one in after)
    typer.echo(f"{missing} had never arrived; {failed} of {len(after)} could not be read")
    raise typer.Exit(1 if failed else 0)
