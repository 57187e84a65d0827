"""Infrastructure that is well again closes by proof, and no fault in a look-up ever does.

The whole path on real parts, as in test_closing. Each proof has a row: what the world looks like,
the ticket, the look-ups that the proof rests on, and a world in which the finding still holds.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance.test_closing import FAULTS
from tests.findings import ACCOUNT, REGION, finding, imported

pytestmark = pytest.mark.slow

HERE = f"{REGION}:{ACCOUNT}"
INSTANCE, VOLUME = "i-0bbbbbbbbbbbbbbb1", "vol-0ccccccccccccccc1"
KEY = "1a2b3c4d-0000-4000-8000-000000000001"
INSPECTED = f"arn:aws:inspector2:{HERE}:finding/0123456789abcdef0123456789abcdef"
STACK = f"arn:aws:cloudformation:{HERE}:stack/shop/0a1b2c3d-0000-4000-8000-000000000001"
TOLD = "2026-11-20T10:00:00Z"


def control(name: str, kind: str, id_: str) -> dict[str, Any]:
    resource = {"Type": kind, "Id": id_, "Region": REGION}
    return finding(name, id_.rpartition("/")[2].rpartition(":")[2], Resources=[resource])


def an_account(**sections: Any) -> dict[str, Any]:
    shop = {"name": "shop", "tier": "production", "owner": "shop-team", **sections}
    return {"region": REGION, "accounts": {ACCOUNT: shop}}


def event(source: str, detail_type: str, detail: Mapping[str, Any]) -> bytes:
    told = {
        "version": "0",
        "id": "7f3c9a52-0000-4000-8000-000000000002",
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": TOLD,
        "region": REGION,
        "resources": [],
        "detail": detail,
    }
    return json.dumps(told).encode()


@dataclass(frozen=True)
class Proof:
    """A proof: its rule, the ticket, its world, its look-ups, and a world that lacks it."""

    rule: str
    body: bytes
    well: dict[str, Any]
    unwell: dict[str, Any]
    lookups: Sequence[tuple[str, str]]


def by_control(
    rule: str,
    told: dict[str, Any],
    *,
    well: dict[str, Any],
    unwell: dict[str, Any],
    lookups: Sequence[tuple[str, str]],
) -> Proof:
    known = {"security_hub_findings": [told]}
    return Proof(
        rule, imported(told), an_account(**known, **well), an_account(**known, **unwell), lookups
    )


WHOLE = f"AWS::::Account:{ACCOUNT}"
BUCKET = {"buckets": [{"name": "logs"}]}


def trail(**fields: Any) -> dict[str, Any]:
    return BUCKET | {"trails": [{"name": "main", "bucket": "logs", **fields}]}


def vulnerability(status: str) -> dict[str, Any]:
    return {
        "findingArn": INSPECTED,
        "awsAccountId": ACCOUNT,
        "type": "PACKAGE_VULNERABILITY",
        "severity": "HIGH",
        "status": status,
        "title": "CVE-2026-0001",
        "firstObservedAt": TOLD,
        "lastObservedAt": TOLD,
        "updatedAt": TOLD,
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": INSTANCE}],
    }


def scanned(status: str, at: str) -> dict[str, Any]:
    return {
        "instances": [{"id": INSTANCE}],
        "inspector_findings": [vulnerability(status)],
        "inspector_coverage": [{"resourceId": INSTANCE, "lastScannedAt": at}],
    }


def a_stack(status: str, checked: str) -> dict[str, Any]:
    drift = {"StackDriftStatus": status, "LastCheckTimestamp": checked}
    return {"stacks": [{"StackId": STACK, "StackName": "shop", "DriftInformation": drift}]}


DRIFTED = {
    "stack-id": STACK,
    "stack-drift-detection-id": "d-1",
    "status-details": {
        "stack-drift-status": "DRIFTED",
        "detection-status": "DETECTION_COMPLETE",
    },
    "drift-detection-details": {"drifted-stack-resource-count": 2},
}

PROOFS = {
    "imdsv2": by_control(
        "imdsv2-not-required: required now",
        control("EC2.8", "AwsEc2Instance", f"arn:aws:ec2:{HERE}:instance/{INSTANCE}"),
        well={"instances": [{"id": INSTANCE, "tokens": "required"}]},
        unwell={"instances": [{"id": INSTANCE, "tokens": "optional"}]},
        lookups=[("ec2", "DescribeInstances")],
    ),
    "database": by_control(
        "database-unencrypted: encrypted now",
        control("RDS.3", "AwsRdsDbInstance", f"arn:aws:rds:{HERE}:db:orders"),
        well={"databases": [{"name": "orders"}]},
        unwell={"databases": [{"name": "orders", "encrypted": False}]},
        lookups=[("rds", "DescribeDBInstances")],
    ),
    "key": by_control(
        "kms-key-deletion-scheduled: kept after all",
        control("KMS.3", "AwsKmsKey", f"arn:aws:kms:{HERE}:key/{KEY}"),
        well={"keys": [{"id": KEY}]},
        unwell={"keys": [{"id": KEY, "deletion": True}]},
        lookups=[
            ("kms", "DescribeKey"),
            ("kms", "GetKeyRotationStatus"),
            ("kms", "GetKeyPolicy"),
        ],
    ),
    "volume": by_control(
        "resource-is-gone: the service does not know it any more",
        control("EC2.3", "AwsEc2Volume", f"arn:aws:ec2:{HERE}:volume/{VOLUME}"),
        well={},
        unwell={"volumes": [{"id": VOLUME}]},
        lookups=[("ec2", "DescribeVolumes")],
    ),
    "detector": by_control(
        "guardduty-switched-off: enabled now",
        control("GuardDuty.1", "AwsAccount", WHOLE),
        well={"detectors": [{}]},
        unwell={"detectors": [{"status": "DISABLED"}]},
        lookups=[("guardduty", "ListDetectors"), ("guardduty", "GetDetector")],
    ),
    "trail": by_control(
        "trail-missing: recorded everywhere now",
        control("CloudTrail.1", "AwsAccount", WHOLE),
        well=trail(),
        unwell=trail(multi_region=False),
        lookups=[
            ("cloudtrail", "DescribeTrails"),
            ("cloudtrail", "GetTrailStatus"),
            ("cloudtrail", "GetEventSelectors"),
        ],
    ),
    "vulnerability": Proof(
        "vulnerability-patched: patched",
        event("aws.inspector2", "Inspector2 Finding", vulnerability("ACTIVE")),
        an_account(**scanned("CLOSED", "-1h")),
        an_account(**scanned("CLOSED", "2026-11-20T09:00:00Z")),
        [("inspector2", "ListCoverage"), ("inspector2", "ListFindings")],
    ),
    "drift": Proof(
        "stack-drifted: in sync again",
        event("aws.cloudformation", "CloudFormation Drift Detection Status Change", DRIFTED),
        an_account(**a_stack("IN_SYNC", "-1h")),
        an_account(**a_stack("IN_SYNC", "2026-11-20T09:00:00Z")),
        [("cloudformation", "DescribeStacks")],
    ),
}


@pytest.mark.parametrize("name", PROOFS)
def test_what_is_well_again_closes_by_proof(scene, name):
    proof = PROOFS[name]
    scene.load(proof.well)
    decided = scene.decide(proof.body)
    assert (decided["decision"], decided.get("ground"), decided["rule"]) == (
        "close",
        "proof",
        proof.rule,
    ), decided


@pytest.mark.parametrize("name", PROOFS)
def test_what_is_not_goes_to_a_person(scene, name):
    scene.load(PROOFS[name].unwell)
    decided = scene.decide(PROOFS[name].body)
    assert decided["decision"] == "escalate", decided
    assert scene.notifier.told


LOOKUPS = [(name, *one) for name, proof in PROOFS.items() for one in proof.lookups]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize(("name", "service", "operation"), LOOKUPS, ids=lambda word: word)
def test_no_proof_survives_a_fault_in_any_of_its_look_ups(scene, fault, name, service, operation):
    scene.load(PROOFS[name].well)
    scene.allow(seconds=fault.seconds)
    fault.strike(scene, service, operation)
    decided = scene.decide(PROOFS[name].body)
    assert decided["decision"] == "escalate", decided
    assert scene.notifier.told


def test_an_exposure_that_is_over_by_deletion_still_goes_to_a_person(scene):
    snapshot = f"arn:aws:ec2:{HERE}:snapshot/snap-0ddddddddddddddd1"
    told = control("EC2.1", "AwsEc2Snapshot", snapshot)
    scene.load(an_account(security_hub_findings=[told]))
    decided = scene.decide(imported(told))
    assert decided["decision"] == "escalate"
    assert decided["rule"] == "snapshot-shared-with-everyone: was public until it was deleted"


def test_a_public_snapshot_and_an_open_function_wake_somebody(scene):
    snapshot = "snap-0ddddddddddddddd1"
    shared = control("EC2.1", "AwsEc2Snapshot", f"arn:aws:ec2:{HERE}:snapshot/{snapshot}")
    open_ = control("Lambda.1", "AwsLambdaFunction", f"arn:aws:lambda:{HERE}:function:resize")
    scene.load(
        an_account(
            security_hub_findings=[shared, open_],
            snapshots=[{"id": snapshot, "public": True}],
            functions=[{"name": "resize", "permissions": [{"Principal": "*"}]}],
        )
    )
    rules = [scene.decide(imported(one))["rule"] for one in (shared, open_)]
    assert rules == [
        "snapshot-shared-with-everyone: snapshot anyone may copy now",
        "lambda-callable-by-anyone: anyone may call it now",
    ]


def test_a_finding_about_several_resources_does_not_end_with_one_of_them(scene):
    gone, there = (f"arn:aws:ec2:{HERE}:volume/{one}" for one in (VOLUME, f"{VOLUME[:-1]}2"))
    both = [{"Type": "AwsEc2Volume", "Id": one, "Region": REGION} for one in (gone, there)]
    told = control("EC2.3", "AwsEc2Volume", gone) | {"Resources": both}
    scene.load(an_account(security_hub_findings=[told]))
    decided = scene.decide(imported(told))
    assert decided["decision"] == "escalate"
    assert "the ticket is about several resources" in decided["reasons"][0]


def test_a_terminated_instance_ends_its_vulnerability(scene):
    scene.load(an_account(inspector_findings=[vulnerability("CLOSED")]))
    decided = scene.decide(PROOFS["vulnerability"].body)
    assert decided["rule"] == "vulnerability-patched: the resource is gone", decided
    assert decided["decision"] == "close"


def test_a_decision_about_what_somebody_deleted_replays_to_the_same_bytes(scene):
    proof = PROOFS["volume"]
    scene.load(proof.well)
    decided = scene.decide(proof.body)
    scene.clock.advance(timedelta(hours=1))
    assert scene.replay(decided["case"]).equal
