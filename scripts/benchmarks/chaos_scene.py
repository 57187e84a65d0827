"""What a week of scripts/benchmarks/chaos.py is about: resources, findings, people, an engine."""

import json
import random  # noqa: TID251 - seeded, and the seed is an option
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from chaos_processes import Port, Process
from chaos_sandbox import SOMEBODY, Hand, Local, is_write
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.repairs.catalogue import EXAMPLES
from tests.repairs.example import ACCOUNT, REGION, Example
from triage.adapters.files.playbooks import read_model
from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.adapters.ssh.signer import public_line, sign_with
from triage.adapters.ssh.verifier import SshVerifier
from triage.domain.account import Account, Organisation, Tier
from triage.domain.evidence import Failed, Failure, Got, RawRead, Read
from triage.domain.json import Record
from triage.domain.person import People, Person
from triage.domain.plan import Call, Permission, Plan, State, Target
from triage.domain.policy import Policy
from triage.engine.limits import Limits
from triage.engine.repairing.approving import Saying
from triage.engine.rules import Rules
from triage.engine.sampling import Sampling
from triage.engine.world import Contact, World
from triage.intake.classes import OPEN_CONTROLS
from triage.judgement.score import model_from
from triage.playbook.loader import Loaded, load
from triage.ports.cloud import AccessDenied, CloudError, Throttled, Unknown
from triage.ports.notifier import Notice, Undelivered
from triage.remediations import remediation as fixing
from triage.remediations.catalogue import CATALOGUE
from triage.remediations.vocabulary import VOCABULARY

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 12, 1, tzinfo=UTC)
RESOURCES_MAX = 9
EXPOSED = 0.2
"""The share of findings that say that something is open right now."""
ROLE = f"arn:aws:iam::{ACCOUNT}:role/TriageAct"
SESSION_SECONDS = 900
"""How long the credentials of a plan last, as AWS grants them."""
CATCH_UP_SECONDS = 10.0
CATCHING_UP = frozenset({"iam", "ec2", "rds", "autoscaling", "elbv2"})
"""Services whose reads may be older than the last write."""
PLAYBOOK = """\
playbook: {name}
title: {fix}
owner: chaos
why: It is broken.
match:
  type: ["{control}"]
rules:
  - rule: mend it
    when: "true"
    resolve: [{{ fix: {fix} }}]
    because: "It is broken."
"""


# --- what is broken -------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Resource:
    """Something that a fix of the catalogue mends: what is found about it, and what is so."""

    fix: str
    control: str
    example: Example
    number: int = 0
    failed: bool = True
    meddled: datetime | None = None
    looked_at: bool = False

    @property
    def subject(self) -> str:
        return self.example.subject.id

    def found(self, at: datetime) -> Record:
        """The control finding as Security Hub has it at a moment."""
        subject = {"Type": self.example.subject.kind, "Id": self.subject, "Region": REGION}
        return finding(self.control, subject, self.number, at, failed=self.failed)


def finding(
    control: str, subject: Record, number: int, at: datetime, *, failed: bool = True
) -> Record:
    """A control finding in the API's shape."""
    arn = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/{control}/finding/{number}"
    return {
        "Id": arn,
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
        "GeneratorId": f"security-control/{control}",
        "AwsAccountId": ACCOUNT,
        "Region": REGION,
        "Title": "A control of the lab",
        "SchemaVersion": "2018-10-08",
        "CreatedAt": f"{START:%Y-%m-%dT%H:%M:%SZ}",
        "UpdatedAt": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "Severity": {"Label": "HIGH", "Normalized": 70},
        "Compliance": {
            "Status": "FAILED" if failed else "PASSED",
            "SecurityControlId": control,
        },
        "Resources": [subject],
        "Workflow": {"Status": "NEW" if failed else "RESOLVED"},
        "RecordState": "ACTIVE",
    }


