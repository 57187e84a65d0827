"""Our own alarms: tampering with what keeps watch, a silence, a canary that did not come back.

The shape is this project's own:

    {"triage": {"concern", "id", "account", "region", "subject", "title", "told_at", ...}}

`concern` is a word of the table below, which says how bad that is; the message does not. `id` is
what the alarm is about: the same one again is the same alarm. Anyone who can write to the queue can
forge one, so it can only raise: it is a threat, open, and policy keeps it from every close.

A canary that came back is no ticket, `{"triage": {"canary": id}}`. It is met here only when nobody
sent it.
"""

from collections.abc import Mapping

from triage.domain.errors import Unreadable
from triage.domain.json import Record
from triage.domain.severity import Label, Severity
from triage.domain.ticket import FindingClass, Format, Source, Ticket
from triage.intake import identity
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import Incomplete
from triage.intake.subjects import called

NAME = "triage"
TAMPERING, SILENCE, CANARY, BLINDNESS = "tampering", "silence", "lost-canary", "blindness"
DEMOTION, WATCH = "licence-fell", "licence-watched"
SEVERITIES: Mapping[str, Label] = {
    TAMPERING: Label.CRITICAL,
    SILENCE: Label.HIGH,
    CANARY: Label.HIGH,
    BLINDNESS: Label.HIGH,
    DEMOTION: Label.HIGH,
    WATCH: Label.MEDIUM,
}


def type_of(concern: str) -> str:
    """Name the finding type of a concern; no vendor's begins like that."""
    return f"{NAME}:{concern}"


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read what stands under "triage". Raises Unreadable for what is no alarm of ours."""
    alarm = Fields(record)
    if alarm.has("canary"):
        raise Unreadable("a canary that nobody here sent")
    concern = alarm.text("concern")
    if concern not in SEVERITIES:
        raise Incomplete("an alarm of our own", f"one of {', '.join(SEVERITIES)} as its concern")
    subject = alarm.text("subject")
    when = delivery.or_now(alarm.time("told_at"))
    return Ticket(
        key=identity.own(concern, alarm.text("id"), record),
        source=Source.TRIAGE,
        format=Format.NATIVE,
        type=type_of(concern),
        finding_class=FindingClass.THREAT,
        severity=Severity.of(SEVERITIES[concern]),
        account=alarm.text("account") or delivery.account(),
        region=region_of(alarm.text("region"), delivery.region()),
        subject=called(subject),
        title=alarm.text("title") or type_of(concern),
        occurred=when,
        version=when,
        native_id=alarm.text("id"),
        product=NAME,
        record=record,
        body=delivery.body,
    )
