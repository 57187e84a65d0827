"""An engine that closes findings at their source: its scene, and what tests look at there."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.findings import ACCOUNT, REGION, finding, imported, organisation
from tests.worlds import Scene
from triage.adapters.aws.clients import Role
from triage.adapters.aws.cloud import AwsClouds
from triage.adapters.aws.limits import AwsLimits
from triage.closing.catalogue import DESKS
from triage.closing.shape import AtSource

ADMINISTRATOR = "999999999999"
ANALYZER = f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/default"
BUCKET = "arn:aws:s3:::reports"
INSTANCE = "i-0aaaaaaaaaaaaaaa1"
V2 = {
    "metadata": {"uid": "a" * 64},
    "class_name": "Compliance Finding",
    "compliance": {"control": "S3.8", "status": "FAILED", "status_id": 3},
    "finding_info": {"uid": "finding-1", "title": "Buckets should be blocked"},
    "resources": [{"uid": BUCKET, "type": "AWS::S3::Bucket"}],
    "severity_id": 3,
}


@dataclass
class Closer:
    """A scene whose engine may write at every source."""

    scene: Scene

    def __post_init__(self) -> None:
        clouds = AwsClouds(Role(name="TriageAct"), AwsLimits(), REGION)
        at_source = AtSource(clouds=clouds, desks=frozenset(DESKS))
        self.scene.world = replace(
            self.scene.world, at_source=at_source, switches=self.scene.store.switches
        )

    def only(self, *desks: str) -> None:
        """Let the engine write at these desks alone."""
        at_source = replace(self.scene.world.at_source, desks=frozenset(desks))
        self.scene.world = replace(self.scene.world, at_source=at_source)

    def load(self, *findings: dict[str, Any], **more: Any) -> None:
        """A bucket that is blocked by now, and what its account knows of it."""
        scenario = organisation(list(findings), public_access_block="all")
        scenario["accounts"][ACCOUNT].update(more.pop("here", {}))
        scenario["accounts"].update(more)
        self.scene.load(scenario)

    def closed(self, **changes: Any) -> str:
        """A bucket's finding that is closed by proof; nothing is written at its source yet."""
        found = finding(**changes)
        self.load(found)
        self.scene.submit(imported(self.at_hub()))
        (case,) = self.scene.decide_due()
        assert case is not None
        assert case.status == "closed", case.decided
        return str(case.id)

    def work(self, seconds: float = 0) -> None:
        """Let some time pass and run what is due."""
        self.scene.clock.advance(timedelta(seconds=seconds))
        self.scene.run_effects()

    def client(self, service: str, account: str = ACCOUNT) -> Any:
        return self.scene.sandbox.client(service, account, REGION)

    def at_hub(self) -> dict[str, Any]:
        """The finding as Security Hub has it."""
        (found,) = self.client("securityhub").get_findings()["Findings"]
        return dict(found)

    def events(self, case: str, kind: str) -> list[dict[str, Any]]:
        return [dict(one.data) for one in self.scene.events(case) if one.kind == kind]

    def outcome(self, case: str) -> tuple[str, str]:
        """What became of the first close that was intended at a source."""
        effects = self.scene.store.outbox.effects(case_id=case)
        (effect, *_) = [one for one in effects if one.kind == "close"]
        return str(effect.status), effect.outcome

    def effects(self, case: str) -> dict[str, str]:
        """The outcome of each desk."""
        effects = self.scene.store.outbox.effects(case_id=case)
        return {one.data["desk"]: one.outcome for one in effects if one.kind == "close"}


def native(kind: str, detail: dict[str, Any], source: str, resources: list[str]) -> bytes:
    """An event as EventBridge sends it."""
    return json.dumps(
        {
            "version": "0",
            "id": "7f3c9a52-0000-4000-8000-000000000002",
            "detail-type": kind,
            "source": source,
            "account": ACCOUNT,
            "time": "2026-11-20T10:00:05Z",
            "region": REGION,
            "resources": resources,
            "detail": detail,
        }
    ).encode()


def guardduty(**changes: Any) -> dict[str, Any]:
    """A GuardDuty finding in the API's casing."""
    return {
        "Id": "g-1",
        "Type": "Recon:EC2/Portscan",
        "Severity": 5.0,
        "UpdatedAt": "2026-11-20T10:00:00Z",
        "Resource": {
            "ResourceType": "Instance",
            "InstanceDetails": {"InstanceId": INSTANCE},
        },
        "Service": {"DetectorId": "member", "Count": 1, "ResourceRole": "TARGET"},
        **changes,
    }


def told_by_guardduty(count: int = 1, *, archived: bool = False, **changes: Any) -> bytes:
    """The event of that finding."""
    detail = {
        "schemaVersion": "2.0",
        "accountId": ACCOUNT,
        "region": REGION,
        "id": "g-1",
        "arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/member/finding/g-1",
        "type": "Recon:EC2/Portscan",
        "severity": 5.0,
        "createdAt": "2026-11-20T10:00:00Z",
        "updatedAt": "2026-11-20T10:00:00Z",
        "title": "A port scan",
        "resource": {
            "resourceType": "Instance",
            "instanceDetails": {"instanceId": INSTANCE},
        },
        "service": {
            "detectorId": "member",
            "count": count,
            "archived": archived,
            "resourceRole": "TARGET",
        },
        **changes,
    }
    return native("GuardDuty Finding", detail, "aws.guardduty", [])


def told_by_analyzer(status: str = "ACTIVE", updated: str = "2026-11-20T10:00:00Z") -> bytes:
    """The event of an analyzer's finding."""
    detail = {
        "version": "1.0",
        "id": "a-1",
        "status": status,
        "resourceType": "AWS::S3::Bucket",
        "resource": BUCKET,
        "accountId": ACCOUNT,
        "region": REGION,
        "createdAt": "2026-11-20T10:00:00Z",
        "analyzedAt": "2026-11-20T10:00:00Z",
        "updatedAt": updated,
        "principal": {"AWS": "444455556666"},
        "action": ["s3:GetObject"],
        "isDeleted": False,
        "isPublic": False,
    }
    return native("Access Analyzer Finding", detail, "aws.access-analyzer", [ANALYZER])
