"""`triage playbook lint`: every problem with its place, its rule and what to write instead."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from triage.cli.show import Output, emit, line, plain

if TYPE_CHECKING:
    from triage.playbook.problem import Problem

EXIT_FOUND = 1
PATH = typer.Argument(None, help="A playbook or a folder of them; the configured ones if left out.")


class LintOutput(StrEnum):
    """How to print findings."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"


def lint(
    path: Path | None = PATH,
    signatures: Path | None = typer.Option(
        None, help="A file of signatures, or a folder; the configured one if left out."
    ),
    allow_warnings: bool = typer.Option(
        False, "--allow-warnings", help="End with 0 when there are warnings only."
    ),
    output: LintOutput = typer.Option(
        LintOutput.TABLE, "--output", "-o", help="table, json, jsonl or sarif."
    ),
) -> None:
    """Name every problem with line, column, its rule and what to write instead.

    Exit codes: 0 nothing found, 1 something found, 2 usage, 3 a file cannot be read.
    Every rule has a page in docs/reference/lint.
    """
    from triage.wiring.authors import linted
    from triage.wiring.bootstrap import playbook_files, settings

    # Whoever names a playbook means that playbook, not what is configured beside it.
    signed = signatures or (None if path else settings().paths.signatures)
    found = linted(playbook_files(path), signed, settings().repairs.documents)
    _print(found.problems, output, _prefix(path))
    typer.echo(f"{found.sound} sound, {len(found.problems)} problems", err=True)
    counted = [one for one in found.problems if not (allow_warnings and _mild(one))]
    raise typer.Exit(EXIT_FOUND if counted else 0)


def _mild(problem: "Problem") -> bool:
    return problem.severity == "warning"


def _print(problems: "Sequence[Problem]", output: LintOutput, prefix: str) -> None:
    from triage import __version__
    from triage.playbook.sarif import sarif

    match output:
        case LintOutput.SARIF:
            line(sarif(problems, __version__, prefix))
        case LintOutput.TABLE:
            for problem in problems:
                typer.echo(_sentence(problem))
        case _:
            emit([_row(one) for one in problems], Output(output))


def _sentence(problem: "Problem") -> str:
    from triage.playbook.sarif import instead

    told = f"{problem}  ({problem.rule})"
    return plain(told if problem.suggestion else f"{told}: {instead(problem)}")


def _row(problem: "Problem") -> dict[str, Any]:
    from triage.playbook.sarif import instead

    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity,
        "rule": problem.rule,
        "message": problem.message,
        "suggestion": instead(problem),
    }


def _prefix(path: Path | None) -> str:
    """From where the command runs to what it lints, as code scanning wants its paths."""
    if path is None or path.is_absolute():
        return ""
    folder = path.parent if path.is_file() else path
    return "" if str(folder) == "." else f"{folder.as_posix()}/"
