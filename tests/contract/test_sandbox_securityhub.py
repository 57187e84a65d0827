"""Security Hub GetFindings and its filters, driven by a real boto3 client over HTTP."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from triage.sandbox.server import Sandbox

ONE = "111111111111"


def a_finding(control: str, **fields: Any) -> dict[str, Any]:
    return {
        "Id": f"arn:finding/{control}",
        "Compliance": {"Status": "FAILED", "SecurityControlId": control},
        "Severity": {"Label": "HIGH", "Normalized": 70},
        "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{control.lower()}"}],
        "UpdatedAt": "-2h",
        **fields,
    }


def with_findings(*findings: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"accounts": {ONE: {"security_hub_findings": list(findings)}}}


def equals(value: str) -> list[dict[str, str]]:
    return [{"Value": value, "Comparison": "EQUALS"}]


def found(sandbox: Sandbox, **filters: Any) -> list[str]:
    findings = sandbox.client("securityhub").get_findings(Filters=filters)["Findings"]
    return [str(each["Compliance"]["SecurityControlId"]) for each in findings]


@pytest.fixture
def hub(sandbox: Sandbox) -> Sandbox:
    passed = {"Status": "PASSED", "SecurityControlId": "EC2.19"}
    sandbox.load(
        with_findings(
            a_finding("S3.8"),
            a_finding("EC2.19", Compliance=passed, UpdatedAt="-9d", Confidence=90),
            a_finding("IAM.3", ProductFields={"k": "v"}, Severity={"Label": "LOW"}),
        )
    )
    return sandbox


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"ComplianceSecurityControlId": equals("S3.8")}, ["S3.8"]),
        ({"ComplianceSecurityControlId": equals("S3.8") + equals("IAM.3")}, ["S3.8", "IAM.3"]),
        ({"Id": [{"Value": "arn:finding/EC2", "Comparison": "PREFIX"}]}, ["EC2.19"]),
        ({"ResourceId": equals("arn:aws:s3:::iam.3")}, ["IAM.3"]),
        ({"ProductArn": equals("nobody")}, []),
        ({"AwsAccountId": equals(ONE), "ComplianceStatus": equals("PASSED")}, ["EC2.19"]),
        ({"SeverityLabel": [{"Value": "HIGH", "Comparison": "NOT_EQUALS"}]}, ["IAM.3"]),
        ({"ProductFields": [{"Key": "k", "Value": "v", "Comparison": "EQUALS"}]}, ["IAM.3"]),
        ({"Confidence": [{"Gte": 80.0}]}, ["EC2.19"]),
        ({"UpdatedAt": [{"DateRange": {"Value": 2, "Unit": "DAYS"}}]}, ["S3.8", "IAM.3"]),
        ({"UpdatedAt": [{"End": "2020-01-01T00:00:00Z"}]}, []),
        ({"UpdatedAt": [{"Start": "2020-01-01T00:00:00Z"}]}, ["S3.8", "EC2.19", "IAM.3"]),
        ({}, ["S3.8", "EC2.19", "IAM.3"]),
    ],
)
def test_filters_select_findings(
    hub: Sandbox, filters: dict[str, Any], expected: list[str]
) -> None:
    assert found(hub, **filters) == expected


def test_findings_are_sorted_and_paged(hub: Sandbox) -> None:
    pages = (
        hub.client("securityhub")
        .get_paginator("get_findings")
        .paginate(
            SortCriteria=[{"Field": "Id", "SortOrder": "desc"}], PaginationConfig={"PageSize": 2}
        )
    )
    ids = [[each["Id"][-4:] for each in page["Findings"]] for page in pages]
    assert ids == [["S3.8", "AM.3"], ["2.19"]]


def test_a_finding_passes_for_one_of_security_hubs_own(hub: Sandbox) -> None:
    got = hub.client("securityhub").get_findings(
        Filters={"ComplianceSecurityControlId": equals("S3.8")}
    )["Findings"][0]
    assert got["ProductArn"] == "arn:aws:securityhub:us-east-1::product/aws/securityhub"
    assert got["GeneratorId"] == "security-control/S3.8"
    assert got["Workflow"] == {"Status": "NEW"}


def test_an_account_without_security_hub_is_refused_with_401(hub: Sandbox) -> None:
    assert hub.client("securityhub").describe_hub()["AutoEnableControls"] is True
    with pytest.raises(ClientError) as error:
        hub.client("securityhub", "222222222222").get_findings()
    assert error.value.response["Error"]["Code"] == "InvalidAccessException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 401


@pytest.mark.parametrize(
    "filters",
    [
        {"Keyword": [{"Value": "x"}]},
        {"Title": [{"Value": "x", "Comparison": "CONTAINS_WORD"}]},
    ],
)
def test_a_filter_the_sandbox_lacks_is_a_loud_501(hub: Sandbox, filters: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as error:
        found(hub, **filters)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_wrong_comparison_is_invalid_input(hub: Sandbox) -> None:
    with pytest.raises(ClientError) as error:
        found(hub, Title=[{"Value": "x", "Comparison": "ABOUT"}])
    assert error.value.response["Error"]["Code"] == "InvalidInputException"
