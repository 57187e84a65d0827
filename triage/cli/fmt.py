"""`triage playbook fmt` and `migrate`: one way to write a playbook, in the language of today."""

import sys
from difflib import unified_diff
from pathlib import Path

import typer

EXIT_WOULD = 1


def fmt(
    path: Path = typer.Argument(help="A playbook or a folder of them."),
    check: bool = typer.Option(False, "--check", help="Write nothing; say what would change."),
) -> None:
    """Put keys in order, quotes and empty lines in one form; keep every comment.

    Exit codes: 0 done or nothing to do, 1 --check found something or a file cannot be put in
    order, 2 usage, 3 a file cannot be read.
    """
    from triage.playbook.writing.layout import formatted
    from triage.wiring.authors import rewritten

    found = rewritten(path, formatted)
    for problem in found.problems:
        typer.echo(problem, err=True)
    for changed, text in found.texts.items():
        if not check:
            changed.write_bytes(text.encode())
        typer.echo(changed)
    verb = "would change" if check else "changed"
    typer.echo(f"{verb}: {len(found.texts)} of {found.files}", err=True)
    raise typer.Exit(EXIT_WOULD if found.problems or (check and found.texts) else 0)


def migrate(
    path: Path = typer.Argument(help="A playbook or a folder of them."),
    write: bool = typer.Option(False, "--write", help="Write the files instead of the diff."),
) -> None:
    """Bring playbooks to the last version of the language; keep every comment.

    Without --write it shows what would change. Exit codes: 0 done or shown, 1 a file cannot be
    migrated, 2 usage, 3 a file cannot be read.
    """
    from triage.playbook.writing.migrations import migrated
    from triage.wiring.authors import rewritten

    found = rewritten(path, migrated)
    for problem in found.problems:
        typer.echo(problem, err=True)
    for changed, text in found.texts.items():
        if write:
            changed.write_bytes(text.encode())
            typer.echo(changed)
        else:
            sys.stdout.writelines(_difference(changed, text))
    verb = "migrated" if write else "would migrate"
    typer.echo(f"{verb}: {len(found.texts)} of {found.files}", err=True)
    raise typer.Exit(EXIT_WOULD if found.problems else 0)


def _difference(path: Path, text: str) -> list[str]:
    before = path.read_text(encoding="utf-8").splitlines(keepends=True)
    name = str(path)
    return [_shown(one) for one in unified_diff(before, text.splitlines(keepends=True), name, name)]


def _shown(line: str) -> str:
    from triage.cli.show import plain

    return f"{plain(line.rstrip(chr(10)))}\n"
