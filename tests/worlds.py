"""A whole engine on real parts for acceptance tests: SQLite, the sandbox over HTTP, a clock."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from triage.adapters.aws.clients import Clients, Role
from triage.adapters.aws.evidence_source import AwsEvidence
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.files.playbooks import read_model, read_playbooks
from triage.adapters.history.evidence_source import PastVerdicts
from triage.adapters.network.evidence_source import KnownNetworks
from triage.adapters.network.ranges import Ranges
from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.adapters.ssh.signer import public_line, sign_with
from triage.adapters.ssh.verifier import SshVerifier
from triage.adapters.storage import Store, open_inbox, open_store
from triage.adapters.system.clock import SystemClock
from triage.domain.account import Account, Organisation, Tier
from triage.domain.case import Case
from triage.domain.evidence import Failed, Failure, Got, Missing, RawRead, Read
from triage.domain.person import People, Person, Signature
from triage.domain.severity import Label
from triage.domain.verdict import Verdict
from triage.engine.commands import Replay, acknowledge, part, replay
from triage.engine.effects import run_effects
from triage.engine.limits import Limits
from triage.engine.pipeline import decide_due, settle, take_in
from triage.engine.rules import Rules
from triage.engine.sampling import Sampling
from triage.engine.timers import fire_timers
from triage.engine.verdicts import Say, give_verdict
from triage.engine.world import Contact, World
from triage.judgement.score import model_from
from triage.playbook.loader import Loaded, load
from triage.ports.notifier import Notice, Undelivered
from triage.remediations.vocabulary import VOCABULARY
from triage.sandbox.server import Sandbox

ROOT = Path(__file__).resolve().parent.parent
OWNER = "test"


class AdvancingClock(SystemClock):
    """The real time, plus what a test adds."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self._ahead

    def advance(self, span: timedelta) -> None:
        self._ahead += span


@dataclass
class RecordingNotifier:
    """Keeps what it was told; refuses the first `refuse` times."""

    sent: list[tuple[str, Notice]] = field(default_factory=list)
    refuse: int = 0

    @property
    def told(self) -> list[Notice]:
        return [notice for _, notice in self.sent]

    def notify(self, contact: str, notice: Notice) -> str:
        if self.refuse:
            self.refuse -= 1
            raise Undelivered("not now")
        self.sent.append((contact, notice))
        return "told"


@dataclass
class WatchedEvidence:
    """An evidence source that can be told to make some answers old, or to have none at all."""

    inner: AwsEvidence
    old: dict[str, timedelta] = field(default_factory=dict)
    nothing: bool = False
    last: RawRead | None = None

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        if self.nothing:
            answers = {
                read: Failed(failure=Failure.UNSUPPORTED, detail="no credentials") for read in reads
            }
        else:
            found = self.inner.fetch(reads, deadline=deadline, fresh=fresh)
            answers = {read: self._aged(read, raw) for read, raw in found.items()}
        self.last = next(iter(answers.values()), None)
        return answers

    def _aged(self, read: Read, raw: RawRead) -> RawRead:
        age = self.old.get(read.kind.partition(".")[0])
        if age is None or not isinstance(raw, Got | Missing):
            return raw
        return replace(raw, as_of=raw.as_of - age)


@dataclass(frozen=True)
class Signing:
    """Signs with a key at hand."""

    key: Ed25519PrivateKey

    def sign(self, statement: bytes) -> str:
        return sign_with(self.key, statement)


