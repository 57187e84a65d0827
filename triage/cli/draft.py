"""New: a first playbook with tests, written where none is."""

from pathlib import Path

import typer

from triage.cli.show import plain

EXIT_FAILED = 1
NAME = typer.Argument("", help="What to call it, in words-with-hyphens; made of the type else.")
TYPE = typer.Option("", "--type", help="The finding type it is about; asked for if left out.")
CASE = typer.Option("", "--case", help="Take the type of this recorded case.")
OWNER = typer.Option("your-team", help="The team that answers for it.")
FOLDER = typer.Option(None, "--to", help="Write it into this folder, not the configured one.")


def new(
    name: str = NAME,
    type_: str = TYPE,
    case: str = CASE,
    owner: str = OWNER,
    folder: Path | None = FOLDER,
) -> None:
    """Write a playbook with tests for a finding type, sound as it stands. Overwrites nothing."""
    from triage.stages.draft import draft, nearest
    from triage.wiring.bootstrap import settings, vocabulary
    from triage.wiring.rehearsing import sheet

    if case and type_:
        message = "say --type or --case, not both"
        raise typer.BadParameter(message)
    wanted = type_ or (_type_of(case) if case else typer.prompt("Finding type").strip())
    try:
        made = draft(wanted, owner, vocabulary(), name)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--type") from None
    if (meant := nearest(wanted)) is not None:
        typer.echo(
            f"triage: no table here names {plain(wanted)!r}; did you mean {meant!r}?", err=True
        )
    path = (folder or settings().paths.playbooks or Path("playbooks")) / f"{made.name}.yaml"
    found = sheet(str(path), made.text)
    wrong = [*map(str, found.problems), *(one.problem for one in found.ran if one.problem)]
    if wrong:
        for problem in wrong:
            typer.echo(plain(problem), err=True)
        raise typer.Exit(EXIT_FAILED)
    _write(path, made.text)
    typer.echo(f"{path}: {len(found.ran)} tests hold; now `triage playbook test {path} --watch`")


def _type_of(case_id: str) -> str:
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        case = store.cases.case(case_id)
    return str(case.headline.get("type", ""))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        typer.echo(f"triage: {path} is there already; give it another name", err=True)
        raise typer.Exit(EXIT_FAILED) from None
