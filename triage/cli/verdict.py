"""A person says what a case was."""

from pathlib import Path

import typer

from triage.cli.show import plain


def verdict(  # noqa: PLR0913, PLR0917 - each is an option that people type
    case_id: str = typer.Argument(help="A case id, or an unambiguous beginning of one."),
    as_: str = typer.Option(
        ...,
        "--as",
        help="false positive, benign, true positive, duplicate, test, insufficient data, ...",
    ),
    because: str = typer.Option(..., help="Why, in a sentence the next person understands."),
    by: str = typer.Option(..., help="Your name in people.toml."),
    confidence: str = typer.Option("high", help="How sure you are: low, medium or high."),
    blind: bool | None = typer.Option(
        None,
        "--blind/--prompted",
        help="Whether you judged without having seen what the engine would do, or others' verdicts;"
        " if left out, blind where the case kept that back.",
    ),
    severity: str = typer.Option(
        "", help="How bad it turned out to be, where that is worse than its source said."
    ),
    key: Path = typer.Option(Path("~/.ssh/id_ed25519"), help="Your OpenSSH private key."),
) -> None:
    """Say what a case was, signed with your key.

    Verdicts are only ever added: your last word on a case replaces your earlier ones. Where
    people disagree, one more is asked.
    """
    from triage.adapters.ssh.signer import KeySigner
    from triage.adapters.ssh.verifier import SshVerifier
    from triage.adapters.system.clock import SystemClock
    from triage.cli.words import one_of
    from triage.domain.person import People
    from triage.domain.severity import Label
    from triage.domain.verdict import Verdict
    from triage.engine.verdicts import Confidence, Say, give_verdict
    from triage.wiring.acting import at_source
    from triage.wiring.bootstrap import opened_store, people, settings

    say = Say(
        case=case_id,
        verdict=one_of(Verdict, as_, "--as", "verdict"),
        reason=because,
        by=by,
        confidence=one_of(Confidence, confidence, "--confidence", "confidence"),
        blind=blind,
        severity=one_of(Label, severity, "--severity", "severity") if severity else None,
    )
    with opened_store() as store:
        case = give_verdict(
            store.cases,
            people() or People(),
            say,
            signer=KeySigner(key.expanduser()),
            verifier=SshVerifier(),
            at=SystemClock().now(),
            at_source=at_source(settings()),
        )
    typer.echo(f"{case.id} is {case.status}: {case.verdict}, says {plain(by)}")
