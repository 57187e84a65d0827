"""Cases of AWS Security Incident Response, from EventBridge or the API.

Shapes: Security Incident Response user guide, "Events detail reference" (an event names the case
and who touched it, no more); API reference, GetCase and ListCases. Every case is a threat and at
least high: people at AWS or our own opened it. That it is Closed is only what its source says.
"""

from triage.domain.json import Record
from triage.domain.severity import Label, Severity
from triage.domain.ticket import FindingClass, Format, Source, SourceStatus, Subject, Ticket
from triage.intake import arn, identity
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import Incomplete

KIND = "a Security Incident Response case"
CASE_KIND = "AWS::SecurityIR::Case"
CLOSED = "Closed"
CASE_CLOSED = "Case Closed"
EVENTS = (
    "Case Created",
    "Case Updated",
    "Case Comment Added",
    "Case Comment Created",
    "Case Comment Updated",
    CASE_CLOSED,
)
"""Detail-types; the guide's pages name the third in two ways."""


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one telling of a case. Raises Unreadable without a case id or ARN."""
    case = Fields(record)
    envelope = Fields(delivery.envelope)
    case_arn = case.text("caseArn") or next(iter(_arns(envelope)), "")
    case_id = case.text("caseId") or arn.short(case_arn)
    if not case_id:
        raise Incomplete(KIND, "an id or ARN")
    account = arn.account(case_arn) or delivery.account()
    event = envelope.text("detail-type")
    return Ticket(
        key=identity.response_case(account, case_id),
        source=Source.INCIDENT_RESPONSE,
        format=Format.NATIVE,
        type=event or case.text("engagementType") or "Security Incident",
        finding_class=FindingClass.THREAT,
        severity=Severity.of(Label.HIGH),
        account=account,
        region=region_of(arn.region(case_arn), delivery.region()),
        subject=_subject(case_arn, case_id),
        title=_title(case, event, case_id),
        occurred=delivery.or_now(
            case.time("actualIncidentStartDate", "reportedIncidentStartDate", "createdDate")
        ),
        version=delivery.or_now(case.time("lastUpdatedDate", "closedDate", "createdDate")),
        status=_status(case, event),
        native_id=case_arn or case_id,
        product="aws/security-ir",
        record=record,
        body=delivery.body,
    )


def is_shape(record: Fields) -> bool:
    """Whether a bare record is a case from the API, or the detail of an event."""
    return ":security-ir:" in record.text("caseArn") or record.has("caseId", "caseStatus")


def _arns(envelope: Fields) -> list[str]:
    return [text for text in envelope.texts("resources") if ":case/" in text]


def _subject(case_arn: str, case_id: str) -> Subject:
    return Subject(id=case_arn or case_id, name=case_id, kind=CASE_KIND, arn=case_arn or None)


def _title(case: Fields, event: str, case_id: str) -> str:
    actor = case.text("updatedBy", "createdBy")
    said = f"{event} by {actor}" if event and actor else event
    return case.text("title") or f"Case {case_id}" + (f": {said}" if said else "")


def _status(case: Fields, event: str) -> SourceStatus:
    closed = case.text("caseStatus") == CLOSED or event == CASE_CLOSED
    return SourceStatus.RESOLVED if closed else SourceStatus.OPEN
