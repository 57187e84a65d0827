"""The demo: a local AWS, the real worker, thirty tickets, and what became of them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from triage.sandbox.server import Sandbox

DATA = Path(".triage") / "demo"
PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.2
WWW = "arn:aws:s3:::shop-www"
EXERCISE = "i-0ccccccccccccccc2"
TRAIL = "shop-trail"
INDEX_STEPS = 100
KEY = "alice.key"


def scenario_file() -> Path:
    """The demo's scenario."""
    return Path(__file__).resolve().parent.parent / "sandbox" / "scenarios" / "demo.yaml"


def run_demo(*, leave: bool) -> None:
    """Run it, print what happened, and unless told to leave keep serving until interrupted."""
    from triage.cli.demo_repair import show_repairs
    from triage.cli.demo_report import closer_look, report
    from triage.cli.demo_sources import show_sources
    from triage.cli.waiting import wait_for_signal
    from triage.sandbox.server import Sandbox
    from triage.sandbox.tickets import PAYMENTS, REGION

    started = time.monotonic()
    shutil.rmtree(DATA, ignore_errors=True)
    _say("starting a local AWS: three accounts, over HTTP")
    with Sandbox.start() as sandbox:
        _write_rules(sandbox.now())
        environment = _environment(sandbox)
        with _worker(environment):
            sandbox.load(scenario_file())
            sandbox.faults.add("throttle", service="cloudtrail", account=PAYMENTS)
            _say(f"{_archive(sandbox)} in the trail archive, the oldest from half a year ago")
            count = _submit(sandbox)
            _say(f"{count} messages on the durable inbox; the worker takes them from there")
            _watch(count)
            report(count, time.monotonic() - started)
            show_sources(sandbox, REGION)
            show_repairs(environment, DATA / KEY)
        typer.echo(closer_look())
        if not leave:
            _say(f"the local AWS stays at {sandbox.endpoint} until Ctrl-C")
            wait_for_signal()


def _say(text: str) -> None:
    typer.echo(f"· {text}")


def _environment(sandbox: "Sandbox") -> Mapping[str, str]:
    from triage.sandbox.tickets import PRODUCTION, REGION

    ours = {
        "TRIAGE_CONFIG": str(DATA / "triage.toml"),
        "TRIAGE_LOG__LEVEL": "warning",
    }
    outside = os.environ  # noqa: TID251 - this process looks at the same store as the worker
    # A queue or a database that is set there would get the demo's tickets.
    for name in [one for one in outside if one.startswith(("TRIAGE_QUEUE", "TRIAGE_DATABASE"))]:
        del outside[name]
    outside.update(ours)
    return {**outside, **sandbox.environment(PRODUCTION, REGION)}


CONFIGURATION = """\
[paths]
data = "{data}"
archive = "s3://shop-trail"
people = "{data}/people.toml"
organization = "{data}/organization.toml"
signatures = "{data}/signatures.toml"

[aws]
role = "TriageRead"
region = "eu-west-1"

[repairs]
on = true
role = "TriageAct"

[worker]
poll_seconds = 0.1

[http]
port = 0

[[notify.contacts]]
name = "on call"
channel = "terminal"
"""


def _write_rules(now: datetime) -> None:
    """Organisation, people and two signed statements, as an operator would write them."""
    DATA.mkdir(parents=True, exist_ok=True)
    keys = _people()
    (DATA / "triage.toml").write_text(CONFIGURATION.format(data=DATA))
    (DATA / "organization.toml").write_text(_organisation())
    entries = [
        _signed(keys, now, "shop-www", "public-website", WWW, "111111111111", ["S3.8", "S3.2"]),
        _signed(
            keys,
            now,
            "red-team-week",
            "exercise",
            EXERCISE,
            "222222222222",
            ["UnauthorizedAccess:EC2/RDPBruteForce"],
        ),
    ]
    (DATA / "signatures.toml").write_text("\n".join(entries))


def _people() -> Mapping[str, "Ed25519PrivateKey"]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from triage.adapters.ssh.signer import public_line

    keys = {name: Ed25519PrivateKey.generate() for name in ("alice", "carol")}
    _keep(keys["alice"])
    lines = [f'[people.{name}]\nkeys = ["{public_line(key)}"]\n' for name, key in keys.items()]
    (DATA / "people.toml").write_text("\n".join(lines))
    return keys


