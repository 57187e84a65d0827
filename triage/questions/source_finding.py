"""Does the finding's own source know it, and say what the ticket says?

Anyone who can write to the queue can forge a finding, so before anything closes its source is
read. Confirmed means: the same id, account and kind of finding, about the same subject.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.domain.severity import SCORES, Label
from triage.domain.ticket import Format, Source, Ticket
from triage.questions import about
from triage.questions.answers import failure, known, missing, oldest, payload, unexpected
from triage.questions.cloudtrail_window import KEPT, LAG
from triage.questions.config_item_at import KINDS
from triage.questions.question import Asking, CannotAsk, Field, Question
from triage.questions.records.shape import dig, records, text
from triage.questions.source import (
    access_analyzer,
    cloudformation,
    cloudwatch,
    guardduty,
    incident_response,
    inspector,
    macie,
    securityhub_v2,
    silent,
)
from triage.questions.source.shape import OPEN, RESOLVED, SUPPRESSED, Desk, Said


def plan(asking: Asking) -> tuple[Read, ...]:
    """One read at the source. Raises CannotAsk for a person's report."""
    return (_desk(asking.ticket).read(asking),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Not found is known too: nobody there has heard of it."""
    return heard(_desk(asking.ticket), asking, reads)


def heard(desk: Desk, asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """What one desk says of a ticket, be it the one that speaks for it or another."""
    if unknown := failure(reads):
        return unknown
    if missing(reads[0], *UNHEARD_OF):
        return known(reads, NOT_CONFIRMED)
    if unknown := unexpected(reads):
        return unknown
    said = desk.said(asking.ticket, payload(reads[0]))
    if said is None:
        return _not_seen(asking.ticket, reads)
    return known(
        reads,
        {
            "confirmed": True,
            "status": said.status,
            "severity": said.severity,
            "sample": said.sample,
            "updated": said.updated,
            "began": said.began,
            "in_attack_sequence": said.in_attack_sequence,
            "threat_intelligence": said.threat_intelligence,
        },
    )


UNHEARD_OF = ("NoSuchConfigRuleException", "ResourceNotFoundException")
"""How Config, Access Analyzer and Security Incident Response say that they know no such thing."""


def _not_seen(ticket: Ticket, reads: Sequence[RawRead]) -> Answer:
    """CloudTrail shows an event only after a while, and only for so long."""
    age = oldest(reads) - ticket.occurred
    if ticket.source is Source.CLOUDTRAIL and not LAG <= age <= KEPT:
        return Unknown(reason="CloudTrail does not show it, and could not be expected to")
    return known(reads, NOT_CONFIRMED)


NOT_CONFIRMED = {
    "confirmed": False,
    "status": "",
    "severity": 0,
    "sample": False,
    "updated": "",
    "began": "",
    "in_attack_sequence": False,
    "threat_intelligence": False,
}


def _desk(ticket: Ticket) -> Desk:
    """Its own source where that can be asked whatever the format, else whoever told it."""
    if ticket.source in AT_HOME:
        return DESKS[ticket.source]
    desk = TELLERS.get(ticket.format) or DESKS.get(ticket.source)
    if desk is None:
        raise CannotAsk("a person's report has no source to ask")
    return desk


def _only(
    found: Mapping[str, Any], wanted: Callable[[Mapping[str, Any]], bool]
) -> Mapping[str, Any] | None:
    matching = [one for one in records(found, "Findings") if wanted(one)]
    return matching[0] if len(matching) == 1 else None


# --- Security Hub: GetFindings --------------------------------------------------------------------

SAME = (
    ("AwsAccountId",),
    ("ProductArn",),
    ("GeneratorId",),
    ("Compliance", "SecurityControlId"),
    ("ProductFields", "ControlId"),
)
"""What must be equal in the ticket and at the source, besides the id and the resource."""


def _securityhub_read(asking: Asking) -> Read:
    record = asking.ticket.record
    finding, product = text(record, "Id"), text(record, "ProductArn")
    if not finding or not product:
        raise CannotAsk("the ticket names no Security Hub finding")
    account, region = about.account(asking), about.region(asking)
    return Read.of("securityhub.get_findings", account, region, finding=finding, product=product)


def _securityhub_said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    finding = _only(found, lambda one: text(one, "Id") == text(ticket.record, "Id"))
    if finding is None or not _same(ticket, finding):
        return None
    label = text(finding, "Severity", "Label").lower()
    return Said(
        status=_securityhub_status(finding),
        severity=SCORES[Label(label)] if label in set(Label) else 0,
        sample=dig(finding, "Sample") is True,
        updated=text(finding, "UpdatedAt"),
        began=text(finding, "FirstObservedAt") or text(finding, "CreatedAt"),
        threat_intelligence=bool(records(finding, "ThreatIntelIndicators")),
    )


def _same(ticket: Ticket, finding: Mapping[str, Any]) -> bool:
    told_alike = all(text(ticket.record, *path) == text(finding, *path) for path in SAME)
    # The first one is the subject: a forged copy must not put another of them in its place.
    return told_alike and ticket.subject.id == text(finding, "Resources", 0, "Id")


def _securityhub_status(finding: Mapping[str, Any]) -> str:
    workflow = text(finding, "Workflow", "Status")
    if workflow == "SUPPRESSED":
        return SUPPRESSED
    passed = text(finding, "Compliance", "Status") == "PASSED"
    archived = text(finding, "RecordState") == "ARCHIVED"
    return RESOLVED if passed or archived or workflow == "RESOLVED" else OPEN


# --- Config: GetComplianceDetailsByResource -------------------------------------------------------


def _config_read(asking: Asking) -> Read:
    """By Config's own name for the resource: a joined check has the finding's as its subject."""
    subject, record = asking.ticket.subject, asking.ticket.record
    return Read.of(
        "config.get_compliance_details_by_resource",
        about.account(asking),
        about.region(asking),
        type=text(record, "resourceType") or KINDS.get(subject.kind, subject.kind),
        id=text(record, "resourceId") or subject.id,
    )


def _config_said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    path = ("EvaluationResultIdentifier", "EvaluationResultQualifier", "ConfigRuleName")
    rule = text(ticket.record, "configRuleName") or ticket.type
    told = [one for one in records(found, "EvaluationResults") if text(one, *path) == rule]
    if not told:
        return None
    compliant = text(told[0], "ComplianceType") == "COMPLIANT"
    return Said(
        status=RESOLVED if compliant else OPEN,
        severity=ticket.severity.score,
        sample=False,
        updated=text(told[0], "ResultRecordedTime"),
        began=text(told[0], "EvaluationResultIdentifier", "OrderingTimestamp"),
    )


# --- CloudTrail: LookupEvents by id ---------------------------------------------------------------


def _cloudtrail_read(asking: Asking) -> Read:
    event = asking.ticket.native_id
    if not event:
        raise CannotAsk("the event has no id to look up")
    return Read.of(
        "cloudtrail.lookup_events",
        about.account(asking),
        about.region(asking),
        attribute="EventId",
        value=event,
    )


def _cloudtrail_said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    events = [one for one in records(found, "Events") if text(one, "eventID") == ticket.native_id]
    if len(events) != 1 or not _unchanged(ticket.record, events[0]):
        return None
    return Said(
        status=OPEN,
        severity=ticket.severity.score,
        sample=False,
        updated=text(events[0], "eventTime"),
        began=text(events[0], "eventTime"),
    )


def _unchanged(told: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether a record says nothing that CloudTrail's own does not: events never change.

    One that says less is the same event; what it lacks is unknown to whoever asks.
    """
    named = all(text(told, name) == text(event, name) for name in NAMED)
    return named and all(
        value == dig(event, name) for name, value in told.items() if value is not None
    )


NAMED = ("eventName", "eventSource", "awsRegion")


SECURITY_HUB = Desk(_securityhub_read, _securityhub_said)
DESKS: Mapping[Source, Desk] = MappingProxyType(
    {
        Source.GUARDDUTY: guardduty.DESK,
        Source.SECURITYHUB: SECURITY_HUB,
        Source.CONFIG: Desk(_config_read, _config_said),
        Source.CLOUDTRAIL: Desk(_cloudtrail_read, _cloudtrail_said),
        Source.INSPECTOR: Desk(inspector.read, inspector.said),
        Source.MACIE: macie.DESK,
        Source.ACCESS_ANALYZER: access_analyzer.DESK,
        Source.CLOUDWATCH: cloudwatch.DESK,
        Source.CLOUDFORMATION: cloudformation.DESK,
        Source.INCIDENT_RESPONSE: incident_response.DESK,
        Source.HEALTH: silent.HEALTH,
        Source.NETWORK_FIREWALL: silent.NETWORK_FIREWALL,
        Source.TRIAGE: silent.OWN,
    }
)
AT_HOME = frozenset({Source.GUARDDUTY, Source.INSPECTOR})
"""Sources whose own id of a finding stands in every format."""
TELLERS: Mapping[Format, Desk] = MappingProxyType(
    {
        Format.ASFF: SECURITY_HUB,
        Format.EVALUATION: DESKS[Source.CONFIG],
        Format.OCSF: Desk(securityhub_v2.read, securityhub_v2.said),
    }
)
"""Whom to ask about a finding told by somebody else than the service whose concern it is."""

QUESTION = Question(
    name="source.finding",
    phrase="what its source says of it",
    parameters={},
    answer={
        "confirmed": Field(type="boolean", meaning="the source knows it, as the ticket tells it"),
        "status": Field(type="string", meaning="open, suppressed or resolved, there"),
        "severity": Field(type="number", meaning="0-100, there"),
        "sample": Field(type="boolean", meaning="the source calls it a sample"),
        "updated": Field(type="time", meaning="when the source last changed it"),
        "began": Field(type="time", meaning="when it first happened, there"),
        "in_attack_sequence": Field(type="boolean", meaning="part of an attack sequence, there"),
        "threat_intelligence": Field(
            type="boolean", meaning="on a list of known bad places, there"
        ),
    },
    fresh_seconds=300,
    iam_actions=(
        "guardduty:ListDetectors",
        "guardduty:GetFindings",
        "inspector2:ListFindings",
        "securityhub:GetFindings",
        "config:GetComplianceDetailsByResource",
        "cloudtrail:LookupEvents",
        *macie.IAM_ACTIONS,
        *access_analyzer.IAM_ACTIONS,
        *cloudwatch.IAM_ACTIONS,
        *cloudformation.IAM_ACTIONS,
        *incident_response.IAM_ACTIONS,
    ),
    plan=plan,
    interpret=interpret,
    scarce=True,
)
