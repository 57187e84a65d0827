"""The database: prepared, checked, copied."""

from pathlib import Path

import typer

from triage.cli.show import OUTPUT, Output, emit, progress

app = typer.Typer(no_args_is_help=True, help="Prepare, check, copy and restore the database.")


@app.command()
def upgrade(output: Output = OUTPUT) -> None:
    """Lead the database to the schema that this version needs; first, then start its workers.

    Several at once wait for each other. Workers never do it. Those of the version before go on
    working meanwhile and afterwards, unless the schema's first two digits change.
    """
    from triage.wiring.bootstrap import settings
    from triage.wiring.database import upgraded

    place, before, now = upgraded(settings())
    emit({"database": place, "before": before or "nothing", "schema": now}, output)


@app.command()
def check(output: Output = OUTPUT) -> None:
    """Tell whether this version can work on the database, and how far clocks are apart.

    A newer schema of the same era (its first two digits) is one that it can work on.
    """
    from triage.adapters.system.clock import SystemClock
    from triage.wiring.bootstrap import settings
    from triage.wiring.database import condition

    emit(condition(settings(), SystemClock()), output)


@app.command()
def backup(
    folder: Path = typer.Argument(help="Folder for the copies; none of them may be there."),
    output: Output = OUTPUT,
) -> None:
    """Copy the store and the inbox, as they are at one moment, while the daemon goes on working.

    From PostgreSQL too the copies are files of SQLite: a folder that `paths.data` may name, and
    that `triage db restore` puts into either database. Where there is much (say 10 GiB), pg_dump
    and your provider's snapshots are faster.
    """
    from triage.wiring.bootstrap import settings
    from triage.wiring.database import backed_up

    with progress() as tell:
        copied = backed_up(settings(), folder, tell)
    emit({"copied": [str(path) for path in copied]}, output)


@app.command()
def restore(
    folder: Path = typer.Argument(help="What `triage db backup` wrote."),
    replace: bool = typer.Option(False, "--replace", help="Delete what is there first."),
    output: Output = OUTPUT,
) -> None:
    """Put a backup back where the settings say, in one transaction. Stop the workers first.

    What was told after the backup is told again under the same key; what arrived after it is not
    there, and the reconcilers look for it. Should it be interrupted, give the command again.
    """
    from triage.wiring.bootstrap import settings
    from triage.wiring.database import restored

    with progress() as tell:
        place = restored(settings(), folder, tell, replace=replace)
    emit({"database": place, "restored": str(folder)}, output)


@app.command()
def retain(
    yes: bool = typer.Option(False, "--yes", help="Delete it; without this it is only counted."),
    at_most: int = typer.Option(10_000, min=1, max=1_000_000, help="Cases of a class at a time."),
    output: Output = OUTPUT,
) -> None:
    """Delete what closed cases were told, and what was looked up for them, as retention.* says.

    Open cases, events, playbooks and quarantine stay; so does what another case needs. Every chain
    verifies afterwards, and a replay says when its inputs were deleted. There is no undo.
    """
    from triage.adapters.system.clock import SystemClock
    from triage.wiring.bootstrap import settings
    from triage.wiring.database import retained

    found = retained(settings(), SystemClock(), at_most=at_most, delete=yes)
    rows = [
        {
            "class": one.finding_class,
            "days": one.days,
            "cases": one.cases,
            "bodies": one.bodies,
            "bytes": one.size,
            "deleted": "yes" if yes else "no: --yes deletes them",
        }
        for one in found
    ]
    emit(rows, output, empty="retention.* is not set: everything is kept")
