"""IAM Access Analyzer findings: over EventBridge, from both generations of its API, and in ASFF.

Shapes: IAM user guide, "Monitoring IAM Access Analyzer with EventBridge" and "Integration with
Security Hub"; Access Analyzer API reference, Finding, FindingSummary, FindingSummaryV2,
GetFindingV2. An analyzer states no severity: the table below does.

`native_id` is `<analyzer ARN>/<id>`, the pair that GetFinding takes; the id alone where no analyzer
is named.

Types that playbooks match: `ExternalAccess:AWS::S3::Bucket`, `InternalAccess:AWS::S3::Bucket` (the
finding type and the resource's), and, each about IAM users and roles only, `UnusedIAMRole`,
`UnusedIAMUserAccessKey`, `UnusedIAMUserPassword`, `UnusedPermission`. Where a finding about unused
access does not say which, it is `UnusedAccess`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from triage.domain.json import Record
from triage.domain.severity import Label, Severity
from triage.domain.ticket import FindingClass, Format, Source, SourceStatus, Ticket
from triage.intake import arn, identity
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.guardduty import subject
from triage.intake.incomplete import Incomplete, placed

KIND = "an IAM Access Analyzer finding"
PRODUCT = "aws/access-analyzer"
EXTERNAL, INTERNAL, UNUSED = "ExternalAccess", "InternalAccess", "UnusedAccess"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a finding type states, and how bad that is by itself."""

    finding_class: FindingClass
    severity: Label


MEANINGS: Mapping[str, Meaning] = {
    EXTERNAL: Meaning(FindingClass.EXPOSURE, Label.MEDIUM),
    INTERNAL: Meaning(FindingClass.EXPOSURE, Label.MEDIUM),
    UNUSED: Meaning(FindingClass.POSTURE, Label.MEDIUM),
    # A credential that nobody misses is one that nobody watches.
    "UnusedIAMUserAccessKey": Meaning(FindingClass.POSTURE, Label.MEDIUM),
    "UnusedIAMUserPassword": Meaning(FindingClass.POSTURE, Label.MEDIUM),
    "UnusedIAMRole": Meaning(FindingClass.POSTURE, Label.LOW),
    "UnusedPermission": Meaning(FindingClass.POSTURE, Label.LOW),
}
"""API reference, FindingSummaryV2 findingType. A type that is not here is a threat, of medium."""
UNLISTED = Meaning(FindingClass.THREAT, Label.MEDIUM)
PUBLIC = Severity.of(Label.HIGH)
EVENTS = {
    "Access Analyzer Finding": EXTERNAL,
    "Internal Access Finding": INTERNAL,
    "Unused Access Finding for IAM entities": UNUSED,
}
"""Events about external access carry no findingType; their detail-type says it."""
WITH_RESOURCE = frozenset({EXTERNAL, INTERNAL})
STATUSES = {"ARCHIVED": SourceStatus.SUPPRESSED, "RESOLVED": SourceStatus.RESOLVED}


