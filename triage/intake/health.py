"""AWS Health: account events, public events and abuse reports, from EventBridge or the API.

Shapes: Health user guide, "AWS Health events Amazon EventBridge schema"; Health API reference,
Event, EventDetails, OrganizationEventDetails. What is and is not a threat: health_types.py.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from triage.domain.json import Record
from triage.domain.ticket import Format, Source, SourceStatus, Subject, Ticket
from triage.intake import arn, health_types, identity
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import Incomplete, placed
from triage.intake.subjects import called

KIND = "an AWS Health event"
ABUSE = "AWS Health Abuse Event"
CODE = re.compile(r"\bAWS_[A-Z0-9]+(?:_[A-Z]+)+(?=_|/|$)")
"""The type code inside an event ARN, for records that name no other."""
KINDS: Mapping[str, str] = {
    "AKIA": "AWS::IAM::AccessKey",
    "ASIA": "AWS::IAM::AccessKey",
    "i-": "AWS::EC2::Instance",
    "vol-": "AWS::EC2::Volume",
    "sg-": "AWS::EC2::SecurityGroup",
    "vpc-": "AWS::EC2::VPC",
    "vpn-": "AWS::EC2::VPNConnection",
}
"""How the ids of some resources begin, and which CloudFormation types they are."""
ACCOUNT_KIND = "AWS::::Account"
ACCOUNT_ENTITY = "AWS_ACCOUNT"
"""The entity of an event about the whole account (Health API reference, AffectedEntity)."""
ACCOUNT_DIGITS = 12
PAGES_MAX = 1_000


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one event. Raises Unreadable without an ARN and a type code to know it by.

    All communications and pages of an event are one ticket: a page is a later version of its
    communication, and the subject of an event with several entities is the event itself.
    """
    event = Fields(_flat(record))
    event_arn = event.text("eventArn", "arn")
    type_ = event.text("eventTypeCode") or _code(event_arn)
    if not (event_arn or type_):
        raise Incomplete(KIND, "an ARN or a type code")
    account = _account(event) or delivery.account()
    placed(KIND, type_, account)
    told = event.time("lastUpdatedTime", "startTime")
    abuse = Fields(delivery.envelope).text("detail-type") == ABUSE
    judged = health_types.judge(event, type_, abuse=abuse)
    return Ticket(
        key=identity.health(event_arn, account, record),
        source=Source.HEALTH,
        format=Format.NATIVE,
        type=type_,
        finding_class=judged.finding_class,
        severity=judged.severity,
        account=account,
        region=_region(event, event_arn, delivery),
        subject=_subject(event, event_arn, account, delivery),
        title=_title(event, type_),
        occurred=delivery.or_now(event.time("startTime"), told),
        version=_version(event, delivery),
        status=_status(event),
        native_id=event_arn,
        product="aws/health",
        record=record,
        body=delivery.body,
    )


def is_shape(record: Fields) -> bool:
    """Whether a bare record is an event of AWS Health, as an event's detail or from the API."""
    event = Fields(_flat(record.record))
    named = ":health:" in event.text("eventArn", "arn")
    return (named and event.has("service")) or event.has("eventTypeCode", "eventTypeCategory")


def _flat(record: Record) -> Record:
    """DescribeEventDetails puts the event beside its description and its account."""
    event = record.get("event")
    return {**record, **event} if isinstance(event, Mapping) else record


def _code(event_arn: str) -> str:
    found = CODE.search(event_arn)
    return found[0] if found else ""


def _account(event: Fields) -> str:
    """The account it is about; the envelope's may be the organisation's own."""
    entities = {entity.text("awsAccountId") for entity in _entities(event)} - {""}
    alone = next(iter(entities)) if len(entities) == 1 else ""
    return event.text("affectedAccount", "awsAccountId") or alone


def _region(event: Fields, event_arn: str, delivery: Delivery) -> str | None:
    """Where it happens; the envelope says only where it was delivered, perhaps a backup Region."""
    return region_of(event.text("eventRegion", "region"), arn.region(event_arn), delivery.region())


def _entities(event: Fields) -> list[Fields]:
    return event.each("affectedEntities") or event.each("entities")


def _subject(event: Fields, event_arn: str, account: str, delivery: Delivery) -> Subject:
    ids = [e.text("entityArn", "entityValue") for e in _entities(event)]
    named = [id_ for id_ in ids if id_] or Fields(delivery.envelope).texts("resources")
    if len(named) != 1 or event.number("totalPages") not in {None, 1.0}:
        return called(event_arn or account, "")
    if named[0] == ACCOUNT_ENTITY:
        return called(account, ACCOUNT_KIND)
    return called(named[0], _kind(named[0]))


def _kind(id_: str) -> str:
    if len(id_) == ACCOUNT_DIGITS and id_.isdecimal():
        return ACCOUNT_KIND
    short = arn.short(id_)
    return next((kind for start, kind in KINDS.items() if short.startswith(start)), "")


def _title(event: Fields, type_: str) -> str:
    said = event.each("eventDescription")
    english = [d for d in said if d.text("language").startswith("en")] or said
    text = next((t for d in english if (t := d.text("latestDescription"))), "")
    line = text.replace("\\n", "\n").strip().partition("\n")[0]
    return f"{type_}: {line}" if line else type_


def _version(event: Fields, delivery: Delivery) -> datetime:
    """When this communication was written; each further page a microsecond later."""
    page = int(min(max(event.number("page") or 1, 1), PAGES_MAX))
    written = event.time("lastUpdatedTime") or delivery.time()
    return delivery.or_now(written + timedelta(microseconds=page - 1))


def _status(event: Fields) -> SourceStatus:
    closed = event.text("statusCode").lower() == "closed"
    return SourceStatus.RESOLVED if closed else SourceStatus.OPEN