@cache
def controls() -> Mapping[str, tuple[str, str]]:
    """Two controls a fix: one whose failure is posture, one whose failure is an exposure."""
    open_ones = sorted(one for one in OPEN_CONTROLS if "." in one and not one.startswith("PCI"))
    names = sorted(set(EXAMPLES) & set(CATALOGUE))
    return {
        fix: (f"Lab.{place}", open_ones[place % len(open_ones)]) for place, fix in enumerate(names)
    }


@cache
def playbooks() -> tuple[Mapping[str, str], Loaded]:
    """One for each of those controls, checked once."""
    files = {
        f"{control}.yaml": PLAYBOOK.format(
            name=f"{fix.replace('.', '-').replace('_', '-')}-{place}", fix=fix, control=control
        )
        for fix, two in controls().items()
        for place, control in enumerate(two)
    }
    return files, load(files, VOCABULARY)


def drawn(chance: random.Random) -> Sequence[Resource]:
    """As many resources as fit into one account, each broken in its way; one in five is exposed."""
    names, taken, made = list(controls()), set[str](), list[Resource]()
    chance.shuffle(names)
    for fix in names:
        if len(made) == RESOURCES_MAX:
            break
        example = EXAMPLES[fix]
        holds = _named(example)
        if taken & holds:
            continue
        taken |= holds
        control = controls()[fix][chance.random() < EXPOSED]
        made.append(Resource(fix=fix, control=control, example=example, number=len(made)))
    return made


def _named(example: Example) -> set[str]:
    """What an example needs for itself alone."""
    named = {example.subject.id} if example.subject.id != ACCOUNT else set()
    for section, items in example.inside.items():
        named |= {f"{section} {one.get('id') or one.get('name') or ''}" for one in items}
    return named


def scenario(resources: Sequence[Resource], tier: Tier) -> Mapping[str, Any]:
    """All of them in one account of the sandbox."""
    inside: dict[str, list[Any]] = {}
    for one in resources:
        for section, items in one.example.inside.items():
            inside.setdefault(section, []).extend(items)
    named = {"name": "shop", "tier": tier.value, "owner": "shop-team"}
    return {"region": REGION, "accounts": {ACCOUNT: {**named, **inside}}}


# --- what goes wrong ------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Weather:
    """What may befall calls, drawn from the seed; `calm` once the week is over."""

    chance: random.Random
    calm: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    def strikes(self, what: str, probability: float) -> bool:
        struck = not self.calm and self.chance.random() < probability
        if struck:
            self.counts[what] = self.counts.get(what, 0) + 1
        return struck


BEFORE: Mapping[str, tuple[float, Any]] = {
    "throttled": (0.02, Throttled),
    "denied": (0.004, AccessDenied),
    "failed": (0.015, lambda call: Unknown(call, "failed (InternalFailure)")),
}
"""Faults by which nothing was changed, and how likely each is."""


@dataclass(kw_only=True)
class Cloud:
    """The cloud port of one session: the sandbox, and what goes wrong on the way to it."""

    week: Any
    process: Process
    case: str
    about: Resource | None
    inner: Any
    opened: datetime | None = None

    def call(self, call: Call) -> Record:
        week = self.week
        week.clock.pass_on(week.chance.choice((0.05, 0.1, 0.3)))
        self._fail(call)
        made = self._write(call) if is_write(call) else self._read(call)
        self.process.point(f"after {call.name}")
        return made

    def _fail(self, call: Call) -> None:
        now, weather = self.week.clock.now(), self.week.weather
        self.opened = self.opened or now
        if now - self.opened >= timedelta(seconds=SESSION_SECONDS):
            raise AccessDenied(call)
        for what, (probability, error) in BEFORE.items():
            if weather.strikes(what, probability):
                self.week.tell(f"{self.process.name}: {call.name} {what}")
                raise error(call)

    def _read(self, call: Call) -> Record:
        week, key = self.week, repr(call)
        old = week.answers.get(key)
        late = call.service in CATCHING_UP and old is not None
        written = week.written.get(call.service)
        recent = written and (week.clock.now() - written).total_seconds() < CATCH_UP_SECONDS
        if late and recent and week.weather.strikes("stale", 0.3):
            return old  # type: ignore[no-any-return] # it is an answer that was given before
        with week.serving(Hand(session=self.case, about="", call=call)):
            answer: Record = self.inner.call(call)
        week.answers[key] = answer
        return answer

    def _write(self, call: Call) -> Record:
        week, resource = self.week, self.about
        if resource is not None and week.weather.strikes("changed by somebody else", 0.03):
            week.meddle(resource)
        version, halted = week.standing(self.case)
        about = resource.subject if resource else ""
        hand = Hand(session=self.case, about=about, call=call, version=version, halted=halted)
        week.tell(f"{self.process.name}: writes {call.name} for {self.case}")
        week.written[call.service] = week.clock.now()
        answer: Record = week.made(hand, lambda: self.inner.call(call))
        if week.weather.strikes("answer lost", 0.06):
            week.tell(f"{self.process.name}: {call.name} was made, and its answer lost")
            week.clock.pass_on(20)
            self.process.point(f"after {call.name}")
            raise Unknown(call, "brought no answer (ReadTimeoutError)")
        return answer


