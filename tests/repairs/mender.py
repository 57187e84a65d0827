"""An engine that may repair: its scene, and what tests do with repairs."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.findings import finding, imported, organisation
from tests.worlds import Scene, Signing
from triage.adapters.aws.clients import Role
from triage.adapters.aws.cloud import AwsClouds
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.ssh.signer import public_line
from triage.adapters.ssh.verifier import SshVerifier
from triage.domain.account import Account, Organisation, Tier
from triage.domain.case import Case
from triage.domain.person import People, Person
from triage.domain.policy import Policy
from triage.engine.repairing.approving import Saying, approve, reject, revert

PLAYBOOK = """\
playbook: block-it
title: Buckets are blocked
owner: storage-security
why: Without the block, one change makes the bucket public.
match:
  type: ["S3.8"]
evidence:
  bucket: { ask: s3.public_access }
rules:
  - rule: blocked now
    when: bucket.public_access_blocked
    close: no longer present
    because: "All four settings are on."
  - rule: block it
    when: not bucket.public_access_blocked
    resolve: [{ fix: s3.block_public_access }]
    because: "The block is off."
"""
EXPOSED = """\
playbook: block-what-is-public
title: Public buckets are blocked
owner: storage-security
why: What is public is read.
match:
  type: ["S3.2"]
evidence:
  bucket: { ask: s3.public_access }
rules:
  - rule: block it
    when: not bucket.public_access_blocked
    resolve: [{ fix: s3.block_public_access }]
    because: "The bucket is public."
"""
FREELY = Policy(repairs=True, ask_in=())
"""Repairs without asking anybody."""


@dataclass
class Mender:
    """A scene whose engine repairs."""

    scene: Scene

    def __post_init__(self) -> None:
        self.keys = {name: Ed25519PrivateKey.generate() for name in ("alice", "bob")}
        role = Role(name="TriageAct", external_id="triage-tests")
        clouds = AwsClouds(role, AwsLimits(), "eu-west-1")
        store = self.scene.store
        self.scene.world = replace(self.scene.world, clouds=clouds, switches=store.switches)
        self.under(FREELY)

    def under(self, policy: Policy, playbook: str = PLAYBOOK, **account: Any) -> None:
        """Put a policy in force, with one playbook and one account."""
        fields = {"name": "shop", "tier": Tier.DEVELOPMENT, "owner": "shop-team", "listed": True}
        shop = Account(id="111111111111", **(fields | account))
        rules = replace(
            self.scene.world.rules,
            files={"block-it.yaml": playbook, "exposed.yaml": EXPOSED},
            organisation=Organisation(accounts={shop.id: shop}),
            policy=policy,
        )
        self.scene.world = replace(self.scene.world, rules=rules)

    def decide(self, control: str = "S3.8", **bucket: Any) -> str:
        """Receive a finding about a bucket that is not blocked, and decide; nothing is done yet."""
        found = finding(control, bucket=bucket.get("name", "reports"))
        self.scene.load(organisation([found], **bucket))
        self.scene.submit(imported(found))
        (case,) = self.scene.decide_due()
        assert case is not None
        return str(case.id)

    def case(self, case_id: str) -> Case:
        return self.scene.case(case_id)

    def kinds(self, case_id: str) -> list[str]:
        """What happened to a case since it was decided, but for notices."""
        kinds = [str(one.kind) for one in self.scene.events(case_id)]
        return [one for one in kinds[kinds.index("decided") :] if not one.startswith("effect_")]

    def data(self, case_id: str, kind: str) -> dict[str, Any]:
        """What the last event of a kind says."""
        found = [one.data for one in self.scene.events(case_id) if one.kind == kind]
        return dict(found[-1])

    def work(self, seconds: float = 0) -> None:
        """Let some time pass and run what is due."""
        self.scene.clock.advance(timedelta(seconds=seconds))
        self.scene.run_effects()

    def block(self, bucket: str = "reports") -> Any:
        """The bucket's public access block; None when it has none."""
        client = self.scene.sandbox.client("s3", "111111111111", "eu-west-1")
        try:
            return client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        except client.exceptions.ClientError:
            return None

    def saying(self, by: str = "alice") -> Saying:
        people = {name: Person(name=name, keys=(public_line(key),)) for name, key in self.listed()}
        return Saying(
            by=by,
            origin="tests",
            people=People(people=people),
            signer=Signing(self.keys[by]),
            verifier=SshVerifier(),
        )

    def listed(self) -> list[tuple[str, Ed25519PrivateKey]]:
        return sorted(self.keys.items())

    def approve(self, case_id: str, by: str = "alice") -> Case:
        return approve(self.scene.world, case_id, self.saying(by))

    def reject(self, case_id: str, by: str = "alice") -> Case:
        return reject(self.scene.world, case_id, self.saying(by), reason="not now")

    def revert(self, case_id: str, by: str = "alice") -> None:
        revert(self.scene.world, case_id, self.saying(by))
