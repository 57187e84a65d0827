"""Messages, claims and decisions for tests of the store, and the backends they run on."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from tests import postgres
from tests.builders import NOON, a_ticket, minutes
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.queue import SqsQueue
from triage.adapters.aws.queue_requests import QueueRequests
from triage.adapters.files.objects import FolderObjects
from triage.adapters.storage import Store, open_inbox, open_store
from triage.domain.case import Case, CaseEvent, EventKind, event_id
from triage.domain.closed import Closed
from triage.domain.decision import Ground
from triage.domain.effect import Effect, Timer
from triage.domain.json import digest
from triage.domain.message import Message, Parsed, Receipt, Rejected
from triage.domain.severity import Label
from triage.domain.ticket import CanonicalKey, Ticket
from triage.ports.case_store import Claim, Settlement, Written
from triage.stages.dedup import admit

REGION = "eu-west-1"


@contextmanager
def sqlite_store(folder: Path):
    store = open_store(folder / "triage.sqlite3")
    try:
        yield store
    finally:
        store.close()


@contextmanager
def sqlite_inbox(folder: Path, clock: Any, lease_seconds: float):
    inbox = open_inbox(folder / "inbox.sqlite3", clock, lease_seconds)
    try:
        yield inbox
    finally:
        inbox.close()


@contextmanager
def postgres_store(folder: Path):
    store = open_store(postgres.address(folder))
    try:
        yield store
    finally:
        store.close()


@contextmanager
def postgres_inbox(folder: Path, clock: Any, lease_seconds: float):
    inbox = open_inbox(postgres.address(folder), clock, lease_seconds)
    try:
        yield inbox
    finally:
        inbox.close()


@contextmanager
def sqs_queue(folder: Path, clock: Any, lease_seconds: float):
    """One queue a folder, in the AWS that the environment points at.

    It does not begin gently: the contract's tests count what comes.
    """
    requests = QueueRequests.to(a_queue(digest(bytes(folder))[:16]), REGION, AwsLimits(), clock)
    claims = FolderObjects(folder / "claims")
    queue = SqsQueue(requests, clock, lease_seconds=lease_seconds, claims=claims, gently=False)
    try:
        yield queue
    finally:
        queue.close()


def a_queue(name: str, *, receives: int = 10, **attributes: str) -> str:
    """Make a queue with dead letters, or find it again; return its URL."""
    client = boto3.client("sqs", region_name=REGION)
    dead = client.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    told = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    policy = {
        "deadLetterTargetArn": told["Attributes"]["QueueArn"],
        "maxReceiveCount": receives,
    }
    asked = {"RedrivePolicy": json.dumps(policy), **attributes}
    url = client.create_queue(QueueName=name, Attributes=asked)["QueueUrl"]
    client.close()
    return str(url)


STORES: dict[str, Callable[[Path], AbstractContextManager[Store]]] = {
    "sqlite": sqlite_store,
    "postgres": postgres_store,
}
QUEUES: dict[str, Callable[[Path, Any, float], AbstractContextManager[Any]]] = {
    "sqlite": sqlite_inbox,
    "postgres": postgres_inbox,
    "sqs": sqs_queue,
}


def places_of(folder: Path, backend: str) -> tuple[Path | str, Path | str, dict[str, str]]:
    """Where the store and the inbox of a folder are, and how settings say so."""
    if backend == "postgres":
        url = postgres.address(folder)
        return url, url, {"TRIAGE_DATABASE__URL": url}
    names = ("triage.sqlite3", "inbox.sqlite3")
    return folder / names[0], folder / names[1], {"TRIAGE_PATHS__DATA": str(folder)}


@dataclass
class SteppingClock:
    """A clock that moves when it is told to, and a little by itself when somebody waits."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def a_key(number: int) -> CanonicalKey:
    return CanonicalKey(f"securityhub:111122223333:eu-west-1:S3.8:arn:aws:s3:::bucket-{number}")


def told(number: int = 1, *, body: bytes = b"{}", **changes: Any) -> Ticket:
    """A ticket about bucket `number`; `bytes_of` gives the bytes it was read from."""
    raw = f"{number} {body.decode()}"
    fields = {"key": a_key(number), "body": digest(raw.encode()), "record": {"raw": raw}}
    return a_ticket(**(fields | changes))


def bytes_of(ticket: Ticket) -> bytes:
    return str(ticket.record["raw"]).encode()


def message(*parts: Ticket | Rejected, name: str = "m", at: datetime = NOON) -> Parsed:
    """A message with these parts."""
    bodies = {part.body: bytes_of(part) for part in parts if isinstance(part, Ticket)}
    return Parsed(
        message=Message(id=name, body=b"whole", received=at),
        parts=parts,
        bodies=tuple(bodies.items()),
    )


def received(store: Store, *tickets: Ticket, at: datetime = NOON) -> Sequence[Receipt]:
    """Each ticket in a message of its own, in one batch."""
    batch = [message(one, name=f"m{place}", at=at) for place, one in enumerate(tickets)]
    return store.cases.receive(batch, admit)


def claimed(store: Store, *, at: datetime = NOON, owner: str = "a", **changes: Any) -> list[Claim]:
    fields: dict[str, Any] = {"at_most": 10, "lease_seconds": 60.0}
    return list(store.cases.claim(now=at, owner=owner, **(fields | changes)))


def decided(claim: Claim, *, at: datetime = NOON, **changes: Any) -> Settlement:
    """An escalation of a claimed case."""
    data = {"decision": "escalate", "priority": "high", "inputs": None, "effects": []}
    name = event_id(claim.case.id, claim.case.version, "decided")
    fields: dict[str, Any] = {
        "event": CaseEvent(id=name, kind=EventKind.DECIDED, at=at, data=data),
    }
    ours = ("event", "effects", "timers", "incident", "closed")
    fields |= {name: changes.pop(name) for name in ours if name in changes}
    written = Written(**fields)
    return Settlement(**{"claim": claim, "write": lambda _: written, "bodies": {}, **changes})


def a_close(case: Case, **changes: Any) -> Closed:
    """The entry of a close by proof that a person is to see."""
    fields: dict[str, Any] = {
        "event": event_id(case.id, case.version, "decided"),
        "case": case.id,
        "rule": "r" * 64,
        "name": "buckets: blocked now",
        "tier": "production",
        "ground": Ground.PROOF,
        "severity": Label.HIGH,
        "at": NOON,
        "rate": 1.0,
        "chosen": True,
        "due": NOON + timedelta(hours=72),
        "looked": case.version + 1,
    }
    return Closed(**(fields | changes))


def reminded(name: str = "r", *, at: datetime = NOON, **data: Any) -> CaseEvent:
    return CaseEvent(id=name, kind=EventKind.REMINDED, at=at, data=data)


def an_effect(case: str, name: str = "e", **changes: Any) -> Effect:
    fields: dict[str, Any] = {"id": name, "case": case, "kind": "notify", "data": {}, "due": NOON}
    return Effect(**(fields | changes))


def a_timer(case: str, name: str = "t", **changes: Any) -> Timer:
    fields: dict[str, Any] = {
        "id": name,
        "case": case,
        "kind": "sla",
        "due": NOON + minutes(15),
        "data": {"level": 1},
    }
    return Timer(**(fields | changes))