@dataclass(kw_only=True)
class Clouds:
    """The clouds port."""

    week: Any
    process: Process

    @contextmanager
    def open(
        self, account: str, region: str, *, case: str, scope: Sequence[Permission]
    ) -> Iterator[Cloud]:
        del scope  # the sandbox grants everything: tests/repairs/evaluator.py proves policies
        yield Cloud(
            week=self.week,
            process=self.process,
            case=case,
            about=self.week.subject_of(case),
            inner=self.week.local.cloud(account, region),
        )

    def role(self, account: str) -> str:
        del account
        return ROLE


@dataclass(kw_only=True)
class AtSource:
    """The evidence source: Security Hub's own findings; it knows nothing else."""

    week: Any
    process: Process

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        del deadline, fresh
        self.week.clock.pass_on(0.2)
        found = {one: self._read(one) for one in reads}
        self.process.point("after the evidence")
        return found

    def _read(self, read: Read) -> RawRead:
        week = self.week
        if read.kind != "securityhub.get_findings":
            return Failed(failure=Failure.UNSUPPORTED, detail="not in this week")
        if week.weather.strikes("evidence throttled", 0.03):
            return Failed(failure=Failure.THROTTLED, detail="not now")
        known = week.at_source.get(str(read.argument("finding")))
        payload = {"Findings": [known] if known else []}
        return Got(payload=payload, as_of=week.clock.now(), source="securityhub")


@dataclass(kw_only=True)
class Notifier:
    """Tells people, mostly; remembers every notice by its id."""

    week: Any
    process: Process

    def notify(self, contact: str, notice: Notice) -> str:
        week = self.week
        week.clock.pass_on(0.3)
        if week.weather.strikes("nobody reached", 0.05):
            raise Undelivered("nobody picks up")
        week.delivered[notice.id] = week.delivered.get(notice.id, 0) + 1
        week.tell(f"{self.process.name}: tells {contact} of {notice.case}")
        self.process.point("after a notice")
        return "told"


# --- who is there ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signing:
    """Signs with a key at hand."""

    key: Ed25519PrivateKey

    def sign(self, statement: bytes) -> str:
        return sign_with(self.key, statement)


NAMES = ("alice", "bob")
KEYS = {
    name: Ed25519PrivateKey.from_private_bytes(bytes([place + 1]) * 32)
    for place, name in enumerate(NAMES)
}
PEOPLE = People(
    people={name: Person(name=name, keys=(public_line(key),)) for name, key in KEYS.items()}
)


def saying(by: str) -> Saying:
    """What somebody says, with what they sign it."""
    return Saying(
        by=by, origin="chaos", people=PEOPLE, signer=Signing(KEYS[by]), verifier=SshVerifier()
    )


@cache
def _model() -> Any:
    return model_from("simulated.json", read_model(ROOT / "models" / "simulated.json"))


