"""Claims about what no ground may close."""

import pytest

from tests.builders import a_threat, a_ticket, an_account
from triage.domain.account import Organisation, Tier
from triage.domain.ticket import Source, Subject
from triage.stages.never_close import never_close

ROLE = "arn:aws:iam::111122223333:role/triage-read"
ENGINE = Organisation(engine_roles=frozenset({ROLE}))


def why(ticket, account=None, organisation=None):
    return never_close(ticket, account or an_account(), organisation or Organisation())


def test_an_ordinary_ticket_may_be_closed():
    assert why(a_ticket()) is None


@pytest.mark.parametrize(
    ("ticket", "word"),
    [
        (a_threat(in_attack_sequence=True), "sequence"),
        (a_threat(type="AttackSequence:IAM/CompromisedCredentials"), "sequence"),
        (a_threat(type="UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration"), "credentials"),
        (a_threat(type="Policy:IAMUser/RootCredentialUsage"), "root"),
        (a_threat(principal="arn:aws:iam::111122223333:root"), "root"),
        (a_threat(type="Stealth:IAMUser/CloudTrailLoggingDisabled"), "tampering"),
        (a_threat(source=Source.CLOUDTRAIL, type="cloudtrail:StopLogging"), "tampering"),
        (a_threat(source=Source.CLOUDTRAIL, type="monitoring:DeleteAlarms"), "tampering"),
        (a_threat(source=Source.CLOUDTRAIL, type="macie2:CreateFindingsFilter"), "tampering"),
        (a_threat(source=Source.CLOUDTRAIL, type="access-analyzer:CreateArchiveRule"), "tampering"),
        (a_threat(source=Source.MACIE, type="SensitiveData:S3Object/Credentials"), "credentials"),
        (a_threat(threat_intelligence=True), "intelligence"),
    ],
)
def test_policy_keeps_it_for_a_person(ticket, word):
    assert word in (why(ticket) or "")


def test_a_session_of_the_engines_role_is_the_engine():
    session = "arn:aws:sts::111122223333:assumed-role/triage-read/case-1"
    assert "our own" in (why(a_threat(principal=session), organisation=ENGINE) or "")


def test_a_role_whose_name_only_begins_alike_is_somebody_else():
    other = "arn:aws:sts::111122223333:assumed-role/triage-read-evil/x"
    assert why(a_threat(principal=other), organisation=ENGINE) is None


def test_everything_in_the_management_account_is_for_people():
    assert "management" in (why(a_ticket(), an_account(tier=Tier.MANAGEMENT)) or "")


def test_a_bucket_called_root_is_not_the_root_user():
    subject = Subject(id="arn:aws:s3:::root", name="root", arn="arn:aws:s3:::root")
    assert why(a_ticket(subject=subject)) is None


def test_a_role_with_a_path_is_known_by_its_sessions():
    organisation = Organisation(
        break_glass=frozenset({"arn:aws:iam::111122223333:role/emergency/break-glass"})
    )
    session = "arn:aws:sts::111122223333:assumed-role/break-glass/alice"
    assert "break-glass" in (why(a_threat(principal=session), organisation=organisation) or "")


def test_a_role_of_the_same_name_in_another_account_is_somebody_else():
    session = "arn:aws:sts::999988887777:assumed-role/triage-read/case-1"
    assert why(a_threat(principal=session), organisation=ENGINE) is None


@pytest.mark.parametrize(
    "type_", ["monitoring:DeleteAlarms", "config:DeleteConfigRule", "StopLogging", "DeleteDetector"]
)
def test_a_call_that_silences_us_is_kept_as_cloudtrail_names_it(type_):
    assert "tampering" in (why(a_threat(source=Source.CLOUDTRAIL, type=type_)) or "")


@pytest.mark.parametrize(
    "record",
    [
        {"userIdentity": {"type": "Root", "principalId": "111122223333"}},
        {"resource": {"accessKeyDetails": {"userType": "Root"}}},
        {"Resource": {"AccessKeyDetails": {"UserType": "Root"}}},
    ],
)
def test_root_is_known_from_the_record_when_no_arn_says_so(record):
    assert "root" in (why(a_threat(record=record)) or "")


@pytest.mark.parametrize("record", [{}, {"userIdentity": "Root"}, {"userIdentity": {"type": 0}}])
def test_a_record_that_does_not_say_root_is_nobodys_in_particular(record):
    assert why(a_threat(record=record)) is None
