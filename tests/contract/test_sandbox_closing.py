"""What closes a finding where it came from, driven by real boto3 clients over HTTP."""

import pytest
from botocore.exceptions import ClientError

from tests.findings import finding
from triage.sandbox.server import Sandbox

ONE, ADMINISTRATOR = "111111111111", "999999999999"
ARN = {"arn": "arn:aws:access-analyzer:eu-west-1:111111111111:analyzer/default"}
SCENARIO = {
    "region": "eu-west-1",
    "accounts": {
        ONE: {
            "detectors": [{"id": "member", "administrator": ADMINISTRATOR}],
            "guardduty_findings": [
                {
                    "Id": "g-1",
                    "Type": "Recon:EC2/Portscan",
                    "Severity": 5.0,
                    "Resource": {"ResourceType": "Instance"},
                }
            ],
            "security_hub_findings": [finding(), finding(bucket="other")],
            "security_hub_v2_findings": [{"metadata": {"uid": "v-1"}}],
            "analyzers": [{"name": "default"}],
            "analyzer_findings": [
                {"id": "a-1", "resource": "arn:aws:s3:::reports", "resourceType": "AWS::S3::Bucket"}
            ],
        },
        ADMINISTRATOR: {"detectors": [{"id": "admin"}]},
    },
}


@pytest.fixture
def client(sandbox: Sandbox):
    sandbox.load(SCENARIO)
    return lambda service, account=ONE: sandbox.client(service, account, "eu-west-1")


def served(client):
    found = client("guardduty").get_findings(DetectorId="member", FindingIds=["g-1"])
    service = found["Findings"][0]["Service"]
    return service["Archived"], service.get("UserFeedback")


def test_only_the_administrator_archives_and_takes_it_back(client):
    member, admin = client("guardduty"), client("guardduty", ADMINISTRATOR)
    named = member.get_administrator_account(DetectorId="member")["Administrator"]
    assert named == {"AccountId": ADMINISTRATOR, "RelationshipStatus": "Enabled"}
    assert admin.get_administrator_account(DetectorId="admin")["Administrator"] == {}
    with pytest.raises(ClientError, match="cannot archive"):
        member.archive_findings(DetectorId="member", FindingIds=["g-1"])
    with pytest.raises(ClientError, match="not owned"):
        admin.archive_findings(DetectorId="member", FindingIds=["g-1"])
    assert served(client) == (False, None)
    admin.archive_findings(DetectorId="admin", FindingIds=["g-1"])
    member.update_findings_feedback(DetectorId="member", FindingIds=["g-1"], Feedback="NOT_USEFUL")
    assert served(client) == (True, "NOT_USEFUL")
    admin.unarchive_findings(DetectorId="admin", FindingIds=["g-1"])
    assert served(client) == (False, "NOT_USEFUL")


def ids(*findings):
    return [{name: one[name] for name in ("Id", "ProductArn")} for one in findings]


def test_security_hub_says_which_findings_it_did_not_update(client, sandbox):
    hub, (first, second) = client("securityhub"), (finding(), finding(bucket="other"))
    asked = {
        "Workflow": {"Status": "RESOLVED"},
        "Note": {"Text": "closed", "UpdatedBy": "triage"},
        "UserDefinedFields": {"ticket": "7"},
    }
    sandbox.faults.add("half", service="securityhub", times=1)
    answer = hub.batch_update_findings(FindingIdentifiers=ids(first, second), **asked)
    assert answer["ProcessedFindings"] == ids(second)
    assert answer["UnprocessedFindings"][0]["ErrorCode"] == "ConcurrentUpdateError"
    gone = hub.batch_update_findings(FindingIdentifiers=ids(finding("S3.9")), **asked)
    assert gone["UnprocessedFindings"][0]["ErrorCode"] == "FindingNotFound"
    found = {one["Id"]: one for one in hub.get_findings()["Findings"]}
    assert found[first["Id"]]["Workflow"] == {"Status": "NEW"}
    changed = found[second["Id"]]
    assert (changed["Workflow"], changed["UserDefinedFields"], changed["UpdatedAt"]) == (
        {"Status": "RESOLVED"},
        {"ticket": "7"},
        second["UpdatedAt"],
    )


def test_the_second_dialect_is_updated_by_its_own_id(client):
    hub = client("securityhub")
    answer = hub.batch_update_findings_v2(MetadataUids=["v-1", "v-2"], StatusId=4, Comment="done")
    assert [one["ErrorCode"] for one in answer["UnprocessedFindings"]] == [
        "ResourceNotFoundException"
    ]
    (found,) = hub.get_findings_v2()["Findings"]
    assert (found["status_id"], found["status"], found["comment"]) == (4, "Resolved", "done")


def test_an_analyzers_finding_is_archived_by_its_id(client):
    analyzer = client("accessanalyzer")
    analyzer.update_findings(analyzerArn=ARN["arn"], ids=["a-1"], status="ARCHIVED")
    found = analyzer.get_finding_v2(analyzerArn=ARN["arn"], id="a-1")
    assert found["status"] == "ARCHIVED"
    with pytest.raises(ClientError, match="Analyzer not found"):
        analyzer.update_findings(analyzerArn=ARN["arn"] + "-2", ids=["a-1"], status="ARCHIVED")
