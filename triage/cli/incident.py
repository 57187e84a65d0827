"""Incidents: which cases are told together, and taking one out."""

import typer

from triage.cli.show import OUTPUT, Output, emit

app = typer.Typer(no_args_is_help=True, help="Look at cases that are told together.")

INCIDENT = typer.Argument(help="An incident's id, or an unambiguous beginning of one.")
SHOWN_MAX = 1000


@app.command("list")
def list_(
    limit: int = typer.Option(50, min=1, max=1000, help="How many at the most."),
    output: Output = OUTPUT,
) -> None:
    """List open incidents, most recently joined first."""
    from triage.cli.rows import incident_row
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        found = store.incidents.incidents(at_most=limit)
        rows = [
            incident_row(one, store.cases.case(one.leading), store.incidents.size(one.id))
            for one in found
        ]
    emit(rows, output, empty="no open incidents")


@app.command()
def show(
    incident_id: str = INCIDENT,
    limit: int = typer.Option(100, min=1, max=SHOWN_MAX, help="How many members at the most."),
    output: Output = OUTPUT,
) -> None:
    """Show an incident and its members, open ones first."""
    from triage.cli.rows import case_row, incident_row
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        incident = store.incidents.incident(incident_id)
        size = store.incidents.size(incident.id)
        page = incident_row(incident, store.cases.case(incident.leading), size)
        members = store.incidents.members(incident.id, at_most=limit)
    emit(page, output, then=("members", [case_row(one) for one in members]))


@app.command()
def unmerge(
    case_id: str = typer.Argument(help="The case to take out; it is told by itself from then on."),
    by: str = typer.Option(..., help="Who says that it does not belong there."),
) -> None:
    """Take a case out of its incident."""
    from triage.adapters.system.clock import SystemClock
    from triage.engine.commands import part
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        case = part(store.cases, store.incidents, case_id, by=by, at=SystemClock().now())
    typer.echo(f"{case.id} stands alone; the worker decides and tells it again")
