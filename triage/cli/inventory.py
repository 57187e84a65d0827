"""Everything that can silence us: show it, compare it, accept the first list."""

import typer

from triage.cli.show import OUTPUT, Output, emit

app = typer.Typer(no_args_is_help=True, help="What can silence us, and whether it has changed.")

KIND = typer.Option("", help="Only this list, such as guardduty/filter.")
ACCOUNT = typer.Option("", help="Only this account.")
REGION = typer.Option("", help="Only this Region.")


@app.command()
def show(
    kind: str = KIND, account: str = ACCOUNT, region: str = REGION, output: Output = OUTPUT
) -> None:
    """Show every list as it was last seen; one that cannot be read says so."""
    from triage.cli.watching import inventory_rows, matching, reconciling

    with reconciling() as opened:
        wanted = matching(opened.watching.inventorist.lookouts(), kind, account, region)
        rows = inventory_rows(opened.store, wanted)
    emit(rows, output, empty="nothing is listed yet; see reconcile.regions")


@app.command()
def diff(
    kind: str = KIND, account: str = ACCOUNT, region: str = REGION, output: Output = OUTPUT
) -> None:
    """Compare with the services right now; nothing is remembered and nobody is told."""
    from triage.cli.watching import difference_rows, matching, reconciling

    with reconciling() as opened:
        inventorist = opened.watching.inventorist
        wanted = matching(inventorist.lookouts(), kind, account, region)
        rows = [row for one in wanted for row in difference_rows(one, inventorist.compare(one))]
    emit(rows, output, empty="nothing is different")
    raise typer.Exit(1 if rows else 0)


@app.command()
def accept(
    by: str = typer.Option(..., help="Who has looked at it; somebody in people.toml."),
    kind: str = KIND,
    account: str = ACCOUNT,
    region: str = REGION,
) -> None:
    """Accept what is listed as the baseline that later lists are compared with."""
    from triage.cli.watching import matching, reconciling
    from triage.wiring.bootstrap import people

    known = people()
    if known is None or known.get(by) is None:
        raise typer.BadParameter(f"{by} is not listed in people.toml", param_hint="--by")
    with reconciling() as opened:
        wanted = set(matching(opened.watching.inventorist.lookouts(), kind, account, region))
        seen = [one.lookout for one in opened.store.inventories.all() if one.lookout in wanted]
        for lookout in seen:
            opened.store.inventories.accept(lookout, by=by, at=opened.world.clock.now())
    typer.echo(f"{len(seen)} lists accepted by {by}")
