"""Effects: what is to be done outside the database, and what became of it."""

import typer

from triage.cli.show import OUTPUT, Output, emit, plain

app = typer.Typer(no_args_is_help=True, help="Look at what is to be done, and decide about it.")

EFFECT = typer.Argument(help="An effect's id, or an unambiguous beginning of one.")


@app.command("list")
def list_(
    case_id: str = typer.Option("", "--case", help="Only those of this case."),
    limit: int = typer.Option(50, min=1, max=1000, help="How many at the most."),
    output: Output = OUTPUT,
) -> None:
    """List effects, newest first."""
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        case = store.cases.case(case_id).id if case_id else None
        effects = store.outbox.effects(case_id=case, at_most=limit)
    rows = [
        {
            "effect": one.id,
            "case": one.case,
            "kind": one.kind,
            "status": one.status,
            "due": one.due.isoformat(timespec="seconds"),
            "attempts": one.attempts,
            "outcome": one.outcome,
        }
        for one in effects
    ]
    emit(rows, output, empty="no effects")


@app.command()
def retry(effect_id: str = EFFECT) -> None:
    """Try an effect again from the start; what was done already is not done twice."""
    from triage.adapters.system.clock import SystemClock
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        effect = store.outbox.effect(effect_id)
        again = store.outbox.insist(effect, now=SystemClock().now())
    typer.echo(f"{effect.id} is tried again" if again else f"{effect.id} is done already")


@app.command()
def abandon(
    effect_id: str = EFFECT,
    by: str = typer.Option(..., help="Who gives it up."),
) -> None:
    """Try an effect no more; a repair that ends so goes to a person."""
    from triage.engine.effects import give_up
    from triage.wiring.bootstrap import opened_world, settings

    with opened_world(settings()) as opened:
        effect = opened.store.outbox.effect(effect_id)
        given = give_up(opened.world, effect, f"given up by {by}")
    said = f"{effect.id} is given up" if given else f"{effect.id} is done, or under way right now"
    typer.echo(plain(said))
