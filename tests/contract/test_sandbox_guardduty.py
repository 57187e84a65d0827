"""GuardDuty detectors and findings, driven by a real boto3 client over HTTP."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from triage.sandbox.server import Sandbox

ONE = "111111111111"


def a_finding(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "Id": f"f-{number}",
        "Type": "Recon:EC2/PortProbeUnprotectedPort",
        "Severity": float(number),
        "UpdatedAt": f"-{number}h",
        "Resource": {"ResourceType": "Instance"},
        **fields,
    }


def with_findings(*findings: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"accounts": {ONE: {"guardduty_findings": list(findings)}}}


def listed(sandbox: Sandbox, **asked: Any) -> list[str]:
    guardduty = sandbox.client("guardduty")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    ids = guardduty.list_findings(DetectorId=detector, **asked)["FindingIds"]
    return [str(each) for each in ids]


def criterion(path: str, **condition: Any) -> dict[str, Any]:
    return {"FindingCriteria": {"Criterion": {path: condition}}}


def test_a_finding_is_got_by_id_with_everything_the_model_requires(sandbox: Sandbox) -> None:
    sandbox.load(with_findings(a_finding(5), a_finding(8)))
    guardduty = sandbox.client("guardduty")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    got = guardduty.get_findings(DetectorId=detector, FindingIds=["f-8", "f-unknown"])["Findings"]
    assert [(each["Id"], each["Severity"], each["AccountId"]) for each in got] == [
        ("f-8", 8.0, ONE)
    ]
    assert got[0]["Service"]["DetectorId"] == detector


def test_a_sample_says_so(sandbox: Sandbox) -> None:
    info = {"Type": "default", "Value": '{"sample":true}'}
    sandbox.load(with_findings(a_finding(5, Service={"AdditionalInfo": info})))
    guardduty = sandbox.client("guardduty")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    got = guardduty.get_findings(DetectorId=detector, FindingIds=["f-5"])["Findings"][0]
    assert got["Service"]["AdditionalInfo"] == info


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (criterion("service.archived", Equals=["true"]), ["f-3"]),
        (criterion("service.archived", Neq=["true"]), ["f-1", "f-2"]),
        (criterion("severity", GreaterThanOrEqual=2), ["f-2", "f-3"]),
        (criterion("severity", Gt=2), ["f-3"]),
        (criterion("severity", Lt=2), ["f-1"]),
        (criterion("severity", LessThanOrEqual=1), ["f-1"]),
        (criterion("id", Eq=["f-2"]), ["f-2"]),
        (criterion("resource.nothing.here", Gt=1), []),
        (criterion("updatedAt", GreaterThan=1), ["f-1", "f-2", "f-3"]),
        ({"SortCriteria": {"AttributeName": "severity", "OrderBy": "DESC"}}, ["f-3", "f-2", "f-1"]),
    ],
)
def test_criteria_and_order_are_honoured(
    sandbox: Sandbox, asked: dict[str, Any], expected: list[str]
) -> None:
    archived = a_finding(3, Service={"Archived": True})
    sandbox.load(with_findings(a_finding(1), a_finding(2), archived))
    assert listed(sandbox, **asked) == expected


def test_finding_ids_are_paged(sandbox: Sandbox) -> None:
    sandbox.load(with_findings(*(a_finding(number) for number in range(1, 8))))
    guardduty = sandbox.client("guardduty")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    pages = guardduty.get_paginator("list_findings").paginate(
        DetectorId=detector, PaginationConfig={"PageSize": 3}
    )
    assert [len(page["FindingIds"]) for page in pages] == [3, 3, 1]


def test_a_detector_of_another_account_is_a_bad_request(sandbox: Sandbox) -> None:
    sandbox.load(with_findings(a_finding(1)))
    detector = sandbox.client("guardduty").list_detectors()["DetectorIds"][0]
    assert sandbox.client("guardduty").get_detector(DetectorId=detector)["Status"] == "ENABLED"
    with pytest.raises(ClientError) as error:
        sandbox.client("guardduty", "222222222222").get_detector(DetectorId=detector)
    assert error.value.response["Error"]["Code"] == "BadRequestException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_more_than_fifty_ids_are_refused(sandbox: Sandbox) -> None:
    sandbox.load(with_findings(a_finding(1)))
    guardduty = sandbox.client("guardduty")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    with pytest.raises(ClientError, match="more than 50"):
        guardduty.get_findings(DetectorId=detector, FindingIds=[f"f-{n}" for n in range(51)])


def test_a_comparison_the_sandbox_lacks_is_a_loud_501(sandbox: Sandbox) -> None:
    sandbox.load(with_findings(a_finding(1)))
    with pytest.raises(ClientError) as error:
        listed(sandbox, **criterion("type", Matches=["Recon*"]))
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
