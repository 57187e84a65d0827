"""Signatures: write one, sign it, see what holds and what it did, take it back."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from triage.cli.show import OUTPUT, Output, emit, exactly

if TYPE_CHECKING:
    from triage.domain.person import Person, Signature

app = typer.Typer(
    no_args_is_help=True, help="What two people attest: signed, not certified. Write and see it."
)

ENTRY = typer.Argument(help="The id of a signature.")
BY = typer.Option(..., help="Your name in people.toml.")
KEY = typer.Option(Path("~/.ssh/id_ed25519"), help="Your OpenSSH private key.")
DAYS = 30
NOT_CERTIFIED = "signed, not certified"


@app.command("list")
def list_(output: Output = OUTPUT) -> None:
    """List the statements that hold.

    What is wrong with the others goes to stderr.
    """
    from triage.cli.show import plain
    from triage.wiring.attested import signatures
    from triage.wiring.bootstrap import settings

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
def show(entry: str = ENTRY, output: Output = OUTPUT) -> None:
    """Show a statement, whether it holds, and what it did so far."""
    from triage.adapters.system.clock import SystemClock
    from triage.domain.person import Use
    from triage.engine.attesting import midnight
    from triage.wiring.attested import signatures
    from triage.wiring.bootstrap import opened_store, settings

    path, said = _entry(entry)
    held, problems = signatures(settings())
    now = SystemClock().now()
    holds = next((one for one in held if one.id == entry), None)
    with opened_store() as store:
        use = store.cases.used([entry], since=midnight(now), apart="").get(entry, Use())
    told = {key: value for key, value in said.items() if key != "by"}
    emit(
        {
            **{key: _plainly(value) for key, value in told.items()},
            "file": str(path),
            "people": " ".join(holds.people) if holds else "",
            "state": _state(holds, use.missed, now),
            "today": use.today,
            "ground": NOT_CERTIFIED,
            "problems": "; ".join(one for one in problems if f"signature {entry}:" in one),
        },
        output,
    )


def _plainly(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _state(holds: "Signature | None", missed: bool, now: datetime) -> str:
    if holds is None:
        return "counts for nothing"
    if missed:
        return "revoked by a miss"
    return "in force" if holds.in_force(now) else "not in force"


@app.command()
def new(  # noqa: PLR0913, PLR0917 - the fields of one statement
    entry: str = ENTRY,
    kind: str = typer.Option(..., help='What a playbook asks for, as in signed("exercise", …).'),
    subject: str = typer.Option("", help="The exact subject."),
    pattern: str = typer.Option("", help="Or an EventBridge pattern over the ticket, as JSON."),
    account: str = typer.Option(..., help="The account it covers."),
    types: list[str] = typer.Option(..., "--type", help="A finding type it covers; repeatable."),
    because: str = typer.Option(..., help="Why it is meant to be so."),
    days: int = typer.Option(DAYS, min=1, max=90, help="For how many days it holds."),
    actions: list[str] = typer.Option([], "--action", help="A call it permits; repeatable."),
    identities: list[str] = typer.Option(
        [], "--identity", help="Who may act, by unique id or ARN; repeatable."
    ),
    window: tuple[datetime, datetime] | None = typer.Option(
        None, help="From when to when (UTC) it may happen."
    ),
    requester: str = typer.Option("", help="Who asked for it, and so cannot approve it."),
    per_day: int = typer.Option(20, min=1, help="How many cases it may close a day."),
    by: str = BY,
    key: Path = KEY,
) -> None:
    """Write a statement and sign it first; it counts once another person signs it too.

    Refused when it rests on text that others write, matches nearly everything, or would have closed
    what people found to be real.
    """
    from triage.adapters.files.signature_files import write_entry
    from triage.adapters.files.signatures import unsigned
    from triage.adapters.system.clock import SystemClock

    now = SystemClock().now().replace(microsecond=0)
    said: dict[str, Any] = {
        "id": entry,
        "kind": kind,
        **({"pattern": pattern} if pattern else {"subject": subject}),
        "account": account,
        "types": types,
        "because": because,
        "signed": now.isoformat(),
        "expires": (now + timedelta(days=days)).isoformat(),
        "actions": actions,
        "identities": identities,
        "window": [f"{one.isoformat()}+00:00" for one in window] if window else None,
        "requester": requester,
        "per_day": per_day,
    }
    _refuse(unsigned(said))
    armour = _signed(unsigned(said).statement(), _person(by), key)
    path = write_entry(_folder(entry), {**said, "by": {by: armour}})
    typer.echo(f"{path}: signed by {by}; another person runs `triage signature sign {entry}`")


def _refuse(signature: "Signature") -> None:
    from triage.engine.signing import refuse_hiding, refuse_unsound
    from triage.wiring.bootstrap import opened_store, settings
    from triage.wiring.directory import without_snapshot

    refuse_unsound(signature)
    with opened_store() as store:
        refuse_hiding(store.cases, signature, without_snapshot(settings()))


def _folder(entry: str) -> Path:
    """Where signatures are kept, one a file; there must be none of that name."""
    from triage.adapters.files.problems import InvalidFile

    folder = _path()
    if folder.suffix == ".toml" or folder.is_file():
        raise InvalidFile([f"{folder}: a new signature is a file of its own; name a folder"])
    if (folder / f"{entry}.yaml").exists():
        raise InvalidFile([f"{folder / entry}.yaml is there already; give it another id"])
    return folder


@app.command()
def sign(entry: str = ENTRY, by: str = BY, key: Path = KEY) -> None:
    """Sign an entry: its own file gets the signature; of signatures.toml, print the line to add."""
    from triage.adapters.files.signature_files import write_entry
    from triage.adapters.files.signatures import unsigned

    person = _person(by)
    path, said = _entry(entry)
    armour = _signed(_statement(entry), person, key)
    if path.suffix == ".toml":
        typer.echo(f'{by} = """{armour}"""')
        return
    _refuse(unsigned(said))
    write_entry(path.parent, {**said, "by": {**said.get("by", {}), by: armour}})
    typer.echo(f"{path}: signed by {by}")


@app.command()
def revoke(
    entry: str = ENTRY,
    because: str = typer.Option(..., help="Why it is taken back."),
    by: str = typer.Option(..., help="Your name."),
) -> None:
    """Take a statement back: it counts for nothing, and what it held is looked at again.

    Anyone may: it only ever takes trust away. In force once the daemon reads its files again.
    """
    from triage.adapters.files.problems import InvalidFile
    from triage.adapters.files.signature_files import write_entry
    from triage.adapters.system.clock import SystemClock

    path, said = _entry(entry)
    if path.suffix == ".toml":
        raise InvalidFile([f"{path}: take the entry out of the file, or set revoked = true"])
    at = SystemClock().now().isoformat(timespec="seconds")
    write_entry(path.parent, {**said, "revoked": {"by": by, "at": at, "because": because}})
    typer.echo(f"{path}: revoked")


def _person(by: str) -> "Person":
    from triage.domain.errors import Unverified
    from triage.wiring.bootstrap import people

    listed = people()
    person = listed.get(by) if listed else None
    if person is None:
        raise Unverified(f"{by} is not listed in people.toml; a stranger attests nothing")
    return person


def _signed(said: bytes, person: "Person", key: Path) -> str:
    from triage.adapters.ssh.signer import KeySigner
    from triage.adapters.ssh.verifier import SshVerifier

    armour = KeySigner(key.expanduser()).sign(said)
    SshVerifier().verify(person, said, armour)
    return armour


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


def _path() -> Path:
    from triage.adapters.files.problems import InvalidFile
    from triage.wiring.bootstrap import settings

    path = settings().paths.signatures
    if path is None:
        raise InvalidFile(["paths.signatures: no file of signatures is configured"])
    return path


def _entry(entry: str) -> tuple[Path, dict[str, Any]]:
    from triage.adapters.files.problems import InvalidFile, nearest
    from triage.adapters.files.signatures import entries

    path = _path()
    known = {
        str(one["id"]): (file, one)
        for file, one in entries(path)
        if isinstance(one, dict) and "id" in one
    }
    if entry not in known:
        raise InvalidFile([f"{path}: there is no signature {entry!r}{nearest(entry, known)}"])
    return known[entry]
