"""Licences to close: what each rests on, one step up on evidence, and down at any time."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from triage.cli.show import OUTPUT, Output, emit, plain

if TYPE_CHECKING:
    from triage.engine.licences import Held

app = typer.Typer(no_args_is_help=True, help="Look at licences to close, and grant or revoke one.")

NAME = typer.Argument(help="The rule as decisions name it: 'playbook: rule'.")
TIER = typer.Option(..., help="production, staging, development, sandbox or management.")
BY = typer.Option(..., help="Your name in people.toml.")
KEY = typer.Option(Path("~/.ssh/id_ed25519"), help="Your OpenSSH private key.")
LACKS = "Nothing may close: {}."
WATCHED = (
    "People see every close of it for now, at least the next 100: two that were drawn were real, "
    "which may be chance. It was earned so:"
)
NONE = "no licence: every rule that needs one is in shadow"


@app.command("list")
def list_(output: Output = OUTPUT) -> None:
    """List licences and what they allow right now."""
    from triage.wiring.bootstrap import opened_licences

    with opened_licences() as opened:
        rows = [_row(one, opened.allows(one)) for one in opened.held().values()]
    emit(rows, output, empty=NONE)


@app.command()
def show(name: str = NAME, tier: str = TIER, output: Output = OUTPUT) -> None:
    """Say in one sentence what a licence rests on and what it does not cover."""
    from triage.wiring.bootstrap import opened_licences

    with opened_licences() as opened:
        one, missing = opened.named(name, tier), ""
        if one.licence.certificate is None:
            missing = opened.missing(one)
        page = _page(one, opened.allows(one), missing, opened.flips.sentence)
    emit(page, output)


@app.command()
def history(name: str = NAME, tier: str = TIER, output: Output = OUTPUT) -> None:
    """Show everything that ever happened to a licence."""
    from triage.wiring.bootstrap import opened_licences

    with opened_licences() as opened:
        rows = [
            {
                "at": one.at.isoformat(timespec="seconds"),
                "event": one.kind,
                "by": one.by,
                "detail": _detail(one.data),
            }
            for one in opened.named(name, tier).history
        ]
    emit(rows, output, empty=NONE)


@app.command()
def grant(name: str = NAME, tier: str = TIER, by: str = BY, key: Path = KEY) -> None:
    """Raise a licence by one step, as far as the verdicts on record carry it.

    Signed with your key. Evidence that shows too little ends it with 1 and says what is missing; a
    look at the evidence counts, whatever it shows.
    """
    from triage.adapters.ssh.signer import KeySigner
    from triage.wiring.bootstrap import opened_licences

    with opened_licences() as opened:
        after, why_not = opened.grant(name, tier, by, KeySigner(key.expanduser()))
        allowed = opened.allows(after)
    if why_not:
        typer.echo(f"triage: nothing is raised: {plain(why_not)}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{plain(name)} in {tier}: {allowed}")


@app.command()
def revoke(
    name: str = NAME,
    tier: str = TIER,
    by: str = typer.Option(..., help="Who says so."),
    because: str = typer.Option(..., help="Why, in a sentence the next person understands."),
    to: str = typer.Option("shadow", help="shadow or suggest."),
) -> None:
    """Lower a licence at once. Anybody may; nothing has to be shown."""
    from triage.cli.words import one_of
    from triage.domain.decision import Level
    from triage.wiring.bootstrap import opened_licences

    level = one_of(Level, to, "--to", "level")
    with opened_licences() as opened:
        opened.revoke(name, tier, level, because, by)
    typer.echo(f"{plain(name)} in {tier}: at most {level}")


def _row(one: "Held", allowed: str) -> dict[str, Any]:
    certificate = one.licence.certificate
    return {
        "rule": one.name,
        "tier": one.licence.tier,
        "level": allowed,
        "watched since": one.watched_since(allowed),
        "until": certificate.expires.date().isoformat() if certificate else "",
        "because": one.licence.because,
    }


def _page(one: "Held", allowed: str, missing: str, verdicts: str) -> dict[str, Any]:
    certificate = one.licence.certificate
    return {
        **_row(one, allowed),
        "says": _says(one, allowed) or LACKS.format(missing),
        "verdicts": verdicts,
        "below": certificate.threshold if certificate else None,
        "known": sorted(" ".join(likeness) for likeness in one.known),
        "meaning": one.licence.rule,
    }


def _says(one: "Held", allowed: str) -> str:
    """The certificate's sentence; where it closes nothing now, or is watched, that comes first."""
    if one.licence.certificate is None:
        return ""
    sentence = one.licence.certificate.sentence()
    if allowed != "auto":
        return f"Nothing closes by it now. It was earned so: {sentence}"
    return f"{WATCHED} {sentence}" if one.licence.watched else sentence


def _detail(data: Mapping[str, Any]) -> str:
    words = data.get("why_not") or data.get("because") or ", ".join(data.get("trips", ()))
    return f"{data['level']}: {words}" if "level" in data else str(words)
