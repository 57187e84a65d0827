"""CloudWatch: DescribeAlarms by name.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
"""

from collections.abc import Mapping
from typing import Any

from triage.domain.evidence import Read
from triage.domain.ticket import Ticket
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import records, text
from triage.questions.source.shape import OPEN, Desk, Said


def read(asking: Asking) -> Read:
    """Ask for the alarm by its name: alarms have no other key."""
    name = asking.ticket.native_id.partition(":alarm:")[2]
    if not name:
        raise CannotAsk("the ticket names no alarm")
    return Read.of(
        "cloudwatch.describe_alarms", about.account(asking), about.region(asking), alarm=name
    )


def said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    """The alarm exists. Its state is no status: OK means a number fell, not that it is over."""
    alarms = [*records(found, "MetricAlarms"), *records(found, "CompositeAlarms")]
    named = [one for one in alarms if text(one, "AlarmArn") == ticket.native_id]
    if len(named) != 1:
        return None
    return Said(
        status=OPEN,
        severity=ticket.severity.score,
        sample=False,
        updated=text(named[0], "StateUpdatedTimestamp"),
    )


DESK = Desk(read, said)
IAM_ACTIONS = ("cloudwatch:DescribeAlarms",)
