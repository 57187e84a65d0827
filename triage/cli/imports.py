"""`triage playbook import` and `export`: from what others wrote, and for what others read."""

from pathlib import Path

import typer

from triage.cli.show import exactly

importing = typer.Typer(no_args_is_help=True, help="Write playbooks from what others wrote.")

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
    from triage.authors import from_sigma

    written = from_sigma(path, owner)
    if to is None:
        exactly(written.encode())
        return
    with to.open("x", encoding="utf-8") as file:
        file.write(written)
    typer.echo(f"{to}: written; `triage playbook test {to}` runs its test", err=True)
