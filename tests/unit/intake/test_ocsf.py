"""OCSF findings: Security Hub V2's and other vendors', as the fixtures and a few sentences say.

Shapes of the fixtures (the values are this project's own):
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-cwe-event-formats.html
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-ocsf.html
https://docs.aws.amazon.com/security-lake/latest/userguide/securityhub-integration.html
https://docs.prowler.com (Reporting, JSON-OCSF); https://schema.ocsf.io/1.6.0/categories/findings
"""

import json
from typing import Any

import pytest

from tests.readings import read_at_noon, ticket_of
from triage.domain.message import Rejected
from triage.domain.severity import Label
from triage.domain.ticket import FindingClass, SourceStatus


def a_finding(**fields: Any) -> dict[str, Any]:
    """A detection of a vendor nobody listed."""
    return {
        "class_uid": 2004,
        "metadata": {"product": {"name": "Compass", "vendor_name": "Harbourmaster"}},
        "finding_info": {"uid": "c-1", "title": "Port scan"},
        "cloud": {"account": {"uid": "111122223333"}},
        **fields,
    }


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"severity_id": 0}, Label.MEDIUM),
        ({"severity_id": 0, "severity": "Unknown"}, Label.MEDIUM),
        ({"severity_id": 99, "severity": "Other"}, Label.MEDIUM),
        ({"severity_id": -1}, Label.MEDIUM),
        ({}, Label.MEDIUM),
        ({"severity_id": 1}, Label.INFORMATIONAL),
        ({"severity_id": "2"}, Label.LOW),
        ({"severity_id": 6}, Label.CRITICAL),
        ({"severity": "fatal"}, Label.CRITICAL),
        ({"severity": "HIGH"}, Label.HIGH),
        ({"severity_id": 2, "severity": "High"}, Label.HIGH),
        ({"severity_id": 4, "severity": "low"}, Label.HIGH),
        ({"severity_id": 99, "vendor_attributes": {"severity": "Low"}}, Label.LOW),
        ({"severity_id": 3, "vendor_attributes": {"severity_id": 5}}, Label.MEDIUM),
    ],
)
def test_a_severity_that_is_not_stated_is_medium_and_one_told_twice_the_higher(
    fields: dict[str, Any], label: Label
) -> None:
    assert ticket_of(a_finding(**fields)).severity.label is label


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, SourceStatus.OPEN),
        ({"status_id": 0}, SourceStatus.OPEN),
        ({"status_id": 99, "status": "Snoozed"}, SourceStatus.OPEN),
        ({"status_id": 3}, SourceStatus.SUPPRESSED),
        ({"status": "Suppressed"}, SourceStatus.SUPPRESSED),
        ({"status_id": 3, "status": "New"}, SourceStatus.OPEN),
        ({"status_id": 1, "status": "Resolved"}, SourceStatus.OPEN),
        ({"status_id": 4}, SourceStatus.RESOLVED),
        ({"status_id": 5, "status": "Archived"}, SourceStatus.RESOLVED),
        ({"status_id": 3, "class_uid": 2005}, SourceStatus.OPEN),
        ({"status_id": 5, "class_uid": 2005, "status": "Closed"}, SourceStatus.RESOLVED),
        ({"state_id": 4, "state": "Resolved"}, SourceStatus.RESOLVED),
        ({"activity_id": 3}, SourceStatus.RESOLVED),
        ({"activity_id": 3, "activity_name": "Close"}, SourceStatus.RESOLVED),
        ({"activity_id": 3, "activity_name": "Update"}, SourceStatus.OPEN),
        ({"activity_name": "Close", "status_id": 3}, SourceStatus.SUPPRESSED),
        ({"compliance": {"status": "Pass", "status_id": 1}}, SourceStatus.RESOLVED),
        ({"compliance": {"status": "Pass", "status_id": 3}}, SourceStatus.OPEN),
        ({"compliance": {"status": "Fail"}, "status_code": "PASS"}, SourceStatus.OPEN),
        ({"status_code": "PASS"}, SourceStatus.RESOLVED),
        ({"status_code": "MANUAL"}, SourceStatus.OPEN),
    ],
)
def test_a_finding_is_open_unless_all_that_speaks_of_its_state_agrees(
    fields: dict[str, Any], status: SourceStatus
) -> None:
    assert ticket_of(a_finding(**fields)).status is status


