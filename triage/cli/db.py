"""The database: prepared, checked, copied."""

from pathlib import Path

import typer

from triage.cli.show import OUTPUT, Output, emit

app = typer.Typer(no_args_is_help=True, help="Prepare, check and copy the database.")


@app.command()
def upgrade(output: Output = OUTPUT) -> None:
    """Lead the database to the schema that this version needs.

    Several at once wait for each other. Workers never do it on PostgreSQL.
    """
    from triage.bootstrap import settings
    from triage.database import upgraded

    place, before, now = upgraded(settings())
    emit({"database": place, "before": before or "nothing", "schema": now}, output)


@app.command()
def check(output: Output = OUTPUT) -> None:
    """Tell whether the database can be used by this version."""
    from triage.adapters.storage.schema import REVISION
    from triage.bootstrap import settings
    from triage.database import checked

    emit({"database": checked(settings()), "schema": REVISION}, output)


@app.command()
def backup(
    folder: Path = typer.Argument(help="Folder for the copies; none of them may be there."),
    output: Output = OUTPUT,
) -> None:
    """Copy the embedded store and inbox while the daemon goes on working."""
    from triage.bootstrap import settings
    from triage.database import backed_up

    emit({"copied": [str(path) for path in backed_up(settings(), folder)]}, output)
