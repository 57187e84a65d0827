"""An engine on SQLite without AWS: every look-up fails, so everything is escalated."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.stored import QUEUES, STORES, SteppingClock
from tests.worlds import shipped_rules
from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.adapters.storage import Inbox, Store
from triage.domain.evidence import Failed, Failure
from triage.engine.effects import run_effects
from triage.engine.limits import Limits
from triage.engine.pipeline import decide_due, take_in
from triage.engine.timers import fire_timers
from triage.engine.world import Contact, World
from triage.ports.notifier import Notice, Undelivered

OWNER = "test"
RULES = shipped_rules()


class NoEvidence:
    def fetch(self, reads, *, deadline, fresh):
        return {one: Failed(failure=Failure.UNSUPPORTED, detail="no credentials") for one in reads}


@dataclass
class DeafNotifier:
    """Gets through to everybody but the `deaf`."""

    deaf: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)

    def notify(self, contact: str, notice: Notice) -> str:
        if contact in self.deaf:
            raise Undelivered("nobody picks up")
        self.told.append(contact)
        return "told"


@dataclass
class Engine:
    world: World
    store: Store
    clock: SteppingClock
    notifier: DeafNotifier

    def change(self, **changes: Any) -> None:
        self.world = replace(self.world, **changes)

    def submit(self, *bodies: bytes) -> None:
        self.world.queue.submit(bodies)
        take_in(self.world, at_most=100, wait_seconds=0)

    def decide(self):
        return decide_due(self.world, owner=OWNER, at_most=100)

    def escalated(self) -> str:
        """Submit one finding, decide it, and name its case."""
        self.submit(finding())
        (case,) = self.decide()
        assert case.status == "escalated"
        return case.id

    def run_effects(self) -> None:
        while run_effects(self.world, owner=OWNER, at_most=50):
            pass

    def pass_time(self, **span: float) -> None:
        """Let time pass minute by minute, with the effects and timers that fall due."""

        end = self.clock.time + timedelta(**span)
        while self.clock.time < end:
            fire_timers(self.world, owner=OWNER, at_most=50)
            self.run_effects()
            self.clock.time += timedelta(minutes=1)

    def kinds(self, case: str) -> list[str]:
        return [str(event.kind) for event in self.store.cases.events(case)]


def finding(bucket: str = "reports", **changes: Any) -> bytes:
    """A control finding that no playbook speaks about, as Security Hub has it."""
    arn = "arn:aws:securityhub:eu-west-1:111111111111:security-control/Lab.1/finding"
    found = {
        "Id": f"{arn}/{bucket}",
        "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub",
        "GeneratorId": "security-control/Lab.1",
        "AwsAccountId": "111111111111",
        "Region": "eu-west-1",
        "Title": "S3 general purpose buckets should block public access",
        "SchemaVersion": "2018-10-08",
        "CreatedAt": "2026-11-20T10:00:00Z",
        "UpdatedAt": "2026-11-20T10:00:00Z",
        "Severity": {"Label": "HIGH", "Normalized": 70},
        "Compliance": {"Status": "FAILED", "SecurityControlId": "Lab.1"},
        "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{bucket}"}],
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        **changes,
    }
    return json.dumps(found).encode()


@contextmanager
def an_engine(folder: Path, *contacts: str, backend: str = "sqlite") -> Iterator[Engine]:
    clock, notifier = SteppingClock(), DeafNotifier()
    with STORES[backend](folder) as store, QUEUES[backend](folder, clock, 30) as inbox:
        yield _engine(store, inbox, clock, notifier, contacts)


def _engine(
    store: Store,
    inbox: Inbox,
    clock: SteppingClock,
    notifier: DeafNotifier,
    contacts: tuple[str, ...],
) -> Engine:
    world = World(
        queue=inbox,
        cases=store.cases,
        incidents=store.incidents,
        outbox=store.outbox,
        quarantine=store.quarantine,
        evidence=NoEvidence(),
        notifiers={"test": notifier},
        contacts=tuple(Contact(name=one, channel="test", address=one) for one in contacts),
        clock=clock,
        metrics=PrometheusMetrics(),
        rules=RULES,
        limits=Limits(effect_attempts=3),
    )
    return Engine(world, store, clock, notifier)
