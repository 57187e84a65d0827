"""The organisation: what is known of each account, who said it, and where they disagree."""

from typing import Any

import typer

from triage.cli.show import OUTPUT, Output, emit
from triage.domain.account import Account, Organisation, path_text
from triage.domain.errors import TriageError

app = typer.Typer(no_args_is_help=True, help="Accounts, tiers, owners, and who says so.")

EXIT_DISAGREES = 1
FIELDS = ("name", "tier", "owner", "ou", "email", "suspended")


class Unlisted(TriageError):
    """Nobody listed the account."""

    def __init__(self, account_id: str) -> None:
        super().__init__(f"nobody lists account {account_id}: it counts as production")


@app.command()
def show(
    account: str | None = typer.Argument(None, help="An account id; all of them if left out."),
    output: Output = OUTPUT,
) -> None:
    """Show what is known, as of when, with the origin of each value."""
    from triage.adapters.system.clock import SystemClock
    from triage.engine.census import told_age
    from triage.stages.organise import organise
    from triage.wiring.bootstrap import settings
    from triage.wiring.directory import last_snapshot, terms, written

    found, now = settings(), SystemClock().now()
    snapshot = last_snapshot(found)
    organisation = organise(written(found), snapshot, terms(found), now)
    if found.organisation.snapshot:
        typer.echo(told_age(snapshot, now), err=True)
    as_of = snapshot.as_of.isoformat(timespec="seconds") if snapshot else ""
    if account is not None:
        emit(_page(organisation, account, as_of), output)
        return
    rows = [_row(one, as_of) for _, one in sorted(organisation.accounts.items())]
    emit(rows, output, empty="no account is listed: every one counts as production")


@app.command()
def check() -> None:
    """Check the file, and say where it and AWS Organizations disagree or both are silent."""
    from triage.adapters.system.clock import SystemClock
    from triage.cli.show import plain
    from triage.stages.disagree import disagreements
    from triage.wiring.bootstrap import settings
    from triage.wiring.directory import last_snapshot, terms, written

    found, now = settings(), SystemClock().now()
    snapshot = last_snapshot(found)
    said = list(disagreements(written(found), snapshot, terms(found), now))
    if found.organisation.snapshot and snapshot is None:
        said.append("no snapshot of AWS Organizations yet: a worker takes the first one")
    for sentence in said:
        typer.echo(plain(sentence))
    if said:
        raise typer.Exit(EXIT_DISAGREES)
    typer.echo("the organisation is sound", err=True)


def _row(account: Account, as_of: str) -> dict[str, Any]:
    return {
        "account": account.id,
        "name": account.name,
        "tier": account.tier,
        "tier_by": account.origin("tier"),
        "owner": account.owner,
        "ou": path_text(account.ou),
        "state": "suspended" if account.suspended else "",
        "as_of": as_of,
    }


def _page(organisation: Organisation, account_id: str, as_of: str) -> dict[str, Any]:
    account = organisation.accounts.get(account_id)
    if account is None:
        raise Unlisted(account_id)
    page = {"account": account.id}
    page |= {name: _told(account, name) for name in FIELDS}
    team = organisation.owner_of(account.id)
    people = team.people if team else ()
    chain = organisation.manager_chain(team.manager) if team else ()
    above = [*([team.manager] if team and team.manager else []), *chain]
    page |= {
        "contact": account.contact,
        "people": ", ".join(people),
        "managers": ", ".join(above),
        "snapshot as of": as_of,
    }
    return {name: value for name, value in page.items() if value}


def _told(account: Account, name: str) -> str:
    value = getattr(account, name)
    shown = path_text(value) if isinstance(value, tuple) else value
    return f"{shown}  [{account.origin(name)}]" if shown else ""
