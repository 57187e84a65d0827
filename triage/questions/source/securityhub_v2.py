"""Security Hub V2: GetFindingsV2 by the finding's own id there.

https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindingsV2.html. It knows every
product's findings, in OCSF; `metadata.uid` names one among all of them.
"""

from collections.abc import Mapping
from typing import Any

from triage.domain.evidence import Read
from triage.domain.severity import SCORES, Label
from triage.domain.ticket import Ticket
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import dig, records, text
from triage.questions.source.shape import OPEN, RESOLVED, SUPPRESSED, Said

PRODUCT = ":productv2/"
UID = ("metadata", "uid")
SAME = (
    ("cloud", "account", "uid"),
    ("metadata", "product", "uid"),
    ("finding_info", "uid"),
    ("compliance", "control"),
    ("class_name",),
)
"""What must be equal in the ticket and at the source, besides the id and the resource."""
STATUSES = {1: OPEN, 2: OPEN, 3: SUPPRESSED, 4: RESOLVED, 5: RESOLVED}
SEVERITIES = {
    1: Label.INFORMATIONAL,
    2: Label.LOW,
    3: Label.MEDIUM,
    4: Label.HIGH,
    5: Label.CRITICAL,
    6: Label.CRITICAL,
}
PASS = 1


def read(asking: Asking) -> Read:
    """One finding. Raises CannotAsk for one that Security Hub V2 did not tell."""
    record = asking.ticket.record
    finding, product = text(record, *UID), text(record, "metadata", "product", "uid")
    if not finding or PRODUCT not in product:
        raise CannotAsk("its vendor cannot be asked")
    account, region = about.account(asking), about.region(asking)
    return Read.of("securityhub.get_findings_v2", account, region, finding=finding)


def said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    """A status nobody knows (0, 99) is no answer: None."""
    uid = text(ticket.record, *UID)
    matching = [one for one in records(found, "Findings") if text(one, *UID) == uid]
    if len(matching) != 1 or not _same(ticket, matching[0]):
        return None
    finding = matching[0]
    status = STATUSES.get(dig(finding, "status_id"))
    if status is None:
        return None
    label = SEVERITIES.get(dig(finding, "severity_id"), Label.MEDIUM)
    return Said(
        status=RESOLVED if status == OPEN and _passed(finding) else status,
        severity=SCORES[label],
        # A title says nothing: it may begin with a name that somebody chose. GuardDuty's samples
        # are asked about at GuardDuty.
        sample=False,
        updated=text(finding, "finding_info", "modified_time_dt"),
        began=text(finding, "finding_info", "first_seen_time_dt")
        or text(finding, "finding_info", "created_time_dt"),
    )


def _passed(finding: Mapping[str, Any]) -> bool:
    return bool(dig(finding, "compliance", "status_id") == PASS)


def _same(ticket: Ticket, finding: Mapping[str, Any]) -> bool:
    told_alike = all(text(ticket.record, *path) == text(finding, *path) for path in SAME)
    return told_alike and _resource(ticket.record) == _resource(finding)


def _resource(finding: Mapping[str, Any]) -> str:
    return text(finding, "resources", 0, "uid")