def is_finding(record: Fields) -> bool:
    """Know a bare finding by what only an analyzer writes together."""
    owned = record.has("analyzedAt", "resourceType", "status")
    return owned and record.has("resource") and bool(record.text("id", "findingId"))


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one finding. Raises Unreadable without an id, or without both account and type."""
    finding = Fields(record)
    finding_id = finding.text("id", "findingId")
    if not finding_id:
        raise Incomplete(KIND, "an id")
    analyzer = _analyzer(finding, delivery)
    kind = _kind(finding, delivery)
    meaning = MEANINGS.get(kind, UNLISTED)
    resource = finding.text("resource")
    account = _account(finding, kind, analyzer, delivery)
    placed(KIND, kind, account)
    told = finding.time("updatedAt", "createdAt")
    return Ticket(
        key=identity.access_analyzer(analyzer, finding_id),
        source=Source.ACCESS_ANALYZER,
        format=Format.NATIVE,
        type=_type(kind, finding.text("resourceType")),
        finding_class=meaning.finding_class,
        severity=PUBLIC if _is_public(finding) else Severity.of(meaning.severity),
        account=account,
        region=region_of(
            finding.text("region"), arn.region(resource), arn.region(analyzer), delivery.region()
        ),
        subject=subject(resource, finding.text("resourceType")),
        title=_title(finding, kind),
        occurred=delivery.or_now(finding.time("createdAt"), told),
        version=delivery.or_now(told),
        status=_status(finding),
        native_id=f"{analyzer}/{finding_id}" if analyzer else finding_id,
        product=PRODUCT,
        record=record,
        body=delivery.body,
    )


def _analyzer(finding: Fields, delivery: Delivery) -> str:
    """Name the analyzer: an event's only resource; the API's answers leave it to the question."""
    named = [finding.text("analyzerArn"), *Fields(delivery.envelope).texts("resources")]
    return next((one for one in named if ":analyzer/" in one), "")


def _kind(finding: Fields, delivery: Delivery) -> str:
    told = EVENTS.get(Fields(delivery.envelope).text("detail-type"), EXTERNAL)
    return finding.text("findingType") or told


def _account(finding: Fields, kind: str, analyzer: str, delivery: Delivery) -> str:
    """Whose resource it is.

    The user guide calls an internal finding's accountId the principal's, its examples the
    resource's. Where the two differ by nature, only what cannot be the principal's counts.
    """
    stated, of_resource = finding.text("accountId"), arn.account(finding.text("resource"))
    across = kind == INTERNAL and finding.text("accessType") == "INTRA_ORG"
    if across and stated == finding.text("principalOwnerAccount"):
        return finding.text("resourceOwnerAccount") or of_resource
    return (
        finding.text("resourceOwnerAccount")
        or ((of_resource or stated) if kind == INTERNAL else (stated or of_resource))
        or arn.account(analyzer)
        or delivery.account()
    )


def _type(kind: str, resource_type: str) -> str:
    return f"{kind}:{resource_type}" if kind in WITH_RESOURCE and resource_type else kind


def _is_public(finding: Fields) -> bool:
    within = [one.within("externalAccessDetails") for one in finding.each("findingDetails")]
    return finding.flag("isPublic") or any(one.flag("isPublic") for one in within)


def _status(finding: Fields) -> SourceStatus:
    """What it says, but open while the analyzer could not look.

    `isDeleted` changes nothing: a finding is also deleted along with its analyzer.
    """
    if finding.text("error"):
        return SourceStatus.OPEN
    return STATUSES.get(finding.text("status").upper(), SourceStatus.OPEN)


def _title(finding: Fields, kind: str) -> str:
    before, after = SENTENCES.get(kind, (f"{kind} on ", ""))
    failed = finding.text("error")
    noted = f" (it could not be analyzed: {failed})" if failed else ""
    gone = " (the finding is deleted)" if finding.flag("isDeleted") else ""
    return f"{before}{finding.text('resource') or 'something unnamed'}{after}{noted}{gone}"


SENTENCES = {
    EXTERNAL: ("", " can be reached from outside the zone of trust"),
    INTERNAL: ("", " can be reached from inside the organization"),
    UNUSED: ("", " has access it does not use"),
    "UnusedIAMUserAccessKey": ("", " has an access key it does not use"),
    "UnusedIAMUserPassword": ("", " has a password it does not use"),
    "UnusedIAMRole": ("Nobody uses ", ""),
    "UnusedPermission": ("", " has permissions it does not use"),
}
"""What stands before and after the resource."""

ASFF_TYPES = {"ExternalAccessGranted": EXTERNAL, "InternalAccessGranted": INTERNAL}
"""The last part of an ASFF type, spaces left out; those of unused access are the types' names."""
DATA_EXPOSURE = "Effects/Data Exposure/"
"""How ASFF types of findings about public access begin."""


def retold(ticket: Ticket, finding: Fields, _native_type: str) -> Ticket:
    """The same concern told in ASFF, whose Id names the analyzer and the resource only.

    The finding's own id ends its SourceUrl; without one the identity stays the ASFF one. Here
    Security Hub states a severity; only what is public counts for more.
    """
    types = finding.texts("Types") or finding.texts("FindingProviderFields.Types")
    kind = _kind_of_asff(types)
    meaning = MEANINGS.get(kind, UNLISTED)
    public = any(one.startswith(DATA_EXPOSURE) for one in types)
    analyzer, finding_id = analyzer_of(ticket.native_id), _id_in(finding.text("SourceUrl"))
    known = bool(analyzer and finding_id)
    return replace(
        ticket,
        key=identity.access_analyzer(analyzer, finding_id) if known else ticket.key,
        source=Source.ACCESS_ANALYZER,
        type=_type(kind, ticket.subject.kind) or ticket.type,
        finding_class=meaning.finding_class,
        severity=max(ticket.severity, PUBLIC) if public else ticket.severity,
    )


def _kind_of_asff(types: list[str]) -> str:
    last = next((one.rsplit("/", 1)[-1].replace(" ", "") for one in types), "")
    return ASFF_TYPES.get(last, last if last in MEANINGS else "")


def analyzer_of(asff_id: str) -> str:
    """Cut the analyzer's ARN out of an ASFF Id: `<analyzer ARN>/<resource>`."""
    before, mark, name = asff_id.partition(":analyzer/")
    return f"{before}{mark}{name.partition('/')[0]}" if mark else ""


def _id_in(url: str) -> str:
    """`…/access-analyzer/home?region=…#/findings/details/<id>`."""
    path = url.partition("#/findings/")[2].removeprefix("details/")
    return path.partition("?")[0]