def rules(tier: Tier) -> Rules:
    """What is in force all week."""
    files, prepared = playbooks()
    shop = Account(id=ACCOUNT, name="shop", tier=tier, owner="shop-team", listed=True)
    return Rules(
        files=files,
        prepared=prepared,
        vocabulary=VOCABULARY,
        organisation=Organisation(accounts={shop.id: shop}, engine_roles=frozenset({ROLE})),
        model=_model(),
        policy=Policy(repairs=True, misses_max=3),
    )


LIMITS = Limits(
    batch_messages=5,
    batch_cases=3,
    threads=1,
    deciders=1,
    wait_seconds=0.0,
    effect_attempts=6,
)


def world(week: Any, process: Process | None = None) -> World:
    """The engine's world: of a worker that chance may stop, or of a person at the command line."""
    store, inbox = week.place.store, week.place.inbox(week.clock)
    made = World(
        queue=inbox,
        cases=store.cases,
        incidents=store.incidents,
        outbox=store.outbox,
        quarantine=store.quarantine,
        evidence=AtSource(week=week, process=process or week.desk),
        notifiers={"desk": Notifier(week=week, process=process or week.desk)},
        contacts=tuple(
            Contact(name=one, channel="desk", address=one) for one in ("first", "second", "third")
        ),
        clock=week.clock,
        metrics=PrometheusMetrics(),
        rules=week.rules,
        limits=LIMITS,
        clouds=Clouds(week=week, process=process or week.desk),
        switches=store.switches,
        sampling=Sampling(key=b"k" * 32, closes=store.closes),
    )
    return made if process is None else _stopped(made, process)


STOPPED = ("queue", "cases", "incidents", "outbox", "quarantine", "switches")


def _stopped(made: World, process: Process) -> World:
    ports: dict[str, Any] = {name: Port(getattr(made, name), process, name) for name in STOPPED}
    return replace(made, **ports)


def probe(local: Local, resource: Resource, told: Record | None = None) -> State | None:
    """What a resource is like, read without anything going wrong; None where it is gone.

    `told` is a plan's own target, where a fix looks for what its case has kept.
    """
    fix, now = CATALOGUE[resource.fix], local.clock.now()
    target = Target(**told) if told else fix.target(resource.example.asking)
    try:
        return fixing.inspect(fix, local.cloud(ACCOUNT, REGION), target, at=now)
    except CloudError:
        return None


def is_broken(local: Local, resource: Resource) -> bool:
    """Whether its fix would have something to do."""
    state, fix = probe(local, resource), CATALOGUE[resource.fix]
    if state is None:
        return False
    made = fixing.plan(resource.fix, fix, fix.target(resource.example.asking), state)
    return isinstance(made, Plan) and bool(made.steps)


def imported(found: Record) -> bytes:
    """The event that Security Hub sends for a finding."""
    return json.dumps(
        {
            "version": "0",
            "id": "7f3c9a52-0000-4000-8000-000000000001",
            "detail-type": "Security Hub Findings - Imported",
            "source": "aws.securityhub",
            "account": ACCOUNT,
            "time": found["UpdatedAt"],
            "region": REGION,
            "resources": [],
            "detail": {"findings": [found]},
        }
    ).encode()


def seen(call: str, parameters: Record, case: str, at: datetime, number: int) -> bytes:
    """CloudTrail's event of a write of ours."""
    source, _, name = call.partition(":")
    return json.dumps(
        {
            "eventVersion": "1.09",
            "eventID": f"e-{number}",
            "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "eventName": name,
            "eventSource": f"{source}.amazonaws.com",
            "awsRegion": REGION,
            "recipientAccountId": ACCOUNT,
            "readOnly": False,
            "userIdentity": {
                "type": "AssumedRole",
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/TriageAct/{case}",
                "accountId": ACCOUNT,
            },
            "requestParameters": parameters,
        }
    ).encode()


__all__ = ["SOMEBODY"]
