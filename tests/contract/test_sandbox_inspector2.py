"""Inspector ListFindings and ListCoverage, driven by a real boto3 client over HTTP."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from triage.adapters.system.clock import SystemClock
from triage.sandbox.server import Sandbox

ONE = "111111111111"
SCANNED, UNMANAGED = "i-0aa1bb2cc3dd4ee01", "i-0aa1bb2cc3dd4ee02"


def an_arn(number: int) -> str:
    return f"arn:aws:inspector2:us-east-1:{ONE}:finding/{number:032x}"


def a_finding(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "findingArn": an_arn(number),
        "severity": "HIGH",
        "updatedAt": f"-{number}h",
        "lastObservedAt": "-9d",
        "inspectorScore": float(number),
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": f"i-0{number}"}],
        **fields,
    }


def equals(value: str) -> list[dict[str, str]]:
    return [{"comparison": "EQUALS", "value": value}]


def numbers(found: list[Mapping[str, Any]]) -> list[int]:
    return [int(each["findingArn"].rpartition("/")[2], 16) for each in found]


@pytest.fixture
def scanned(sandbox: Sandbox) -> Sandbox:
    findings = [
        a_finding(1),
        a_finding(2, type="NETWORK_REACHABILITY", severity="UNTRIAGED"),
        a_finding(3, status="CLOSED"),
    ]
    coverage = [
        {"resourceId": SCANNED},
        {
            "resourceId": UNMANAGED,
            "scanStatus": {"statusCode": "INACTIVE", "reason": "UNMANAGED_EC2_INSTANCE"},
        },
    ]
    sandbox.load(
        {"accounts": {ONE: {"inspector_findings": findings, "inspector_coverage": coverage}}}
    )
    return sandbox


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"findingArn": equals(an_arn(2))}, [2]),
        ({"findingArn": equals(an_arn(9))}, []),
        ({"resourceId": equals("i-01") + equals("i-03")}, [1, 3]),
        ({"findingStatus": [{"comparison": "NOT_EQUALS", "value": "CLOSED"}]}, [1, 2]),
        ({"findingType": [{"comparison": "PREFIX", "value": "NETWORK"}]}, [2]),
        ({"inspectorScore": [{"lowerInclusive": 2.0, "upperInclusive": 2.5}]}, [2]),
        ({"severity": equals("HIGH"), "awsAccountId": equals(ONE)}, [1, 3]),
        ({}, [1, 2, 3]),
    ],
)
def test_filters_select_findings(
    scanned: Sandbox, filters: dict[str, Any], expected: list[int]
) -> None:
    found = scanned.client("inspector2").list_findings(filterCriteria=filters)["findings"]
    assert numbers(found) == expected


def test_a_reconciler_asks_by_the_time_of_the_update(scanned: Sandbox) -> None:
    now = SystemClock().now()
    wanted = {"updatedAt": [{"startInclusive": now - timedelta(minutes=90), "endInclusive": now}]}
    found = scanned.client("inspector2").list_findings(filterCriteria=wanted)["findings"]
    assert numbers(found) == [1]


def test_findings_are_paged_and_sorted(scanned: Sandbox) -> None:
    pages = (
        scanned.client("inspector2")
        .get_paginator("list_findings")
        .paginate(
            sortCriteria={"field": "INSPECTOR_SCORE", "sortOrder": "DESC"},
            PaginationConfig={"PageSize": 2},
        )
    )
    assert [numbers(page["findings"]) for page in pages] == [[3, 2], [1]]


def test_coverage_says_which_instance_is_not_scanned_and_why(scanned: Sandbox) -> None:
    wanted = {"scanStatusCode": equals("INACTIVE"), "resourceType": equals("AWS_EC2_INSTANCE")}
    found = scanned.client("inspector2").list_coverage(filterCriteria=wanted)["coveredResources"]
    assert [(each["resourceId"], each["scanStatus"]["reason"]) for each in found] == [
        (UNMANAGED, "UNMANAGED_EC2_INSTANCE")
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"filterCriteria": {"epssScore": [{"lowerInclusive": 0.5}]}},
        {"sortCriteria": {"field": "EPSS_SCORE", "sortOrder": "ASC"}},
    ],
)
def test_what_the_sandbox_lacks_is_a_loud_501(scanned: Sandbox, asked: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as error:
        scanned.client("inspector2").list_findings(**asked)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_scan_is_on_once_it_was_enabled_and_covers_nothing_before(sandbox: Sandbox) -> None:
    inside = {
        "inspector_scans": [{"ecr": "ENABLED"}],
        "inspector_coverage": [{"resourceId": SCANNED}],
    }
    sandbox.load({"accounts": {ONE: inside}})
    client = sandbox.client("inspector2", ONE, "us-east-1")
    asked = client.batch_get_account_status(accountIds=[ONE, "222222222222"])
    (own,), (other,) = asked["accounts"], asked["failedAccounts"]
    assert other["errorCode"] == "ACCESS_DENIED"
    states = {name: each["status"] for name, each in own["resourceState"].items()}
    assert states == {
        "ec2": "DISABLED",
        "ecr": "ENABLED",
        "lambda": "DISABLED",
        "lambdaCode": "DISABLED",
    }
    assert client.list_coverage()["coveredResources"] == []
    client.enable(accountIds=[ONE], resourceTypes=["EC2"])
    assert [one["resourceId"] for one in client.list_coverage()["coveredResources"]] == [SCANNED]
    with pytest.raises(ClientError):
        client.enable(accountIds=["222222222222"], resourceTypes=["EC2"])
