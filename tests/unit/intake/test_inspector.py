"""Inspector findings by EventBridge, ListFindings and ASFF, as the fixtures tell them.

Shapes of the fixtures (the values are this project's own):
https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html
https://docs.aws.amazon.com/inspector/latest/user/securityhub-integration.html
"""

from typing import Any

import pytest

from tests.readings import ticket_of
from triage.domain.severity import Label
from triage.domain.ticket import FindingClass

ARN = "arn:aws:inspector2:eu-west-1:111122223333:finding/0123456789abcdef0123456789abcdef"


def a_finding(**fields: Any) -> dict[str, Any]:
    return {"findingArn": ARN, "awsAccountId": "111122223333", **fields}


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"severity": "UNTRIAGED"}, Label.MEDIUM),
        ({"severity": "UNTRIAGED", "inspectorScore": 1.0}, Label.MEDIUM),
        ({"severity": "high", "inspectorScore": 1.0}, Label.HIGH),
        ({"inspectorScore": 9.1}, Label.CRITICAL),
        ({"inspectorScore": 3.9}, Label.LOW),
        ({}, Label.MEDIUM),
    ],
)
def test_a_vulnerability_nobody_has_rated_is_medium(fields: dict[str, Any], label: Label) -> None:
    assert ticket_of(a_finding(**fields)).severity.label is label


@pytest.mark.parametrize(
    ("fields", "finding_class"),
    [
        ({"type": "PACKAGE_VULNERABILITY"}, FindingClass.POSTURE),
        ({"codeVulnerabilityDetails": {"cwes": []}}, FindingClass.POSTURE),
        ({"type": "NETWORK_REACHABILITY"}, FindingClass.EXPOSURE),
        ({"type": "SOMETHING_NEW"}, FindingClass.THREAT),
        ({}, FindingClass.THREAT),
    ],
)
def test_a_type_nobody_listed_is_a_threat(
    fields: dict[str, Any], finding_class: FindingClass
) -> None:
    assert ticket_of(a_finding(**fields)).finding_class is finding_class


def test_the_status_moves_with_updated_at_and_not_with_last_observed_at() -> None:
    told_first = ticket_of(
        a_finding(lastObservedAt="2026-11-19T08:00:00Z", updatedAt="2026-11-19T08:00:00Z")
    )
    closed = ticket_of(
        a_finding(
            lastObservedAt="2026-11-19T08:00:00Z", updatedAt="2026-11-20T08:00:00Z", status="CLOSED"
        )
    )
    assert closed.version > told_first.version


def test_a_finding_whose_arn_was_masked_is_still_one() -> None:
    ticket = ticket_of(a_finding(findingArn="masked", type="PACKAGE_VULNERABILITY"))
    assert (ticket.native_id, ticket.account) == ("masked", "111122223333")
