"""Signatures: what holds, and how to sign what two people attest."""

from pathlib import Path
from typing import Any

import typer

from triage.cli.show import OUTPUT, Output, emit, exactly

app = typer.Typer(no_args_is_help=True, help="Look at signed statements, and sign one.")

ENTRY = typer.Argument(help="The id of an entry in signatures.toml.")


@app.command("list")
def list_(output: Output = OUTPUT) -> None:
    """List the statements that hold.

    What is wrong with the others goes to stderr.
    """
    from triage.bootstrap import settings, signatures
    from triage.cli.show import plain

    held, problems = signatures(settings())
    rows = [
        {
            "id": one.id,
            "kind": one.kind,
            "subject": one.subject,
            "account": one.account,
            "types": " ".join(one.types),
            "expires": one.expires.isoformat(timespec="seconds"),
            "people": " ".join(one.people),
        }
        for one in held
    ]
    emit(rows, output, empty="no signature holds")
    for problem in problems:
        typer.echo(f"triage: {plain(problem)}", err=True)


@app.command()
def statement(entry: str = ENTRY) -> None:
    """Write the exact bytes that its people sign.

    For `ssh-keygen -Y sign -n triage -f KEY`, where a key does not leave its agent or token.
    """
    exactly(_statement(entry))


@app.command()
def sign(
    entry: str = ENTRY,
    by: str = typer.Option(..., help="Your name in people.toml."),
    key: Path = typer.Option(Path("~/.ssh/id_ed25519"), help="Your OpenSSH private key."),
) -> None:
    """Sign an entry and print its line for [signature.by]."""
    from triage.adapters.ssh.signer import KeySigner
    from triage.adapters.ssh.verifier import SshVerifier
    from triage.bootstrap import people
    from triage.domain.errors import Unverified

    listed = people()
    person = listed.get(by) if listed else None
    if person is None:
        raise Unverified(f"{by} is not listed in people.toml; a stranger attests nothing")
    said = _statement(entry)
    signature = KeySigner(key.expanduser()).sign(said)
    SshVerifier().verify(person, said, signature)
    typer.echo(f'{by} = """{signature}"""')


def _statement(entry: str) -> bytes:
    from triage.adapters.files.problems import InvalidFile
    from triage.adapters.files.signatures import unsigned

    path, found = _entry(entry)
    try:
        return unsigned(found).statement()
    except KeyError as error:
        raise InvalidFile([f"{path}: signature {entry}: {error} is missing"]) from error
    except (TypeError, ValueError) as error:
        raise InvalidFile([f"{path}: signature {entry}: {error}"]) from error


def _entry(entry: str) -> tuple[Path, dict[str, Any]]:
    from triage.adapters.files.problems import InvalidFile, nearest, read_toml
    from triage.adapters.files.signatures import entries
    from triage.bootstrap import settings

    path = settings().paths.signatures
    if path is None:
        raise InvalidFile(["paths.signatures: no file of signatures is configured"])
    known = {
        str(one["id"]): one
        for one in entries(path, read_toml(path))
        if isinstance(one, dict) and "id" in one
    }
    if entry not in known:
        raise InvalidFile([f"{path}: there is no signature {entry!r}{nearest(entry, known)}"])
    return path, known[entry]
