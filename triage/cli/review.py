"""Closes that a person looks at all the same, without what the engine made of them."""

from typing import TYPE_CHECKING, Any

import typer

from triage.cli.show import OUTPUT, Output, emit

if TYPE_CHECKING:
    from triage.engine.reviewing import Waiting

PRESENT = "Is it still so, or was it when this was closed? no longer present, or true positive."
PAST = "Was it real? benign or false positive, or true positive (and --severity if it was worse)."

app = typer.Typer(no_args_is_help=True, help="Judge a sample of what the engine closed, blind.")


@app.command("list")
def list_(
    limit: int = typer.Option(50, min=1, max=1000, help="How many at the most."),
    output: Output = OUTPUT,
) -> None:
    """List what waits for a person, soonest due first."""
    emit([_row(one) for one in _waiting(limit)], output, empty="nothing waits for a review")


@app.command("next")
def next_(output: Output = OUTPUT) -> None:
    """Show the one that is due first, without what the engine decided."""
    found = _waiting(1)
    if not found:
        typer.echo("nothing waits for a review", err=True)
        return
    head = found[0].case.headline
    page = {
        **_row(found[0]),
        "title": head.get("title"),
        "class": head.get("class"),
        "region": head.get("region"),
        "opened": found[0].case.opened,
        "asks": PRESENT if head.get("class") == "posture" else PAST,
        "next": f"triage verdict {found[0].case.id} --blind --as ... --because ... --by ...",
    }
    emit(page, output)


def _waiting(at_most: int) -> "list[Waiting]":
    from triage.engine.reviewing import Reviews
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        reviews = Reviews(closes=store.closes, cases=store.cases)
        return list(reviews.waiting(at_most=at_most))


def _row(one: "Waiting") -> dict[str, Any]:
    head = one.case.headline
    return {
        "case": one.case.id,
        "severity": head.get("severity"),
        "type": head.get("type"),
        "account": head.get("account"),
        "subject": head.get("subject"),
        "due": one.closed.due.isoformat(timespec="seconds"),
    }