def _keep(key: "Ed25519PrivateKey") -> None:
    """Alice's key stays with the demo's data, so that she can agree to repairs."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    form = (Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    (DATA / KEY).touch(mode=0o600)
    (DATA / KEY).write_bytes(key.private_bytes(*form))


def _organisation() -> str:
    rows = (
        ("111111111111", "shop-production", "production", "storefront"),
        ("222222222222", "shop-staging", "staging", "storefront"),
        ("333333333333", "shop-payments", "production", "payments"),
    )
    return "\n".join(
        f'[accounts.{number}]\nname = "{name}"\ntier = "{tier}"\nowner = "{owner}"\n'
        for number, name, tier, owner in rows
    )


def _signed(  # noqa: PLR0913, PLR0917 - the fields of one statement
    keys: Mapping[str, "Ed25519PrivateKey"],
    now: datetime,
    name: str,
    kind: str,
    subject: str,
    account: str,
    types: list[str],
) -> str:
    from triage.adapters.ssh.signer import sign_with
    from triage.domain.person import Signature

    signature = Signature(
        id=name,
        kind=kind,
        subject=subject,
        account=account,
        types=tuple(types),
        because="Agreed for the demo.",
        signed=(now - timedelta(days=1)).replace(microsecond=0),
        expires=(now + timedelta(days=60)).replace(microsecond=0),
        people=(),
    )
    lines = [
        "[[signature]]",
        f'id = "{name}"\nkind = "{kind}"\nsubject = "{subject}"\naccount = "{account}"',
        f"types = {types!r}".replace("'", '"'),
        f'because = "{signature.because}"',
        f"signed = {signature.signed.isoformat()}\nexpires = {signature.expires.isoformat()}",
        "[signature.by]",
        *(f'{by} = """{sign_with(key, signature.statement())}"""' for by, key in keys.items()),
    ]
    return "\n".join(lines) + "\n"


def _submit(sandbox: "Sandbox") -> int:
    from triage.sandbox.tickets import messages
    from triage.wiring.bootstrap import opened_inbox

    with opened_inbox() as inbox:
        return inbox.submit(messages(sandbox))


def _archive(sandbox: "Sandbox") -> str:
    """Deliver the trail's log files and index them, so that the first ticket can rest on them."""
    from triage.adapters.archive.archive import open_archive
    from triage.adapters.aws.objects import S3Objects
    from triage.adapters.system.clock import SystemClock
    from triage.sandbox.tickets import PRODUCTION, REGION
    from triage.sandbox.trail_files import trail_files, write_to_bucket
    from triage.wiring.bootstrap import ARCHIVE

    s3 = sandbox.client("s3", PRODUCTION, REGION)
    write_to_bucket(dict(trail_files(sandbox.world, PRODUCTION)), s3, TRAIL)
    archive = open_archive(DATA / ARCHIVE, S3Objects(s3, TRAIL, ""), SystemClock())
    try:
        archive.catch_up(INDEX_STEPS)
        told = archive.lookups.status()
        return f"{told['events']} events of {sum(told['files'].values())} log files"
    finally:
        archive.database.close()


@contextmanager
def _worker(environment: Mapping[str, str]) -> Iterator[None]:
    """`triage up` as a process of its own; its pages go to a file, for the end of the report."""
    with (DATA / "worker.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "triage", "up"],
            env=dict(environment),
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(timeout=60)


def _watch(count: int) -> None:
    """Say what happens while it happens, until nothing is left to do."""
    from triage.wiring.bootstrap import opened_inbox, opened_store

    until = time.monotonic() + PATIENCE_SECONDS
    last = ""
    with opened_store() as store, opened_inbox() as inbox:
        while time.monotonic() < until:
            counts = store.cases.count()
            quarantined = store.quarantine.count()
            known = sum(n for status, n in counts.items() if status != "due")
            received, decided = count - inbox.depth(), known - counts["due"]
            told = (
                f"{received:>2} of {count} received · {decided:>2} decided"
                f" · {quarantined} quarantined"
            )
            if told != last:
                _say(told)
                last = told
            if not inbox.depth() and not counts["due"] and _effects_done(store):
                return
            time.sleep(LOOK_SECONDS)
    raise typer.Exit(_gave_up())


def _effects_done(store: Any) -> bool:
    return all(effect.status != "intended" for effect in store.outbox.effects(at_most=1000))


def _gave_up() -> int:
    typer.echo(f"triage: the worker did not finish in {PATIENCE_SECONDS:.0f} s; its log:", err=True)
    typer.echo((DATA / "worker.log").read_text()[-4000:], err=True)
    return 1