@dataclass
class Scene:
    """One engine, one sandbox, and what tests do with them."""

    world: World
    store: Store
    sandbox: Sandbox
    clock: AdvancingClock
    notifier: RecordingNotifier
    evidence: WatchedEvidence

    def load(self, scenario: dict[str, Any]) -> None:
        self.sandbox.reset(scenario)

    def sign(self, *signatures: Signature) -> None:
        self.world = replace(self.world, rules=replace(self.world.rules, signatures=signatures))

    def allow(self, *, seconds: float) -> None:
        limits = replace(self.world.limits, evidence_seconds=dict.fromkeys(Label, seconds))
        self.world = replace(self.world, limits=limits)

    def backdate(self, service: str, age: timedelta) -> None:
        self.evidence.old[service] = age

    def without_evidence(self) -> None:
        self.evidence.nothing = True

    def submit(self, *bodies: bytes) -> None:
        self.world.queue.submit(bodies)
        while take_in(self.world, at_most=100, wait_seconds=0):
            pass

    def decide(self, body: bytes, *, due: bool = True) -> dict[str, Any]:
        """Take one message in, decide what is due, run the effects, and give the decision."""
        self.world.queue.submit([body])
        (receipt,) = take_in(self.world, at_most=1, wait_seconds=0)
        settled = self.decide_due()
        assert bool(settled) is due
        self.run_effects()
        assert receipt.case is not None
        case = self.case(receipt.case.id)
        return {"case": case.id, **(case.decided or {})}

    def decide_due(self) -> Sequence[Case | None]:
        return decide_due(self.world, owner=OWNER, at_most=100)

    def claim(self) -> Sequence[Any]:
        return self.world.cases.claim(
            now=self.clock.now(), owner=OWNER, at_most=10, lease_seconds=60
        )

    def settle(self, claims: Sequence[Any]) -> list[Case | None]:
        return list(settle(self.world, claims))

    def run_effects(self) -> None:
        while run_effects(self.world, owner=OWNER, at_most=50):
            pass

    def run_timers(self) -> None:
        fire_timers(self.world, owner=OWNER, at_most=50)
        self.run_effects()

    def case(self, case_id: str) -> Case:
        return self.store.cases.case(case_id)

    def events(self, case_id: str) -> Sequence[Any]:
        return self.store.cases.events(self.case(case_id).id)

    def acknowledge(self, case_id: str) -> None:
        acknowledge(
            self.store.cases, self.store.incidents, case_id, by="alice", at=self.clock.now()
        )

    def say(self, case_id: str, verdict: Verdict, *, by: str = "alice", **more: Any) -> None:
        """Give a verdict, signed by alice."""
        key = Ed25519PrivateKey.generate()
        person = Person(name=by, keys=(public_line(key),))
        give_verdict(
            self.store.cases,
            People(people={by: person}),
            Say(case=case_id, verdict=verdict, reason="looked", by=by, **more),
            signer=Signing(key),
            verifier=SshVerifier(),
            at=self.clock.now(),
            at_source=self.world.at_source,
        )

    def part(self, case_id: str) -> None:
        part(self.store.cases, self.store.incidents, case_id, by="alice", at=self.clock.now())

    def close(self, case_id: str) -> None:
        self.say(case_id, Verdict.BENIGN)

    def replay(self, case_id: str) -> Replay:
        return replay(self.store.cases, case_id, VOCABULARY)

    def forget_cache(self) -> None:
        self.clock.advance(timedelta(minutes=10))


@contextmanager
def a_scene(sandbox: Sandbox, folder: Path, monkeypatch: Any) -> Iterator[Scene]:
    """Build an engine whose AWS is the sandbox."""
    for name, value in sandbox.environment("111111111111", "eu-west-1").items():
        monkeypatch.setenv(name, value)
    clock, notifier = AdvancingClock(), RecordingNotifier()
    store = open_store(folder / "triage.sqlite3")
    inbox = open_inbox(folder / "inbox.sqlite3", clock, 30)
    limits = AwsLimits(attempts=1, read_seconds=5)
    aws = AwsEvidence(Clients(Role(name="TriageRead"), limits, "eu-west-1"), clock, limits)
    evidence = WatchedEvidence(aws)
    world = World(
        queue=inbox,
        cases=store.cases,
        incidents=store.incidents,
        outbox=store.outbox,
        quarantine=store.quarantine,
        evidence=PastVerdicts(store.cases, clock, KnownNetworks(Ranges(()), None, clock, evidence)),
        notifiers={"test": notifier},
        contacts=(
            Contact(name="first", channel="test", address="first@example.com"),
            Contact(name="second", channel="test", address="second@example.com"),
        ),
        clock=clock,
        metrics=PrometheusMetrics(),
        rules=shipped_rules(),
        limits=Limits(),
        sampling=Sampling(key=b"k" * 32, closes=store.closes),
    )
    try:
        yield Scene(world, store, sandbox, clock, notifier, evidence)
    finally:
        aws.close()
        inbox.close()
        store.close()


@cache
def shipped_playbooks() -> tuple[Mapping[str, str], Loaded]:
    """What ships, checked once for all scenes: reading it takes longer than most of them."""
    files = read_playbooks(ROOT / "playbooks")
    return files, load(files, VOCABULARY)


def shipped_rules() -> Rules:
    """The playbooks and the model that ship, for one listed production account."""
    shop = Account(
        id="111111111111", name="shop", tier=Tier.PRODUCTION, owner="shop-team", listed=True
    )
    files, prepared = shipped_playbooks()
    return Rules(
        files=files,
        prepared=prepared,
        vocabulary=VOCABULARY,
        organisation=Organisation(accounts={shop.id: shop}),
        model=model_from("simulated.json", read_model(ROOT / "models" / "simulated.json")),
    )
