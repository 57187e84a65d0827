"""Macie findings and filters, driven by a real boto3 client over HTTP."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from triage.sandbox.server import Sandbox

ONE = "111111111111"
BUCKET = {"s3Bucket": {"arn": "arn:aws:s3:::reports", "name": "reports"}}


def a_finding(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"m-{number}",
        "type": "Policy:IAMUser/S3BucketPublic",
        "severity": {"score": number, "description": "High"},
        "resourcesAffected": BUCKET,
        "updatedAt": f"-{number}h",
        **fields,
    }


def load(sandbox: Sandbox, **sections: Any) -> Any:
    sandbox.load({"accounts": {ONE: sections}})
    return sandbox.client("macie2")


def criterion(path: str, **condition: Any) -> dict[str, Any]:
    return {"findingCriteria": {"criterion": {path: condition}}}


def by(attribute: str, order: str) -> dict[str, Any]:
    return {"sortCriteria": {"attributeName": attribute, "orderBy": order}}


def test_a_finding_is_got_by_id_with_what_nobody_wrote(sandbox: Sandbox) -> None:
    macie = load(sandbox, macie_findings=[a_finding(1), a_finding(2)])
    (found,) = macie.get_findings(findingIds=["m-2", "m-unknown"])["findings"]
    told = {name: found[name] for name in ("id", "accountId", "category", "archived", "count")}
    assert told == {
        "id": "m-2",
        "accountId": ONE,
        "category": "POLICY",
        "archived": False,
        "count": 1,
    }


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (criterion("archived", eq=["true"]), ["m-3"]),
        (criterion("archived", neq=["true"]), ["m-1", "m-2"]),
        (criterion("severity.score", gte=2), ["m-2", "m-3"]),
        (criterion("severity.score", lt=2), ["m-1"]),
        (criterion("severity.score", gt=1, lte=2), ["m-2"]),
        (criterion("category", eq=["CLASSIFICATION"]), []),
        (criterion("resourcesAffected.s3Object.size", gt=1), []),
        (criterion("updatedAt", gt=1), ["m-1", "m-2", "m-3"]),
        (by("updatedAt", "ASC"), ["m-3", "m-2", "m-1"]),
        (by("updatedAt", "DESC"), ["m-1", "m-2", "m-3"]),
    ],
)
def test_criteria_and_order_are_honoured(
    sandbox: Sandbox, asked: dict[str, Any], expected: list[str]
) -> None:
    macie = load(sandbox, macie_findings=[a_finding(1), a_finding(2), a_finding(3, archived=True)])
    assert macie.list_findings(**asked)["findingIds"] == expected


def test_findings_come_in_pages(sandbox: Sandbox) -> None:
    macie = load(sandbox, macie_findings=[a_finding(1), a_finding(2), a_finding(3)])
    first = macie.list_findings(maxResults=2)
    second = macie.list_findings(maxResults=2, nextToken=first["nextToken"])
    assert (first["findingIds"], second["findingIds"]) == (["m-1", "m-2"], ["m-3"])
    assert "nextToken" not in second


def test_a_comparison_that_is_not_built_is_refused_loudly(sandbox: Sandbox) -> None:
    macie = load(sandbox, macie_findings=[a_finding(1)])
    with pytest.raises(ClientError) as refused:
        macie.list_findings(**criterion("type", eqExactMatch=["x"]))
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_filter_that_hides_findings_can_be_seen(sandbox: Sandbox) -> None:
    criteria = {"criterion": {"type": {"eq": ["Policy:IAMUser/S3BucketPublic"]}}}
    macie = load(sandbox, macie_filters=[{"id": "f1", "findingCriteria": criteria}])
    (listed,) = macie.list_findings_filters()["findingsFilterListItems"]
    whole = macie.get_findings_filter(id=listed["id"])
    assert (listed["action"], whole["findingCriteria"]) == ("ARCHIVE", criteria)


def test_a_filter_nobody_made_is_not_found(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError) as refused:
        load(sandbox, macie_filters=[{"id": "f1"}]).get_findings_filter(id="f2")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
