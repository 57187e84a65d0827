"""Test: run what travels with the playbooks, and say what no test exercises."""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from triage.cli.show import OUTPUT, Output, emit, plain

if TYPE_CHECKING:
    from triage.wiring.rehearsing import Sheet

EXIT_FAILED = 1
LOOK_SECONDS = 0.5
PATH = typer.Argument(None, help="A playbook or a folder of them; the configured ones if left out.")
WATCH = typer.Option(False, "--watch", help="Run again whenever a file changes, until interrupted.")
FAIL_UNDER = typer.Option(
    0, min=0, max=100, help="Fail when less than this percentage of rules and match is exercised."
)
PROCESSES = typer.Option(None, min=1, max=64, help="As many as there are cores if left out.")


def rehearse(
    path: Path | None = PATH,
    output: Output = OUTPUT,
    watch: bool = WATCH,
    fail_under: float = FAIL_UNDER,
    processes: int | None = PROCESSES,
) -> None:
    """Run the tests that travel with the playbooks, and say what they leave out.

    Exits 1 when a test fails, a playbook has an error, or too little is exercised: every rule
    should decide a test, and every part of a match be what some test needs to match.
    """
    from triage.wiring.bootstrap import playbook_files
    from triage.wiring.rehearsing import rehearsed

    def run() -> int:
        return _told(rehearsed(playbook_files(path), processes), output, fail_under)

    if watch:
        repeat(path, run)
    raise typer.Exit(run())


def repeat(path: Path | None, run: Callable[[], int], *, rounds: int | None = None) -> None:
    """Run now and after every change; `rounds` looks, or for ever."""
    from triage.adapters.files.playbook_folder import FilePlaybooks
    from triage.ports.playbook_folder import FolderUnreadable
    from triage.wiring.bootstrap import settings, shipped

    folder = FilePlaybooks(path or settings().paths.playbooks or shipped("playbooks"))
    seen: Mapping[str, str] | None = None
    for _ in count() if rounds is None else range(rounds):
        try:
            stamps: Mapping[str, str] | None = folder.stamps()
            if stamps != seen:
                run()
        except FolderUnreadable as error:
            # It is being replaced: what is there next is looked at next.
            typer.echo(f"triage: {plain(error)}", err=True)
            stamps = None
        seen = stamps
        time.sleep(LOOK_SECONDS)


def _told(sheets: "Sequence[Sheet]", output: Output, fail_under: float) -> int:
    """Print it all; the exit code."""
    from triage.stages.coverage import percent

    for problem in (one for sheet in sheets for one in sheet.problems):
        typer.echo(plain(problem), err=True)
    tests, gaps = _tests(sheets), _gaps(sheets)
    failed = [row for row in tests if row["problem"] != HOLDS]
    parts = sum(sheet.parts for sheet in sheets)
    covered = percent(parts, len(gaps))
    if output is Output.JSON:
        emit({"tests": tests, "uncovered": gaps, "coverage": round(covered, 2)}, output)
    else:
        emit(failed if output is Output.TABLE else tests, output)
    if output is Output.TABLE:
        emit(gaps, output)
    typer.echo(f"{len(tests) - len(failed)} of {len(tests)} hold", err=True)
    if gaps:
        missing = f"{covered:.1f}% of rules and match exercised, {len(gaps)} of {parts} not"
        typer.echo(missing, err=True)
    return EXIT_FAILED if any(one.failed for one in sheets) or covered < fail_under else 0


HOLDS = "holds"


def _tests(sheets: "Sequence[Sheet]") -> list[dict[str, Any]]:
    return [
        {"at": f"{one.path}:{one.line}", "test": one.name, "problem": one.problem or HOLDS}
        for sheet in sheets
        for one in sheet.ran
    ]


def _gaps(sheets: "Sequence[Sheet]") -> list[dict[str, Any]]:
    return [
        {"at": f"{one.path}:{one.line}", "uncovered": one.what}
        for sheet in sheets
        for one in sheet.gaps
    ]
