"""A quarter of a simulated organisation: probes of its instances, through a real engine, judged.

Everything is drawn from a seed. Real attacks knock often and are rated low, the noise of the
internet is rated higher and knocks seldom: what a model that was set by hand gets wrong, and what
people's verdicts teach.
"""

import json
import random  # noqa: TID251 - seeded
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.engines import Engine, NoEvidence, an_engine
from tests.worlds import Signing
from triage.adapters.ssh.signer import public_line
from triage.adapters.ssh.verifier import SshVerifier
from triage.adapters.system.clock import SystemClock
from triage.domain.account import Account, Organisation, Tier
from triage.domain.case import Case
from triage.domain.evidence import Got
from triage.domain.json import digest
from triage.domain.person import People, Person
from triage.domain.verdict import Verdict
from triage.engine.sampling import Sampling
from triage.engine.verdicts import Say, give_verdict

ACCOUNT, REGION = "111111111111", "eu-west-1"
TYPE = "Recon:EC2/PortProbeUnprotectedPort"
RULE, TIER = "instance-probed: the internet knocks", "staging"
STAGING = Account(id=ACCOUNT, name="shop", tier=Tier.STAGING, owner="shop-team", listed=True)
ORGANISATION = f"""\
[accounts.{ACCOUNT}]
name = "shop"
tier = "staging"
owner = "shop-team"
"""
ANALYSTS = ("ann", "ben", "cleo", "dan", "eve")
BATCH = 100


def probe(number: int, *, real: bool, at: datetime, count: int) -> dict[str, Any]:
    """A GuardDuty finding, as its event's detail has it."""
    name = digest(str(number).encode())[:32]
    told = at.isoformat().replace("+00:00", "Z")
    return {
        "schemaVersion": "2.0",
        "accountId": ACCOUNT,
        "region": REGION,
        "partition": "aws",
        "id": name,
        "arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/d1/finding/{name}",
        "type": TYPE,
        "severity": 2 if real else 5,
        "createdAt": told,
        "updatedAt": told,
        "title": "A port is probed.",
        "description": "A port is probed.",
        "resource": {
            "resourceType": "Instance",
            "instanceDetails": {"instanceId": f"i-{number:017x}"},
        },
        "service": {
            "serviceName": "guardduty",
            "archived": False,
            "count": count,
            "eventFirstSeen": told,
            "eventLastSeen": told,
            "resourceRole": "TARGET",
            "additionalInfo": {"value": "{}", "type": "default"},
        },
    }


def event(detail: dict[str, Any]) -> bytes:
    """The event that tells of it."""
    return json.dumps(
        {
            "version": "0",
            "id": detail["id"],
            "detail-type": "GuardDuty Finding",
            "source": "aws.guardduty",
            "account": ACCOUNT,
            "time": detail["updatedAt"],
            "region": REGION,
            "resources": [],
            "detail": detail,
        }
    ).encode()


def as_answered(value: Any) -> Any:
    """The same in the API's spelling: names begin with a capital."""
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: as_answered(one) for name, one in value.items()}
    return value


@dataclass
class GuardDuty(NoEvidence):
    """Confirms what it told."""

    told: dict[str, dict[str, Any]] = field(default_factory=dict)

    def fetch(self, reads, *, deadline, fresh):
        unknown = super().fetch(reads, deadline=deadline, fresh=fresh)
        return {read: self._said(read, fresh) or failed for read, failed in unknown.items()}

    def _said(self, read, fresh):
        found = self.told.get(read.argument("finding"))
        if read.kind != "guardduty.get_findings" or found is None:
            return None
        payload = {"Findings": [as_answered(found)]}
        return Got(payload=payload, as_of=fresh, source=read.kind)


@dataclass
class Quarter:
    """An engine, its analysts, and how many tickets there were."""

    engine: Engine
    source: GuardDuty
    keys: dict[str, Ed25519PrivateKey]
    chance: random.Random
    number: int = 0

    @property
    def people(self) -> People:
        listed = {
            name: Person(name=name, keys=(public_line(key),)) for name, key in self.keys.items()
        }
        return People(people=listed)

    def listed(self) -> str:
        """people.toml's part about them."""
        return "".join(
            f'[people.{name}]\nkeys = ["{public_line(key)}"]\n' for name, key in self.keys.items()
        )

    def arrive(self, count: int, *, real: int = 0) -> Sequence[tuple[Case, bool]]:
        """So many tickets, `real` of them attacks, decided now; each with what it is."""
        truth = [True] * real + [False] * (count - real)
        self.chance.shuffle(truth)
        found = [self._probe(one) for one in truth]
        self.source.told |= {detail["id"]: detail for detail in found}
        self.engine.submit(*(event(detail) for detail in found))
        known = {detail["id"]: one for detail, one in zip(found, truth, strict=True)}
        decided = (case for case in self.engine.decide() if case is not None)
        ours = [(case, known.get(str(case.key).rpartition(":")[2])) for case in decided]
        found_out = [(case, attack) for case, attack in ours if attack is not None]
        assert len(found_out) == count
        return found_out

    def _probe(self, real: bool) -> dict[str, Any]:  # noqa: FBT001 - what it is
        self.number += 1
        count = self.chance.randint(40, 900) if real else self.chance.randint(1, 30)
        return probe(self.number, real=real, at=self.engine.clock.now(), count=count)

    def say(self, case: str, verdict: Verdict, by: str, **more: Any) -> None:
        give_verdict(
            self.engine.store.cases,
            self.people,
            Say(case=case, verdict=verdict, reason="looked", by=by, **more),
            signer=Signing(self.keys[by]),
            verifier=SshVerifier(),
            at=self.engine.clock.now(),
        )

    def judged(self, days: int, count: int, *, real: int) -> None:
        """So many tickets spread over days, each judged blind by the next analyst."""
        for _ in range(days):
            self.engine.clock.time += timedelta(days=1)
            for place, (case, attack) in enumerate(self.arrive(count, real=real)):
                verdict = Verdict.TRUE_POSITIVE if attack else Verdict.BENIGN
                self.say(case.id, verdict, ANALYSTS[place % len(ANALYSTS)])


@contextmanager
def a_quarter(folder: Path, backend: str, days: int) -> Iterator[Quarter]:
    """An engine whose clock stands so many days ago, in an organisation with a staging account."""
    with an_engine(folder, "first", backend=backend) as engine:
        engine.clock.time = SystemClock().now() - timedelta(days=days)
        source = GuardDuty()
        rules = replace(engine.world.rules, organisation=Organisation(accounts={ACCOUNT: STAGING}))
        drawing = Sampling(key=b"k" * 32, closes=engine.store.closes)
        engine.change(evidence=source, rules=rules, sampling=drawing)
        keys = {name: Ed25519PrivateKey.generate() for name in ANALYSTS}
        yield Quarter(engine, source, keys, random.Random(7))  # noqa: S311 - repeatable
