"""Security Hub V2 on the whole path: its control finding closes by proof, a forged one never."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.worlds import Scene, a_scene
from triage.sandbox.server import Sandbox

ONE, REGION = "111111111111", "eu-west-1"
FINDING = {
    "class_uid": 2003,
    "class_name": "Compliance Finding",
    "cloud": {"account": {"uid": ONE}, "region": REGION, "provider": "AWS"},
    "compliance": {"control": "S3.8", "status": "Fail", "status_id": 3},
    "finding_info": {
        "uid": f"arn:aws:securityhub:{REGION}:{ONE}:security-control/S3.8/finding/reports",
        "title": "S3 general purpose buckets should block public access",
        "modified_time_dt": "2026-11-20T10:00:00Z",
    },
    "metadata": {
        "uid": "0123456789abcdef" * 4,
        "product": {"uid": f"arn:aws:securityhub:{REGION}::productv2/aws/securityhub"},
    },
    "resources": [{"uid": "reports", "uid_alt": "arn:aws:s3:::reports", "type": "AWS::S3::Bucket"}],
    "severity_id": 4,
    "severity": "High",
    "status_id": 1,
    "status": "New",
}


def imported() -> bytes:
    event = {
        "detail-type": "Findings Imported V2",
        "source": "aws.securityhub",
        "account": "999999999999",
        "time": "2026-11-20T10:00:05Z",
        "region": REGION,
        "detail": {"findings": [FINDING]},
    }
    return json.dumps(event).encode()


@pytest.fixture
def scene(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with a_scene(sandbox, tmp_path, monkeypatch) as made:
        yield made


def a_blocked_bucket(*findings: dict[str, Any]) -> dict[str, Any]:
    bucket = {"name": "reports", "public_access_block": "all"}
    sections = {"buckets": [bucket], "security_hub_v2_findings": list(findings)}
    return {"region": REGION, "accounts": {ONE: sections}}


def test_a_bucket_that_is_blocked_now_closes_by_proof_when_told_in_ocsf(scene: Scene) -> None:
    scene.load(a_blocked_bucket(FINDING))
    decided = scene.decide(imported())
    assert (decided["decision"], decided["verdict"], decided["ground"]) == (
        "close",
        "no longer present",
        "proof",
    )


def test_a_finding_that_security_hub_does_not_know_goes_to_a_person(scene: Scene) -> None:
    scene.load(a_blocked_bucket())
    assert scene.decide(imported())["decision"] == "escalate"
