"""Amazon Inspector findings: EventBridge, the API's list, and the copies other products tell.

Shapes: Inspector API reference, Finding; Inspector user guide, "Amazon EventBridge schema for
Amazon Inspector events" and "Integrating with AWS Security Hub". The delegated administrator and
the member both publish every finding, under one ARN; events are best effort.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from triage.domain.json import Record
from triage.domain.severity import Severity
from triage.domain.ticket import FindingClass, Format, Source, SourceStatus, Subject, Ticket
from triage.intake import arn, classes, identity, severities
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import Incomplete, placed
from triage.intake.subjects import called

KIND = "an Inspector finding"
PRODUCT = "aws/inspector"
SERVICE = "inspector2"
CVSS_SCALE = 10
PACKAGE, CODE, NETWORK = "PACKAGE_VULNERABILITY", "CODE_VULNERABILITY", "NETWORK_REACHABILITY"
STATES: Mapping[str, SourceStatus] = {
    "CLOSED": SourceStatus.RESOLVED,
    "SUPPRESSED": SourceStatus.SUPPRESSED,
}
DETAILS = (
    ("packageVulnerabilityDetails", PACKAGE),
    ("codeVulnerabilityDetails", CODE),
    ("networkReachabilityDetails", NETWORK),
)
"""Which part of a finding only findings of that type have."""
KINDS: Mapping[str, str] = {
    "AWS_EC2_INSTANCE": "AWS::EC2::Instance",
    "AWS_ECR_CONTAINER_IMAGE": "AWS::ECR::Image",
    "AWS_ECR_REPOSITORY": "AWS::ECR::Repository",
    "AWS_LAMBDA_FUNCTION": "AWS::Lambda::Function",
}
"""ResourceType in CloudFormation's words; machine images and other clouds have none."""
TOLD_AS = (
    ("network reachability", NETWORK),
    ("code vulnerabilit", CODE),
    ("vulnerabilities/cve", PACKAGE),
)
"""How the finding types of Security Hub's taxonomy end, to Inspector's own type."""


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one finding. Raises Unreadable without an ARN, or without both type and account."""
    finding = Fields(record)
    finding_arn = finding.text("findingArn")
    if not finding_arn:
        raise Incomplete(KIND, "an ARN")
    type_ = _type(finding)
    account = (
        finding.text("awsAccountId", "accountId") or arn.account(finding_arn) or delivery.account()
    )
    placed(KIND, type_, account)
    resource = next(iter(finding.each("resources")), Fields({}))
    return Ticket(
        key=identity.inspector(finding_arn),
        source=Source.INSPECTOR,
        format=Format.NATIVE,
        type=type_,
        finding_class=classes.of_inspector(type_),
        severity=_severity(finding),
        account=account,
        region=region_of(arn.region(finding_arn), resource.text("region"), delivery.region()),
        subject=_subject(resource),
        title=finding.text("title", "description"),
        occurred=delivery.or_now(finding.time("firstObservedAt", "lastObservedAt", "updatedAt")),
        # updatedAt alone moves with the status: lastObservedAt stays as it was.
        version=delivery.or_now(finding.time("updatedAt", "lastObservedAt", "firstObservedAt")),
        status=STATES.get(finding.text("status").upper(), SourceStatus.OPEN),
        native_id=finding_arn,
        product=PRODUCT,
        record=record,
        body=delivery.body,
    )


def _type(finding: Fields) -> str:
    told = (type_ for name, type_ in DETAILS if finding.within(name).record)
    return finding.text("type") or next(told, "")


def _severity(finding: Fields) -> Severity:
    """The label; UNTRIAGED is no label yet, which is medium. A CVSS score stands in for none."""
    stated = finding.text("severity")
    score = severities.of_number(finding.raw("inspectorScore"), scale=CVSS_SCALE)
    unlabelled = score if score and not stated else severities.UNSTATED
    return severities.of_word(stated) or unlabelled


def _subject(resource: Fields) -> Subject:
    id_ = resource.text("id")
    return called(id_, KINDS.get(resource.text("type"), ""))


def is_finding_arn(text: str) -> bool:
    """Whether this names a finding of today's Inspector; Classic's ids look otherwise."""
    return arn.parts(text)[2] == SERVICE


def native_type(types: Sequence[str]) -> str:
    """Find Inspector's own type behind Security Hub's taxonomy; "" when it does not show."""
    said = [told.lower() for told in types]
    return next((type_ for end, type_ in TOLD_AS if any(end in told for told in said)), "")


def from_asff(ticket: Ticket, finding: Fields) -> Ticket:
    """The same concern as the native finding: its key and class, told in ASFF.

    The type stays the GeneratorId, as for all of ASFF; the native telling, once there, says better.
    Inspector Classic (end of support 2026-05-20) names its findings otherwise and stays as it is.
    """
    finding_arn = finding.text("Id")
    if not is_finding_arn(finding_arn):
        return ticket
    types = finding.texts("Types") or finding.texts("FindingProviderFields.Types")
    type_ = native_type(types)
    told = finding.within("ProductFields").text("aws/inspector/FindingStatus").upper()
    first = finding.time("FirstObservedAt") or ticket.occurred
    return replace(
        ticket,
        key=identity.inspector(finding_arn),
        source=Source.INSPECTOR,
        finding_class=classes.of_inspector(type_) if type_ else FindingClass.POSTURE,
        occurred=min(first, ticket.occurred),
        status=ticket.status
        if ticket.status is not SourceStatus.OPEN
        else STATES.get(told, SourceStatus.OPEN),
    )
