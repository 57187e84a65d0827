"""The trail archive: index CloudTrail's log files, and see what is covered."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from triage.cli.show import OUTPUT, Output, emit

if TYPE_CHECKING:
    from triage.adapters.archive.archive import Archive

app = typer.Typer(no_args_is_help=True, help="Index CloudTrail's log files; see what they cover.")

EXIT_CONFIGURATION = 3
SHOWN_MAX = 50


@app.command()
def index(
    whole: bool = typer.Option(False, "--all", help="Look at every file, known ones as well."),
) -> None:
    """Read what is new in the archive; a worker does the same by itself, bit by bit."""
    with _archive(whole=whole) as archive:
        looked = 0
        while step := archive.indexer.step():
            looked += step
            _progress(f"{looked} files looked at")
        _progress("")
        if archive.indexer.problem:
            typer.echo(f"triage: {archive.indexer.problem}", err=True)
            raise typer.Exit(1)
        _print_status(archive, Output.TABLE)


@app.command()
def status(output: Output = OUTPUT) -> None:
    """Show from when to when there are files, by account and Region, and which are in doubt."""
    with _archive(whole=False) as archive:
        _print_status(archive, output)


@contextmanager
def _archive(*, whole: bool) -> Iterator["Archive"]:
    from triage.adapters.system.clock import SystemClock
    from triage.wiring.bootstrap import opened_archive, settings

    archive = opened_archive(settings(), SystemClock(), whole=whole)
    if archive is None:
        typer.echo(
            "triage: paths.archive is not set; name a folder or s3://bucket/prefix", err=True
        )
        raise typer.Exit(EXIT_CONFIGURATION)
    try:
        yield archive
    finally:
        archive.close()


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r\033[K{text}", err=True, nl=False)


def _print_status(archive: "Archive", output: Output) -> None:
    told = archive.lookups.status()
    passed = told["passed"]
    page = {
        "archive": told["place"],
        "complete as of": passed.isoformat(timespec="seconds") if passed else "not yet",
        "problem": told["problem"],
        "events": told["events"],
        "files": [f"{count} {state}" for state, count in sorted(told["files"].items())],
        "in doubt": [
            f"{one['key']}: {one['state']}: {one['reason']}"
            for one in archive.lookups.doubtful(at_most=SHOWN_MAX)
        ],
    }
    rows = [
        {**row, **{name: row[name].isoformat(timespec="seconds") for name in ("first", "last")}}
        for row in archive.lookups.spans()
    ]
    emit({name: value for name, value in page.items() if value}, output, then=("places", rows))
