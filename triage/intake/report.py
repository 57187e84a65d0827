"""Human reports: anyone may write one, so every word of it may be an attacker's.

The shape is this project's own:

    {"report": {"id", "title", "text", "reporter", "account", "region", "subject", "severity",
                "type", "reported_at"}}

Only `title` is required. `severity` is a label or 0-100, `type` becomes "report:<type>" (nobody can
write a report that a playbook takes for a vendor's finding), and `id` is the reporter's own number
for it: the same one again is the same report, told anew.
"""

from triage.domain.json import Record
from triage.domain.ticket import FindingClass, Format, Source, Ticket
from triage.intake import arn, identity, severities
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import Incomplete
from triage.intake.subjects import called

TYPE = "report"


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read what stands under "report". Raises Unreadable without a title."""
    report = Fields(record)
    title = report.text("title")
    if not title:
        raise Incomplete("a report", "a title")
    subject = report.text("subject")
    when = delivery.or_now(report.time("reported_at"))
    return Ticket(
        key=identity.report(report.text("reporter"), report.text("id"), record),
        source=Source.REPORT,
        format=Format.NATIVE,
        type=_type(report.text("type")),
        finding_class=FindingClass.THREAT,
        severity=severities.of_word(report.raw("severity"))
        or severities.of_number(report.raw("severity"))
        or severities.UNSTATED,
        account=report.text("account") or arn.account(subject) or delivery.account(),
        region=region_of(report.text("region"), arn.region(subject), delivery.region()),
        subject=called(subject),
        title=title,
        occurred=when,
        version=when,
        native_id=report.text("id"),
        product=TYPE,
        record=record,
        body=delivery.body,
    )


def _type(stated: str) -> str:
    return f"{TYPE}:{stated}" if stated else TYPE
