"""A store with a past: tickets that were decided with evidence, and what people said of them."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.engines import Engine, an_engine, finding
from triage.adapters.ssh.signer import public_line, sign_with
from triage.adapters.ssh.verifier import SshVerifier
from triage.domain.evidence import Failed, Failure, Got, RawRead, Read
from triage.domain.person import People, Person
from triage.domain.verdict import Verdict
from triage.engine.verdicts import Say, give_verdict

BASE = """\
playbook: bucket-block
title: A bucket without public access block
owner: storage
why: Because.
match: { type: ["S3.8"] }
evidence:
  bucket: { ask: s3.public_access }
rules:
  - rule: crown jewels
    when: subject.name == "crown"
    escalate: high
    because: "It is a crown jewel."
  - rule: blocked now
    when: bucket.public_access_blocked
    close: no longer present
    because: "It is blocked: {{ bucket.explanation }}"
  - rule: still open
    escalate: medium
    because: "It is open."
tests:
  - test: a crown jewel goes to a person
    ticket: { like: securityhub-s3.8, subject: { arn: "arn:aws:s3:::crown" } }
    evidence: { bucket: { public_access_blocked: true, explanation: "on" } }
    expect: { escalate: high, rule: crown jewels }
  - test: what is blocked ends
    ticket: { like: securityhub-s3.8 }
    evidence: { bucket: { public_access_blocked: true, explanation: "on" } }
    expect: { close: no longer present, ground: proof }
  - test: what is open is told
    ticket: { like: securityhub-s3.8 }
    evidence: { bucket: { public_access_blocked: false, explanation: "off" } }
    expect: { escalate: medium, rule: still open }
  - test: what nobody knows is told
    ticket: { like: securityhub-s3.8 }
    evidence: { bucket: unknown }
    expect: { escalate: any, because: "could not find out" }
"""
CROWN = BASE[BASE.index("  - rule: crown") : BASE.index("  - rule: blocked")]
WITHOUT_CROWN = BASE.replace(CROWN, "")[: BASE.replace(CROWN, "").index("tests:")]
"""The rule that kept crown jewels open is gone: what is blocked now closes by proof."""
HASTY = BASE[: BASE.index("tests:")].replace("    escalate: medium", "    close: benign")
"""Says that what is open is benign. Nothing proves that, so it would need a licence."""
OTHER = """\
playbook: ports
title: An open port
owner: network
why: Because.
match: { type: ["EC2.19"] }
rules:
  - rule: open
    escalate: medium
    because: "It is open."
"""


@dataclass
class Buckets:
    """Security Hub and S3 as evidence: every finding is confirmed; `blocked` buckets are blocked.

    A bucket named `silent` is throttled.
    """

    blocked: set[str] = field(default_factory=set)
    now: Any = None

    def fetch(self, reads: Sequence[Read], *, deadline: Any, fresh: Any) -> dict[Read, RawRead]:
        return {read: self._answer(read) for read in reads}

    def _answer(self, read: Read) -> RawRead:
        payload = self._payload(read)
        if payload is None:
            return Failed(failure=Failure.THROTTLED, detail=read.kind)
        return Got(payload=payload, as_of=self.now(), source="test")

    def _payload(self, read: Read) -> dict[str, Any] | None:
        bucket = str(read.argument("bucket"))
        if bucket == "silent":
            return None
        on = bucket in self.blocked
        names = (
            "BlockPublicAcls",
            "IgnorePublicAcls",
            "BlockPublicPolicy",
            "RestrictPublicBuckets",
        )
        kinds: dict[str, Any] = {
            "s3.get_public_access_block": {
                "PublicAccessBlockConfiguration": dict.fromkeys(names, on)
            },
            "s3.get_bucket_policy_status": {"PolicyStatus": {"IsPublic": False}},
            "s3.get_bucket_acl": {"Grants": []},
            "securityhub.get_findings": {"Findings": [record(str(read.argument("finding")))]},
        }
        return kinds.get(read.kind)


def record(finding_id: str) -> dict[str, Any]:
    """What Security Hub has of a finding, by its id."""
    import json  # noqa: PLC0415

    return dict(json.loads(s3_8(finding_id.rpartition("/")[2])))


def s3_8(bucket: str, **changes: Any) -> bytes:
    """A finding about a bucket without public access block."""
    fields = {
        "GeneratorId": "security-control/S3.8",
        "Compliance": {"Status": "FAILED", "SecurityControlId": "S3.8"},
    }
    return finding(bucket, **(fields | changes))


@dataclass
class Pasts:
    """An engine whose tickets become history."""

    engine: Engine
    buckets: Buckets
    folder: Path
    place: Path | str

    def decided(
        self,
        *buckets: str,
        blocked: bool = False,
        said: Verdict | None = None,
        blind: bool | None = None,
    ) -> str:
        """Record tickets about buckets, decided now; what a person said of them after."""
        if blocked:
            self.buckets.blocked |= set(buckets)
        self.engine.submit(*(s3_8(bucket) for bucket in buckets))
        cases = [case for case in self.engine.decide() if case is not None]
        if said is not None:
            for case in cases:
                self.say(case.id, said, blind=blind)
        return cases[-1].id

    def say(self, case: str, verdict: Verdict, *, blind: bool | None = None) -> None:
        key = Ed25519PrivateKey.generate()
        alice = Person(name="alice", keys=(public_line(key),))
        give_verdict(
            self.engine.store.cases,
            People(people={"alice": alice}),
            Say(case=case, verdict=verdict, reason="looked", by="alice", blind=blind),
            signer=_Signer(key),
            verifier=SshVerifier(),
            at=self.engine.clock.now(),
        )

    def pass_days(self, days: float) -> None:
        self.engine.clock.time += timedelta(days=days)

    def write(self, **texts: str) -> dict[str, Path]:
        """Write folders of playbooks, one file each."""
        folders = {}
        for name, text in texts.items():
            folders[name] = self.folder / name
            folders[name].mkdir(parents=True, exist_ok=True)
            (folders[name] / "one.yaml").write_text(text)
        return folders


@dataclass(frozen=True)
class _Signer:
    key: Ed25519PrivateKey

    def sign(self, statement: bytes) -> str:
        return sign_with(self.key, statement)


@contextmanager
def a_past(folder: Path, backend: str = "sqlite") -> Iterator[Pasts]:
    """An engine with the playbook `BASE`, and evidence about buckets."""
    with an_engine(folder, "first", backend=backend) as engine:
        buckets = Buckets(now=engine.clock.now)
        rules = replace(engine.world.rules, files={"one.yaml": BASE}, prepared=None)
        engine.change(evidence=buckets, rules=rules)
        place: Path | str = folder / "triage.sqlite3"
        if backend == "postgres":
            place = (folder / "postgres.url").read_text()
        yield Pasts(engine, buckets, folder, place)


def git(folder: Path, *words: str) -> str:
    """Run git in a folder of its own, whatever the machine's configuration says."""
    names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    names |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
    outside = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}  # noqa: TID251
    command = ["git", "-C", str(folder), *words]
    done = subprocess.run(command, env=outside | names, check=True, capture_output=True)
    return done.stdout.decode().strip()
