"""What people say to repairs: yes, no, take it back; stop, go on."""

import getpass
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from triage.cli.show import plain

if TYPE_CHECKING:
    from triage.engine.repairing.approving import Saying
    from triage.engine.world import World

CASE = typer.Argument(help="A case id, or an unambiguous beginning of one.")
BY = typer.Option(..., help="Your name in people.toml.")
KEY = typer.Option(Path("~/.ssh/id_ed25519"), help="Your OpenSSH private key.")
RULE = typer.Option("", help="Only this rule, as `playbook: rule`; everything if left out.")
LOOK_SECONDS = 0.5
ORIGIN_LENGTH = 100


def approve(case_id: str = CASE, by: str = BY, key: Path = KEY) -> None:
    """Agree to the plan that waits, signed with your key. It is made if nothing has moved."""
    from triage.engine.repairing.approving import approve as agree

    with _world() as world:
        case = agree(world, case_id, _saying(by, key))
        repair = next(one for one in reversed(case.repairs.each) if by in one.given)
    missing = max(repair.needs - len(repair.given), 0)
    rest = f"{missing} more has to agree" if missing else "the worker makes it now"
    typer.echo(f"{plain(by)} agrees to {repair.fix} for {case.id}; {rest}")


def reject(
    case_id: str = CASE,
    by: str = BY,
    because: str = typer.Option(..., help="Why, in a sentence the next person understands."),
    key: Path = KEY,
) -> None:
    """Refuse the plan that waits, signed with your key. The case goes to a person."""
    from triage.engine.repairing.approving import reject as refuse

    with _world() as world:
        case = refuse(world, case_id, _saying(by, key), reason=because)
    typer.echo(f"{case.id} is {case.status}: {plain(by)} refused the plan")


def revert(
    case_id: str = CASE,
    by: str = BY,
    key: Path = KEY,
    wait: float = typer.Option(30, min=0, max=600, help="Seconds to wait for what becomes of it."),
) -> None:
    """Take a case's last repair back.

    Signed with your key. What somebody has changed since is never taken back.
    """
    from triage.engine.repairing.approving import revert as take_back

    with _world() as world:
        case, name = take_back(world, case_id, _saying(by, key))
        outcome = _outcome(world, case.id, name, wait)
    typer.echo(f"{case.id}: {plain(outcome)}")


def _outcome(world: "World", case_id: str, repair: str, wait: float) -> str:
    until = time.monotonic() + wait
    while time.monotonic() < until:
        case = world.cases.case(case_id)
        known = case.repairs.named(repair)
        if known is not None and not known.under_way:
            return _said(world, case_id, repair)
        time.sleep(LOOK_SECONDS)
    return "asked for; the worker takes it back, `triage case show` says what became of it"


def _said(world: "World", case_id: str, repair: str) -> str:
    events = world.cases.events(world.cases.case(case_id).id)
    mine = [one for one in events if one.data.get("repair") == repair]
    if mine[-1].kind == "reverted":
        steps = next(one.data["steps"] for one in mine if one.kind == "planned")
        return f"taken back and proven to be: {'; '.join(steps) or 'it was as found already'}"
    return f"not taken back: {mine[-1].data.get('because', mine[-1].kind)}"


def halt(
    by: str = typer.Option(..., help="Who stops it."),
    because: str = typer.Option(..., help="Why, for whoever finds it stopped."),
    rule: str = RULE,
) -> None:
    """Stop every repair at once, in every worker."""
    from triage.adapters.system.clock import SystemClock
    from triage.ports.switches import ALL
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        store.switches.throw(rule or ALL, by=by, because=because, at=SystemClock().now())
    typer.echo(f"halted {plain(rule) or 'every repair'}; `triage resume` lets it go on")


def resume(by: str = typer.Option(..., help="Who lets it go on."), rule: str = RULE) -> None:
    """Let repairs go on where they were held; nothing was lost."""
    from triage.adapters.system.clock import SystemClock
    from triage.ports.switches import ALL
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        released = store.switches.release(rule or ALL, by=by, at=SystemClock().now())
    what = plain(rule) or "every repair"
    typer.echo(f"{what} goes on" if released else f"{what} was not halted")


@contextmanager
def _world() -> Iterator["World"]:
    from triage.wiring.bootstrap import opened_world, settings

    with opened_world(settings()) as opened:
        yield opened.world


def _saying(by: str, key: Path) -> "Saying":
    from triage.adapters.ssh.signer import KeySigner
    from triage.adapters.ssh.verifier import SshVerifier
    from triage.domain.person import People
    from triage.engine.repairing.approving import Saying
    from triage.wiring.bootstrap import people

    return Saying(
        by=by,
        origin=f"{getpass.getuser()}@{socket.gethostname()}"[:ORIGIN_LENGTH],
        people=people() or People(),
        signer=KeySigner(key.expanduser()),
        verifier=SshVerifier(),
    )
