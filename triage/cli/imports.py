"""`triage playbook import` and `export`: from what others wrote, and for what others read."""

from pathlib import Path

import typer

from triage.cli.show import exactly, line

importing = typer.Typer(no_args_is_help=True, help="Write playbooks from what others wrote.")

exporting = typer.Typer(no_args_is_help=True, help="Write playbooks as others read them.")
EXIT_FAILED = 1

FILE = typer.Argument(help="The file to read.")


@importing.command("sigma")
def sigma(
    path: Path = FILE,
    owner: str = typer.Option("detection", help="The team the playbook belongs to."),
    to: Path | None = typer.Option(None, help="Where to write it; to the terminal if left out."),
) -> None:
    """Write a playbook that escalates what a Sigma rule over AWS CloudTrail describes.

    What a playbook cannot say is an error with its place. Exit codes: 0 written, 1 it cannot be
    said, 2 usage, 3 a file cannot be read or pySigma is not installed.
    """
    from triage.wiring.authors import from_sigma

    written = from_sigma(path, owner)
    if to is None:
        exactly(written.encode())
        return
    with to.open("x", encoding="utf-8") as file:
        file.write(written)
    typer.echo(f"{to}: written; `triage playbook test {to}` runs its test", err=True)


@exporting.command("cacao")
def cacao(path: Path = FILE) -> None:
    """Write a playbook as CACAO 2.0 JSON: every look-up and rule as a step for people.

    Exit codes: 0 written, 1 the playbook is broken, 2 usage, 3 it cannot be read.
    """
    from triage.wiring.authors import as_cacao
    from triage.wiring.bootstrap import loaded_playbooks

    loaded = loaded_playbooks(path)
    for problem in loaded.problems:
        typer.echo(problem, err=True)
    if len(loaded.playbooks) != 1:
        typer.echo(f"{path}: name one sound playbook; there are {len(loaded.playbooks)}", err=True)
        raise typer.Exit(EXIT_FAILED)
    line(as_cacao(loaded.playbooks[0]))