@pytest.mark.parametrize(
    ("fields", "finding_class"),
    [
        ({"class_uid": 2001}, FindingClass.THREAT),
        ({"class_uid": 2001, "compliance": {"status": "Fail"}}, FindingClass.POSTURE),
        ({"class_uid": 2001, "vulnerabilities": [{"cve": {"uid": "CVE-1"}}]}, FindingClass.POSTURE),
        ({"class_uid": 2002}, FindingClass.POSTURE),
        ({"class_uid": 2003}, FindingClass.POSTURE),
        ({"class_uid": 2003, "compliance": {"control": "EC2.19"}}, FindingClass.EXPOSURE),
        ({"class_uid": 2004, "compliance": {"control": "EC2.19"}}, FindingClass.THREAT),
        ({"class_uid": 2005}, FindingClass.THREAT),
        ({"class_uid": 2006}, FindingClass.THREAT),
        ({"class_uid": 2099}, FindingClass.THREAT),
        ({"class_uid": None, "class_name": "Vulnerability Finding"}, FindingClass.POSTURE),
        ({"class_uid": None, "type_uid": 200301}, FindingClass.POSTURE),
        ({"class_uid": None}, FindingClass.THREAT),
    ],
)
def test_only_what_speaks_of_the_present_is_posture(
    fields: dict[str, Any], finding_class: FindingClass
) -> None:
    assert ticket_of(a_finding(**fields)).finding_class is finding_class


@pytest.mark.parametrize(
    ("where", "account", "region"),
    [
        ({"cloud": {"account_uid": "111122223333"}}, "111122223333", None),
        ({"cloud": {"project_uid": "harbour-web", "provider": "GCP"}}, "harbour-web", None),
        ({"cloud": {}, "resources": [{"uid": "r", "account_uid": "9"}]}, "9", None),
        ({"cloud": {}, "resources": [{"uid": "r", "owner": {"account": {"uid": "8"}}}]}, "8", None),
        (
            {"cloud": {}, "resource": {"uid": "arn:aws:sqs:eu-west-1:111122223333:jobs"}},
            "111122223333",
            None,
        ),
        ({"cloud": {"account": {"uid": "7"}, "region": "Frankfurt (eu)"}}, "7", None),
        ({"cloud": {"account": {"uid": "7"}, "region": "eu-central-1"}}, "7", "eu-central-1"),
    ],
)
def test_account_and_region_are_found_under_older_names_or_not_at_all(
    where: dict[str, Any], account: str, region: str | None
) -> None:
    ticket = ticket_of(a_finding(**where))
    assert (ticket.account, ticket.region) == (account, region)


def test_the_account_that_delivers_is_not_taken_for_another_vendors() -> None:
    event = {
        "detail-type": "",
        "source": "harbourmaster",
        "account": "444455556666",
        "region": "eu-west-1",
        "detail": a_finding(cloud={}),
    }
    ticket = ticket_of(event)
    assert (ticket.account, ticket.region) == ("", None)


def test_two_findings_of_one_rule_are_two_tickets_where_the_vendor_numbers_rules() -> None:
    one, two = (ticket_of(a_finding(resources=[{"uid": uid}])) for uid in ("web-1", "web-2"))
    assert one.key != two.key


@pytest.mark.parametrize("uid_alt", ["arn:aws:iam::111122223333:user/deploy", "", "deploy"])
def test_an_access_key_is_not_mistaken_for_its_user(uid_alt: str) -> None:
    key = {"type": "AWS::IAM::AccessKey", "uid": "AKIAEXAMPLE", "uid_alt": uid_alt}
    assert ticket_of(a_finding(resources=[key])).subject.id == "AKIAEXAMPLE"


@pytest.mark.parametrize("lacking", ["metadata", "class_uid", "cloud"])
def test_a_finding_that_lacks_a_part_is_still_one(lacking: str) -> None:
    record = {name: value for name, value in a_finding().items() if name != lacking}
    assert ticket_of(record).native_id == "c-1"


@pytest.mark.parametrize(
    "record",
    [
        {"class_uid": 3002, "metadata": {}, "class_name": "Authentication"},
        {"class_uid": 6003, "metadata": {"product": {}}, "finding_info": {"uid": "x"}},
    ],
)
def test_an_event_that_is_no_finding_is_called_by_its_name(record: dict[str, Any]) -> None:
    (part,) = read_at_noon(json.dumps(record).encode()).parts
    assert isinstance(part, Rejected)
    assert part.reason.startswith("an OCSF event that is no finding")
