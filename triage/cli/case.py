"""Cases: list, show, explain, replay, acknowledge."""

from typing import TYPE_CHECKING

import typer

from triage.cli.show import OUTPUT, Output, emit, exactly, plain

if TYPE_CHECKING:
    from triage.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Look at cases, and say that you have one.")

CASE = typer.Argument(help="A case id, or an unambiguous beginning of one.")


@app.command("list")
def list_(
    status: str = typer.Option("", help="received, acting, waiting, escalated or closed."),
    type_: str = typer.Option("", "--type", help="Exactly this finding type."),
    account: str = typer.Option("", help="Exactly this account."),
    limit: int = typer.Option(50, min=1, max=1000, help="How many at the most."),
    output: Output = OUTPUT,
) -> None:
    """List cases, most recently changed first."""
    from triage.cli.rows import case_row
    from triage.domain.case import Status
    from triage.ports.case_store import Filter
    from triage.wiring.bootstrap import opened_store

    try:
        wanted = Status(status) if status else None
    except ValueError:
        message = f"{status!r} is no status; use one of {', '.join(Status)}"
        raise typer.BadParameter(message, param_hint="--status") from None
    with opened_store() as store:
        filter_ = Filter(status=wanted, type=type_ or None, account=account or None, limit=limit)
        rows = [case_row(case) for case in store.cases.cases(filter_)]
    emit(rows, output, empty="no cases")


@app.command()
def show(case_id: str = CASE, output: Output = OUTPUT) -> None:
    """Show a case: headline, decision, history, effects."""
    from triage.cli.rows import case_page, history_row
    from triage.cli.source_rows import at_its_source
    from triage.wiring.bootstrap import opened_store, settings

    with opened_store() as store:
        case = store.cases.case(case_id)
        events = store.cases.events(case.id)
        effects = store.outbox.effects(case_id=case.id)
    history = [history_row(event) for event in events]
    page = case_page(case, effects) | at_its_source(case, events, effects, _desks(settings()))
    emit(page, output, then=("history", history))


def _desks(found: "Settings") -> frozenset[str]:
    """Where an operator lets us close findings; nowhere without a role."""
    role = found.at_source.role or found.repairs.role
    return found.at_source.desks if role else frozenset()


@app.command()
def explain(case_id: str = CASE, output: Output = OUTPUT) -> None:
    """Explain the last decision: every rule, every answer with its source and age, every veto."""
    from triage.cli.rows import explanation
    from triage.engine.commands import replay
    from triage.stages.kept_back import is_blind
    from triage.wiring.bootstrap import opened_store, vocabulary

    with opened_store() as store:
        again = replay(store.cases, case_id, vocabulary())
        case = store.cases.case(case_id)
    emit(explanation(again.conclusion, again.inputs), output)
    if is_blind(case.decided or {}) and not case.verdict:
        typer.echo("triage: now you have seen it all: say --prompted with your verdict", err=True)


@app.command("replay")
def replay_(case_id: str = CASE) -> None:
    """Make the last decision again, and what the guards said, from what is stored; compare."""
    from triage.engine.commands import replay
    from triage.engine.repairing.replaying import differing
    from triage.wiring.bootstrap import opened_store, vocabulary

    with opened_store() as store:
        again = replay(store.cases, case_id, vocabulary())
        judged = differing(store.cases, case_id)
    exactly(again.now + b"\n")
    for sentence in judged:
        typer.echo(f"triage: {plain(sentence)}", err=True)
    if not again.equal:
        typer.echo("triage: the decision came out differently; it was", err=True)
        typer.echo(plain(again.then.decode()), err=True)
    if judged or not again.equal:
        raise typer.Exit(1)
    typer.echo("the same bytes", err=True)


@app.command()
def ack(
    case_id: str = CASE,
    by: str = typer.Option(..., help="Who has it from now on: a name in people.toml."),
) -> None:
    """Say that somebody has it: nobody else is told."""
    from triage.adapters.system.clock import SystemClock
    from triage.engine.commands import acknowledge
    from triage.wiring.bootstrap import opened_store, people

    listed = people()
    with opened_store() as store:
        now = SystemClock().now()
        case = acknowledge(store.cases, store.incidents, case_id, by=by, at=now, people=listed)
    if listed is None:
        typer.echo("triage: no people.toml is configured, so any name is taken", err=True)
    typer.echo(f"{case.id} is with {plain(by)}; nobody else is told")
