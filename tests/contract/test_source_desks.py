"""Inspector and Security Hub V2 confirm what they know and nothing else, over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import an_account
from tests.readings import ticket_of
from tests.worlds import Scene, a_scene
from triage.domain.evidence import Answer, Known, Unknown
from triage.questions.question import Asking, CannotAsk
from triage.questions.source_finding import interpret, plan
from triage.sandbox.server import Sandbox

pytestmark = pytest.mark.slow

ONE, REGION = "111111111111", "eu-west-1"
INSTANCE = "i-0aa1bb2cc3dd4ee01"
ARN = f"arn:aws:inspector2:{REGION}:{ONE}:finding/0123456789abcdef0123456789abcdef"
UID = "0123456789abcdef" * 4
CONTROL = f"arn:aws:securityhub:{REGION}:{ONE}:security-control/S3.8/finding/0d0d0d0d"
UPDATED = "2026-11-20T10:00:00Z"


def vulnerability(**fields: Any) -> dict[str, Any]:
    """A finding as Inspector keeps it."""
    return {
        "findingArn": ARN,
        "awsAccountId": ONE,
        "type": "PACKAGE_VULNERABILITY",
        "severity": "HIGH",
        "status": "ACTIVE",
        "updatedAt": UPDATED,
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": INSTANCE}],
        **fields,
    }


def in_asff(**fields: Any) -> dict[str, Any]:
    """The same finding as Security Hub tells it."""
    return {
        "Id": ARN,
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/inspector",
        "GeneratorId": "AWSInspector",
        "AwsAccountId": ONE,
        "Region": REGION,
        "Types": ["Software and Configuration Checks/Vulnerabilities/CVE"],
        "Resources": [
            {"Type": "AwsEc2Instance", "Id": f"arn:aws:ec2:{REGION}:{ONE}:instance/{INSTANCE}"}
        ],
        **fields,
    }


def a_control(**fields: Any) -> dict[str, Any]:
    """A control finding as Security Hub V2 keeps it."""
    return {
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "cloud": {"account": {"uid": ONE}, "region": REGION, "provider": "AWS"},
        "compliance": {"control": "S3.8", "status": "Fail", "status_id": 3},
        "finding_info": {"uid": CONTROL, "title": "Block", "modified_time_dt": UPDATED},
        "metadata": {
            "uid": UID,
            "product": {"uid": f"arn:aws:securityhub:{REGION}::productv2/aws/securityhub"},
        },
        "resources": [
            {"uid": "reports", "uid_alt": "arn:aws:s3:::reports", "type": "AWS::S3::Bucket"}
        ],
        "severity_id": 4,
        "status_id": 1,
        "status": "New",
        **fields,
    }


@pytest.fixture
def scene(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with a_scene(sandbox, tmp_path, monkeypatch) as made:
        yield made


def asked(scene: Scene, record: dict[str, Any], **sections: Any) -> Answer:
    """What the source says of a record when this is what it keeps."""
    scene.load({"region": REGION, "accounts": {ONE: sections}})
    now = scene.clock.now()
    asking = Asking(ticket=ticket_of(record), account=an_account(id=ONE), now=now)
    reads = plan(asking)
    found = scene.evidence.fetch(reads, deadline=now + timedelta(seconds=20), fresh=now)
    return interpret(asking, [found[read] for read in reads])


def said(answer: Answer) -> tuple[Any, ...]:
    assert isinstance(answer, Known), answer
    value = answer.value
    return (value["confirmed"], value["status"], value["severity"])


NOTHING = (False, "", 0)


@pytest.mark.parametrize("record", [vulnerability(), in_asff()])
@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ({}, (True, "open", 75)),
        ({"status": "CLOSED"}, (True, "resolved", 75)),
        ({"status": "SUPPRESSED", "severity": "LOW"}, (True, "suppressed", 30)),
        ({"severity": "UNTRIAGED"}, (True, "open", 50)),
        ({"type": "NETWORK_REACHABILITY"}, NOTHING),
        ({"awsAccountId": "222222222222"}, NOTHING),
        ({"resources": [{"type": "AWS_EC2_INSTANCE", "id": "i-0ffffffffffffffff"}]}, NOTHING),
        ({"findingArn": ARN[:-1] + "0"}, NOTHING),
    ],
)
def test_inspector_confirms_the_same_finding_about_the_same_subject(
    scene: Scene, record: dict[str, Any], kept: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    assert said(asked(scene, record, inspector_findings=[vulnerability(**kept)])) == expected


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ({}, (True, "open", 75)),
        ({"status_id": 3}, (True, "suppressed", 75)),
        ({"status_id": 4, "severity_id": 1}, (True, "resolved", 0)),
        ({"severity_id": 99}, (True, "open", 50)),
        ({"compliance": {"control": "S3.8", "status_id": 1}}, (True, "resolved", 75)),
        ({"status_id": 99}, NOTHING),
        ({"compliance": {"control": "S3.2", "status_id": 3}}, NOTHING),
        ({"cloud": {"account": {"uid": "222222222222"}}}, NOTHING),
        ({"resources": [{"uid": "other"}]}, NOTHING),
        ({"metadata": {"uid": UID[::-1]}}, NOTHING),
    ],
)
def test_security_hub_v2_confirms_the_same_finding_about_the_same_subject(
    scene: Scene, kept: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    found = asked(scene, a_control(), security_hub_v2_findings=[a_control(**kept)])
    assert said(found) == expected


@pytest.mark.parametrize("record", [vulnerability(), in_asff(), a_control()])
def test_a_throttled_source_confirms_nothing(scene: Scene, record: dict[str, Any]) -> None:
    now = scene.clock.now()
    asking = Asking(ticket=ticket_of(record), account=an_account(id=ONE), now=now)
    scene.without_evidence()
    found = scene.evidence.fetch(plan(asking), deadline=now, fresh=now)
    assert isinstance(interpret(asking, list(found.values())), Unknown)


def test_a_vendors_own_finding_has_nobody_to_be_asked() -> None:
    record = a_control(metadata={"uid": UID, "product": {"name": "Compass", "vendor_name": "C"}})
    asking = Asking(
        ticket=ticket_of(record), account=an_account(id=ONE), now=ticket_of(record).version
    )
    with pytest.raises(CannotAsk, match="its vendor cannot be asked"):
        plan(asking)
