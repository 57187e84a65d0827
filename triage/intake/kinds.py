"""Which reader reads what: a table for EventBridge events, one for bare records, one of strangers.

A new source is one reader and its rows here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from triage.domain.json import Record
from triage.domain.ticket import Ticket
from triage.intake import (
    access_analyzer,
    cloudformation,
    cloudtrail,
    cloudwatch,
    config,
    guardduty,
    health,
    incident_response,
    inspector,
    macie,
    network_firewall,
    ocsf,
    own,
    pointers,
    report,
    securityhub,
)
from triage.intake.delivery import Delivery
from triage.intake.fields import Fields

Reader = Callable[[Record, Delivery], Ticket]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """An EventBridge detail-type: who sends it, where its record stands, who reads it.

    `source` is exact, or a beginning when it ends in a dot. Anyone may put events with a source
    of their own on a bus, but only AWS with one that begins "aws." (PutEvents).
    """

    source: str
    reader: Reader
    inside: str = "detail"

    def sent_by(self, source: str) -> bool:
        return (
            source.startswith(self.source) if self.source.endswith(".") else source == self.source
        )


FINDING = "detail.findings"
ANALYZER, ALARMS = "aws.access-analyzer", "aws.cloudwatch"
EVENTS = {
    "GuardDuty Finding": EventKind(source="aws.guardduty", reader=guardduty.read),
    "Security Hub Findings - Imported": EventKind(
        source="aws.securityhub", reader=securityhub.read, inside=FINDING
    ),
    "Security Hub Findings - Custom Action": EventKind(
        source="aws.securityhub", reader=securityhub.read, inside=FINDING
    ),
    "Security Hub Findings - API Action": EventKind(
        source="aws.securityhub", reader=securityhub.read, inside=FINDING
    ),
    "Findings Imported V2": EventKind(source="aws.securityhub", reader=ocsf.read, inside=FINDING),
    "Inspector2 Finding": EventKind(source="aws.inspector2", reader=inspector.read),
    "Config Rules Compliance Change": EventKind(source="aws.config", reader=config.read),
    "Macie Finding": EventKind(source="aws.macie", reader=macie.read),
    "Access Analyzer Finding": EventKind(source=ANALYZER, reader=access_analyzer.read),
    "Internal Access Finding": EventKind(source=ANALYZER, reader=access_analyzer.read),
    "Unused Access Finding for IAM entities": EventKind(
        source=ANALYZER, reader=access_analyzer.read
    ),
    "CloudWatch Alarm State Change": EventKind(source=ALARMS, reader=cloudwatch.read),
    "CloudWatch Alarm Contributor State Change": EventKind(source=ALARMS, reader=cloudwatch.read),
    "AWS API Call via CloudTrail": EventKind(source="aws.", reader=cloudtrail.read),
    "AWS Console Sign In via CloudTrail": EventKind(source="aws.", reader=cloudtrail.read),
    "AWS Service Event via CloudTrail": EventKind(source="aws.", reader=cloudtrail.read),
    "AWS Health Event": EventKind(source="aws.health", reader=health.read),
    health.ABUSE: EventKind(source="aws.health", reader=health.read),
    **dict.fromkeys(
        cloudformation.EVENTS,
        EventKind(source="aws.cloudformation", reader=cloudformation.read),
    ),
    **dict.fromkeys(
        incident_response.EVENTS,
        EventKind(source="aws.security-ir", reader=incident_response.read),
    ),
    "Object Created": EventKind(source="aws.s3", reader=pointers.read),
    "AWS Insight via CloudTrail": EventKind(source="aws.", reader=cloudtrail.read),
}
"""EventBridge events reference: detail-type to its kind."""

NO_TICKETS = {
    "Config Configuration Item Change": "it tells what a resource became, not that this is wrong",
    "Access Preview State Change": "it is about a policy that somebody tries out",
    "CloudWatch Alarm Configuration Change": "it tells how an alarm is set up, not its state",
}
"""Events of the services we read that state no concern, and why."""


def _is_asff(record: Fields) -> bool:
    return record.has("ProductArn", "Id") or record.has("AwsAccountId", "GeneratorId")


def _is_guardduty(record: Fields) -> bool:
    told_by = record.text("arn") + record.text("service.serviceName")
    return record.has("type") and (
        "guardduty" in told_by or record.has("service", "severity", "accountId")
    )


def _is_inspector(record: Fields) -> bool:
    named = record.has("findingArn", "awsAccountId")
    return named or inspector.is_finding_arn(record.text("findingArn"))


def _is_compliance_change(record: Fields) -> bool:
    return record.text("messageType") == "ComplianceChangeNotification" or record.has(
        "configRuleName", "newEvaluationResult"
    )


CLOUDTRAIL_MARKS = ("userIdentity", "eventVersion", "eventID", "eventTime", "eventType")


def _is_cloudtrail(record: Fields) -> bool:
    """Its eventSource tells it from S3 and DynamoDB notifications, which borrow its other names."""
    if cloudtrail.is_insight(record):
        return True
    named = record.has("eventName") and not record.text("eventSource").startswith("aws:")
    return named and any(record.has(mark) for mark in CLOUDTRAIL_MARKS)


def _is_answer_of_analyzer(record: Fields) -> bool:
    return access_analyzer.is_finding(record.within("finding"))


def _is_report(record: Fields) -> bool:
    return isinstance(record.raw("report"), dict)


def _is_own(record: Fields) -> bool:
    return isinstance(record.raw(own.NAME), dict) and len(record.record) == 1


SHAPES: tuple[tuple[Callable[[Fields], bool], Reader, str], ...] = (
    (_is_report, report.read, "report"),
    (_is_own, own.read, own.NAME),
    (_is_asff, securityhub.read, ""),
    (ocsf.is_finding, ocsf.read, ""),
    (_is_inspector, inspector.read, ""),
    (_is_compliance_change, config.read, ""),
    (_is_guardduty, guardduty.read, ""),
    (macie.is_finding, macie.read, ""),
    (access_analyzer.is_finding, access_analyzer.read, ""),
    (_is_answer_of_analyzer, access_analyzer.read, "finding"),
    (cloudwatch.is_alarm, cloudwatch.read, ""),
    (_is_cloudtrail, cloudtrail.read, ""),
    (health.is_shape, health.read, ""),
    (cloudformation.is_shape, cloudformation.read, ""),
    (network_firewall.is_shape, network_firewall.read, ""),
    (incident_response.is_shape, incident_response.read, ""),
    (pointers.is_pointer, pointers.read, ""),
)
"""How a bare record is known, who reads it, and where in it the record stands."""

STRANGERS: tuple[tuple[str, Callable[[Fields], bool]], ...] = (
    ("a DynamoDB stream record", lambda r: r.text("eventSource") == "aws:dynamodb"),
    ("a Lambda event source record", lambda r: r.text("eventSource").startswith("aws:")),
    ("an OCSF event that is no finding", lambda r: r.has("class_uid", "metadata")),
    ("a custom Config rule's invocation", lambda r: r.has("invokingEvent")),
    ("a Config configuration item", lambda r: r.has("configurationItem")),
    ("a Config notification of another kind", lambda r: r.has("messageType", "recordVersion")),
    ("a recorded API answer", lambda r: r.has("status_code", "data")),
    ("a Kubernetes audit event", lambda r: r.text("apiVersion").startswith("audit.k8s.io")),
    ("a Kubernetes audit event", lambda r: r.has("auditID") or r.has("verb", "objectRef")),
    ("a WAF log record", lambda r: r.has("httpRequest", "webaclId")),
    ("a VPC flow log record", lambda r: r.has("srcAddr", "dstAddr")),
    ("a Route 53 Resolver query log record", lambda r: r.has("query_name", "query_type")),
    ("an S3 server access log record", lambda r: r.has("bucket", "requester")),
    ("an IAM policy document", lambda r: r.has("Version", "Statement")),
    ("an S3 server access log record", lambda r: r.has("bucket", "remoteip")),
    ("a resource's configuration", lambda r: r.has("ResourceType", "ResourceId")),
    ("a detection rule", lambda r: r.has("detection", "logsource")),
    ("an SNS subscription confirmation", lambda r: r.text("Type") == "SubscriptionConfirmation"),
)
"""What else is met on such queues, so that quarantine can call it by its name."""
