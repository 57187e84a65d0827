"""Claims about what AWS Health's codes mean, and what policy makes of the worst of them."""

import pytest

from tests.builders import a_ticket, an_account
from triage.domain.account import Organisation
from triage.domain.severity import Label
from triage.domain.ticket import FindingClass, Source
from triage.intake.fields import Fields
from triage.intake.health_types import judge
from triage.stages.never_close import never_close

THREAT, POSTURE = FindingClass.THREAT, FindingClass.POSTURE


@pytest.mark.parametrize(
    ("type_", "category", "finding_class", "label"),
    [
        ("AWS_RISK_CREDENTIALS_EXPOSED", "issue", THREAT, Label.CRITICAL),
        ("AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED", "", THREAT, Label.CRITICAL),
        ("AWS_RISK_SOMETHING_NEW", "issue", THREAT, Label.HIGH),
        ("AWS_ABUSE_PII_CONTENT_REMOVAL_REPORT", "issue", THREAT, Label.HIGH),
        ("AWS_ABUSE_MAINTENANCE_SCHEDULED", "scheduledChange", THREAT, Label.HIGH),
        ("AWS_SECURITY_OPERATIONAL_ISSUE", "issue", THREAT, Label.MEDIUM),
        ("AWS_EC2_API_ISSUE", "issue", POSTURE, Label.MEDIUM),
        ("AWS_EBS_VOLUME_LOST", "issue", POSTURE, Label.MEDIUM),
        ("AWS_RDS_MAINTENANCE_SCHEDULED", "scheduledChange", POSTURE, Label.LOW),
        ("AWS_EC2_SOMETHING_ELSE", "scheduledChange", POSTURE, Label.LOW),
        ("AWS_ACM_RENEWAL_STATE_CHANGE", "accountNotification", POSTURE, Label.LOW),
        ("AWS_EC2_OPERATIONAL_ISSUE", "", POSTURE, Label.MEDIUM),
        ("AWS_IAM_SOMETHING", "accountNotification", THREAT, Label.MEDIUM),
        ("", "investigation", THREAT, Label.MEDIUM),
    ],
)
def test_a_code_has_a_class_and_a_severity(type_, category, finding_class, label):
    judged = judge(Fields({"eventTypeCategory": category}), type_, abuse=False)
    assert (judged.finding_class, judged.severity.label) == (finding_class, label)


@pytest.mark.parametrize("service", ["RISK", "abuse", "SECURITY"])
def test_a_hostile_service_makes_a_threat_of_any_code(service):
    judged = judge(Fields({"service": service}), "AWS_EC2_OPERATIONAL_ISSUE", abuse=False)
    assert judged.finding_class is THREAT


def test_an_abuse_event_is_hostile_whatever_it_says():
    event = Fields({"service": "EC2", "eventTypeCategory": "scheduledChange"})
    assert judge(event, "AWS_EC2_OPERATIONAL_ISSUE", abuse=True).finding_class is THREAT


@pytest.mark.parametrize(
    "type_",
    [
        "AWS_RISK_CREDENTIALS_EXPOSED",
        "AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED",
        "AWS_RISK_IAM_QUARANTINE",
    ],
)
def test_exposed_credentials_are_never_closed(type_):
    ticket = a_ticket(source=Source.HEALTH, type=type_)
    organisation = Organisation(accounts={})
    assert never_close(ticket, an_account(), organisation) == "it is about exposed credentials"
