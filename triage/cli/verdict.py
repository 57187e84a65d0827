"""A person says what a case was."""

from pathlib import Path

import typer

from triage.cli.show import plain


def verdict(
    case_id: str = typer.Argument(help="A case id, or an unambiguous beginning of one."),
    as_: str = typer.Option(
        ..., "--as", help="false positive, true positive, benign, duplicate, test, ..."
    ),
    because: str = typer.Option(..., help="Why, in a sentence the next person understands."),
    by: str = typer.Option(..., help="Your name in people.toml."),
    key: Path = typer.Option(Path("~/.ssh/id_ed25519"), help="Your OpenSSH private key."),
) -> None:
    """Say what a case was, signed with your key. Verdicts are only ever added."""
    from triage.adapters.ssh.signer import KeySigner
    from triage.adapters.ssh.verifier import SshVerifier
    from triage.adapters.system.clock import SystemClock
    from triage.bootstrap import opened_store, people
    from triage.domain.person import People
    from triage.domain.verdict import Verdict
    from triage.engine.commands import Say, give_verdict

    try:
        said = Verdict(as_.replace("_", " ").lower())
    except ValueError:
        message = f"{as_!r} is no verdict; use one of {', '.join(Verdict)}"
        raise typer.BadParameter(message, param_hint="--as") from None
    say = Say(case=case_id, verdict=said, reason=because, by=by)
    with opened_store() as store:
        case = give_verdict(
            store.cases,
            people() or People(),
            say,
            signer=KeySigner(key.expanduser()),
            verifier=SshVerifier(),
            at=SystemClock().now(),
        )
    typer.echo(f"{case.id} is {case.status}: {case.verdict}, says {plain(by)}")
