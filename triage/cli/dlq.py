"""Dead letters: what the queue gave up on, and putting it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from triage.cli.show import OUTPUT, Output, Row, emit, plain
from triage.ports.dead_letters import DeadLetter, DeadLetters, Moved

app = typer.Typer(no_args_is_help=True, help="Look at what the queue gave up on, and put it back.")

EXCERPT_CHARS_MAX = 120
LOOK_SECONDS = 1.0


@contextmanager
def _opened() -> Iterator[tuple[DeadLetters, Any]]:
    from triage.adapters.system.clock import SystemClock
    from triage.wiring.bootstrap import settings
    from triage.wiring.queueing import opened_dead_letters

    clock = SystemClock()
    with opened_dead_letters(settings(), clock) as letters:
        yield letters, clock


@app.command("list")
def list_(
    limit: int = typer.Option(50, min=1, max=1000, help="How many at the most."),
    output: Output = OUTPUT,
) -> None:
    """Show what was handed out too often, how old it is, and why it may be there.

    Looking hides each for a moment from a move that is under way.
    """
    with _opened() as (letters, clock):
        found = sorted(letters.list(at_most=limit), key=lambda one: one.message.received)
        now = clock.now()
        rows = [_row(one, (now - one.message.received).total_seconds()) for one in found]
        total = letters.count()
    emit(rows, output, empty="no dead letters")
    if total > len(rows):
        typer.echo(f"{len(rows)} of {total} in {letters.place}", err=True)


def _row(letter: DeadLetter, age_seconds: float) -> Row:
    message = letter.message
    return {
        "message": message.id,
        "sent": message.received.isoformat(timespec="seconds"),
        "age (h)": round(age_seconds / 3600, 1),
        "handed out": letter.times,
        "bytes": len(message.body),
        "why": why(letter),
        "excerpt": plain(message.body[: EXCERPT_CHARS_MAX * 4].decode(errors="replace"))[
            :EXCERPT_CHARS_MAX
        ],
    }


def why(letter: DeadLetter) -> str:
    """Guess why nobody acknowledged it: SQS counts, and keeps no reason."""
    from triage.domain.message import Rejected
    from triage.stages.normalise import normalise

    if letter.problem:
        return letter.problem
    parts = normalise(letter.message).parts
    reason = next((one.reason for one in parts if isinstance(one, Rejected)), "")
    what = f"it cannot be read ({reason})" if reason else "it can be read"
    return f"{what}; whoever took it ended before it was recorded, or could not record it"


@app.command()
def redrive(
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would be done."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    per_second: int | None = typer.Option(
        None, min=1, max=500, help="Messages a second; as fast as SQS likes if left out."
    ),
    wait: bool = typer.Option(True, help="Stay until all are back."),
) -> None:
    """Put all dead letters back on the queue they came from, as new messages.

    What was recorded meanwhile is recognised: nothing is decided twice.
    """
    with _opened() as (letters, clock):
        count = letters.count()
        typer.echo(f"{count} dead letters in {letters.place}", err=True)
        if dry_run or not count:
            return
        if not yes:
            typer.confirm("Put them back on the queue?", abort=True)
        letters.put_back(per_second=per_second)
        moved = _watched(letters, clock) if wait else letters.progress()
    _end(moved)


def _watched(letters: DeadLetters, clock: Any) -> Moved | None:
    """Say how far it is until it ends. SQS moves on without us."""
    told = ""
    while (moved := letters.progress()) is not None:
        if (now := f"{moved.moved} of {moved.wanted} back") != told:
            typer.echo(now, err=True)
            told = now
        if not moved.running:
            break
        clock.wait(LOOK_SECONDS)
    return moved


def _end(moved: Moved | None) -> None:
    if moved is not None and moved.failure:
        typer.echo(f"triage: moving ended early: {plain(moved.failure)}", err=True)
        raise typer.Exit(1)
