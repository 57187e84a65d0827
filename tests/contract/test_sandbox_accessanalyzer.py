"""Access Analyzer's analyzers, findings and archive rules, by a real boto3 client over HTTP."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from triage.sandbox.server import Sandbox

ONE = "111111111111"
ARN = f"arn:aws:access-analyzer:us-east-1:{ONE}:analyzer/default"
PUBLIC = {
    "id": "a-1",
    "resource": "arn:aws:s3:::reports",
    "resourceType": "AWS::S3::Bucket",
    "isPublic": True,
    "action": ["s3:GetObject"],
    "principal": {"AWS": "*"},
    "updatedAt": "-2h",
    "findingDetails": [{"externalAccessDetails": {"condition": {}, "isPublic": True}}],
}
UNUSED = {
    "id": "a-2",
    "resource": f"arn:aws:iam::{ONE}:role/old",
    "resourceType": "AWS::IAM::Role",
    "findingType": "UnusedIAMRole",
    "status": "ARCHIVED",
    "updatedAt": "-1h",
}


def load(sandbox: Sandbox, *findings: dict[str, Any], **sections: Any) -> Any:
    sandbox.load(
        {
            "accounts": {
                ONE: {
                    "analyzers": [{"name": "default"}],
                    "analyzer_findings": list(findings),
                    **sections,
                }
            }
        }
    )
    return sandbox.client("accessanalyzer")


def ids(answer: dict[str, Any]) -> list[str]:
    return [each["id"] for each in answer["findings"]]


def test_analyzers_are_listed_by_type(sandbox: Sandbox) -> None:
    client = load(sandbox)
    assert [each["arn"] for each in client.list_analyzers()["analyzers"]] == [ARN]
    assert client.list_analyzers(type="ORGANIZATION")["analyzers"] == []


def test_the_first_api_knows_external_access_only(sandbox: Sandbox) -> None:
    client = load(sandbox, PUBLIC, UNUSED)
    assert ids(client.list_findings(analyzerArn=ARN)) == ["a-1"]
    found = client.get_finding(analyzerArn=ARN, id="a-1")["finding"]
    assert (found["isPublic"], found["principal"]) == (True, {"AWS": "*"})
    with pytest.raises(ClientError) as refused:
        client.get_finding(analyzerArn=ARN, id="a-2")
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_the_second_api_knows_every_type(sandbox: Sandbox) -> None:
    client = load(sandbox, PUBLIC, UNUSED)
    assert ids(client.list_findings_v2(analyzerArn=ARN)) == ["a-1", "a-2"]
    found = client.get_finding_v2(analyzerArn=ARN, id="a-1")
    assert found["findingType"] == "ExternalAccess"
    assert found["findingDetails"][0]["externalAccessDetails"]["isPublic"] is True


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"filter": {"status": {"eq": ["ACTIVE"]}}}, ["a-1"]),
        ({"filter": {"status": {"neq": ["ACTIVE"]}}}, ["a-2"]),
        ({"filter": {"resource": {"contains": ["role/"]}}}, ["a-2"]),
        ({"filter": {"isPublic": {"exists": True}}}, ["a-1"]),
        ({"sort": {"attributeName": "updatedAt", "orderBy": "DESC"}}, ["a-2", "a-1"]),
    ],
)
def test_filters_and_order_are_honoured(
    sandbox: Sandbox, asked: dict[str, Any], expected: list[str]
) -> None:
    client = load(sandbox, PUBLIC, UNUSED)
    assert ids(client.list_findings_v2(analyzerArn=ARN, **asked)) == expected


def test_a_filter_that_is_not_built_is_refused_loudly(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError) as refused:
        load(sandbox, PUBLIC).list_findings_v2(analyzerArn=ARN, filter={"colour": {"eq": ["x"]}})
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_findings_come_in_pages(sandbox: Sandbox) -> None:
    client = load(sandbox, PUBLIC, UNUSED)
    first = client.list_findings_v2(analyzerArn=ARN, maxResults=1)
    second = client.list_findings_v2(analyzerArn=ARN, maxResults=1, nextToken=first["nextToken"])
    assert ids(first) + ids(second) == ["a-1", "a-2"]


def test_what_is_not_there_is_not_found(sandbox: Sandbox) -> None:
    client = load(sandbox, PUBLIC)
    calls = [
        lambda: client.get_finding_v2(analyzerArn=ARN, id="nobody"),
        lambda: client.list_findings_v2(analyzerArn=ARN + "-other"),
        lambda: client.list_archive_rules(analyzerName="other"),
    ]
    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_archive_rules_can_be_seen(sandbox: Sandbox) -> None:
    rule = {"ruleName": "known", "filter": {"isPublic": {"eq": ["false"]}}}
    client = load(sandbox, PUBLIC, archive_rules=[rule])
    (found,) = client.list_archive_rules(analyzerName="default")["archiveRules"]
    assert {name: found[name] for name in rule} == rule
