"""Canonical keys: one concern, one key, whatever format or account it arrived through.

Every constructor names what its choice rests on. Keys are injective: parts are escaped, so that
no two different lists of parts share a key, and hashed whole when they would be too long.
"""

from triage.domain.json import Record, canonical, digest
from triage.domain.ticket import CanonicalKey

KEY_CHARS_MAX = 512
PROWLER_PREFIX = "prowler-"
ESCAPES = (("%", "%25"), ("|", "%7C"))


def key(kind: str, *parts: str) -> CanonicalKey:
    """Join `parts` under `kind`; `kind` is one of ours and holds neither ":" nor "~"."""
    whole = f"{kind}:{'|'.join(map(_escaped, parts))}"
    # "~" appears after no kind otherwise, so a hashed key never meets a plain one.
    return CanonicalKey(
        whole if len(whole) <= KEY_CHARS_MAX else f"{kind}~{digest(whole.encode())}"
    )


def _escaped(part: str) -> str:
    for character, escape in ESCAPES:
        part = part.replace(character, escape)
    return part


def guardduty(finding_id: str) -> CanonicalKey:
    """GuardDuty keeps one finding id over all recurrences, and uses it in every format.

    GuardDuty user guide, "Processing findings with EventBridge"; aws-sdk Finding.Id.
    """
    return key("guardduty", finding_id)


def control(account: str, region: str | None, control_id: str, resource: str) -> CanonicalKey:
    """One control on one resource, whichever standards ask for it.

    Security Hub user guide, "Consolidated control findings": ids stay, titles change.
    """
    return key("control", account, region or "", control_id, resource)


def asff(product_arn: str, finding_id: str) -> CanonicalKey:
    """(ProductArn, Id) identifies a finding: AwsSecurityFindingIdentifier, Security Hub API."""
    return key("asff", product_arn, finding_id)


def inspector(finding_arn: str) -> CanonicalKey:
    """Both copies, the administrator's and the member's, carry one ARN (Inspector API, Finding).

    Security Hub keeps it as the finding's Id and as OCSF's finding_info.uid.
    """
    return key("inspector", finding_arn)


def ocsf(product: str, account: str, uid: str, resource: str) -> CanonicalKey:
    """(account, finding, product) identifies a finding: OcsfFindingIdentifier, Security Hub API."""
    return key("ocsf", product, account, uid, resource)


def prowler(account: str, region: str | None, check: str, resource: str) -> CanonicalKey:
    """Prowler's finding ids changed form between its versions; check and resource did not.

    Before version 4 an id ends in a hash of the resource that is cut to nine digits. In ASFF the
    check stands behind "prowler-", in OCSF it stands alone.
    """
    return key("prowler", account, region or "", check.removeprefix(PROWLER_PREFIX), resource)


def config_rule(
    account: str, region: str | None, rule: str, kind: str, resource: str
) -> CanonicalKey:
    """Config evaluates a rule per resource and names no finding: EvaluationResultQualifier."""
    return key("config", account, region or "", rule, kind, resource)


def macie(finding_id: str) -> CanonicalKey:
    """Macie keeps one id over all occurrences of a policy finding, and uses it in ASFF too.

    Macie API reference, Finding: "the unique identifier for the finding".
    """
    return key("macie", finding_id)


def access_analyzer(analyzer: str, finding_id: str) -> CanonicalKey:
    """(analyzer ARN, id): what GetFinding asks for. Every analyzer numbers its own findings."""
    return key("access-analyzer", analyzer, finding_id)


def alarm(alarm_arn: str) -> CanonicalKey:
    """An alarm is one concern, however often it changes state (CloudWatch, DescribeAlarms)."""
    return key("alarm", alarm_arn)


def cloudtrail(event_id: str, record: Record) -> CanonicalKey:
    """`eventID` is a GUID per event (CloudTrail record contents).

    A record without one is known by its own content, so that its copies still meet.
    """
    return key("cloudtrail", event_id) if event_id else _by_content("cloudtrail-record", record)


def report(reporter: str, report_id: str, record: Record) -> CanonicalKey:
    """The reporter's own number, under the reporter: nobody can write into another's case."""
    return key("report", reporter, report_id) if report_id else _by_content("report-text", record)


def health(event_arn: str, account: str, record: Record) -> CanonicalKey:
    """One event of AWS Health in one account: its ARN is shared by every account it concerns.

    Copies in a backup Region, later communications and further pages are tellings of the same
    event (Health user guide, "EventBridge schema": eventArn, communicationId, page). The API
    names neither communication nor page.
    """
    return key("health", event_arn, account) if event_arn else _by_content("health-event", record)


def stack(concern: str, *parts: str) -> CanonicalKey:
    """A stack or StackSet ARN and what about it: its drift, its last operation, one resource.

    A finished update says nothing about drift, so each concern is its own ticket.
    """
    return key(f"cloudformation-{concern}", *parts)


def firewall(account: str, region: str | None, name: str, *concern: str) -> CanonicalKey:
    """A firewall's name is unique in an account and Region (Network Firewall, CreateFirewall)."""
    return key("network-firewall", account, region or "", name, *concern)


def response_case(account: str, case_id: str) -> CanonicalKey:
    """The membership's account and the case's number, which together make its ARN."""
    return key("security-ir", account, case_id)


def own(concern: str, alarm_id: str, record: Record) -> CanonicalKey:
    """Our own alarms name what they are about; one without a name is known by its content."""
    return key("own", concern, alarm_id) if alarm_id else _by_content("own-text", record)


def _by_content(kind: str, record: Record) -> CanonicalKey:
    return key(kind, digest(canonical(record)))
