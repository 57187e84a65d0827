"""CloudTrail records: API calls and console sign-ins, over EventBridge, bare or from a trail file.

Shapes: CloudTrail user guide, "Record contents", "userIdentity element" and "Record contents for
Insights events for trails".
"""

from triage.domain.json import Record
from triage.domain.ticket import FindingClass, Format, Source, Subject, Ticket
from triage.intake import arn, identity
from triage.intake.calls import severity_of
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import placed
from triage.intake.subjects import called

KINDS = {
    "IAMUser": "AWS::IAM::User",
    "AssumedRole": "AWS::IAM::Role",
    "Role": "AWS::IAM::Role",
    "Root": "AWS::::Account",
}
"""userIdentity.type to the CloudFormation type of the principal."""
NAMES = (
    "arn",
    "sessionContext.sessionIssuer.arn",
    "invokedBy",
    "principalId",
    "userName",
    "onBehalfOf.userId",
    "accountId",
)
"""Where a userIdentity names whose hand it was, most exact first. The issuer is the role."""
INSIGHT = "AwsCloudTrailInsight"


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one event. Raises Unreadable without both an event name and an account."""
    event = Fields(record)
    type_ = type_of(event)
    account = account_of(event) or delivery.account()
    placed("a CloudTrail record", type_, account)
    event_id = _event_id(event)
    subject = principal_of(event)
    when = delivery.or_now(event.time("eventTime"))
    return Ticket(
        key=identity.cloudtrail(event_id, record),
        source=Source.CLOUDTRAIL,
        format=Format.NATIVE,
        type=type_,
        finding_class=FindingClass.THREAT,
        severity=severity_of(event),
        account=account,
        region=region_of(event.text("awsRegion"), delivery.region()),
        subject=subject,
        title=_title(type_, subject, event),
        occurred=when,
        version=when,
        principal=subject.id or None,
        native_id=event_id,
        product="aws/cloudtrail",
        record=record,
        body=delivery.body,
    )


def _event_id(event: Fields) -> str:
    """One id per event; the start and the end of an insight share theirs and are one concern."""
    shared = event.text("sharedEventID") if is_insight(event) else ""
    return shared or event.text("eventID")


def type_of(event: Fields) -> str:
    """`iam:CreateUser`; the bare event name when the record does not say whose it is.

    An Insights event speaks of a rate of calls, not of one: `insight:ApiCallRateInsight`.
    """
    if is_insight(event):
        return f"insight:{event.text('insightDetails.insightType', 'insightType') or 'unnamed'}"
    service = event.text("eventSource").partition(".")[0]
    name = event.text("eventName")
    return f"{service}:{name}" if service and name else name or service


def account_of(event: Fields) -> str:
    """Find where it happened, else whose principal did it."""
    who = event.within("userIdentity")
    return (
        event.text("recipientAccountId")
        or who.text("accountId", "sessionContext.sessionIssuer.accountId")
        or arn.account(who.text("arn"))
    )


def is_insight(event: Fields) -> bool:
    """Tell CloudTrail's own observation of unusual activity from a record of one call."""
    return event.text("eventType") == INSIGHT or bool(event.within("insightDetails").record)


def principal_of(event: Fields) -> Subject:
    """Who acted: its ARN, else the service it acts for, else the best of what is left."""
    who = event.within("userIdentity")
    id_ = who.text(*NAMES) or _mostly(event)
    kind = KINDS.get(who.text("type"), "") if id_ else ""
    return called(id_, kind, who.text("userName"))


def _mostly(event: Fields) -> str:
    """Who made most of the calls that an Insights event is about; it lists them by rate."""
    attributed = event.each("insightDetails.insightContext.attributions")
    by_whom = (a for a in attributed if a.text("attribute") == "userIdentityArn")
    callers = [caller for attribution in by_whom for caller in attribution.each("insight")]
    return next((name for caller in callers if (name := caller.text("value"))), "")


def _title(type_: str, subject: Subject, event: Fields) -> str:
    failed = event.text("errorCode", "errorMessage")
    return f"{type_} by {subject.name or 'someone unnamed'}" + (f" ({failed})" if failed else "")
