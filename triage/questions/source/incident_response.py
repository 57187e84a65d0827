"""Security Incident Response: GetCase by the case's id, in the membership's account.

https://docs.aws.amazon.com/security-ir/latest/APIReference/API_GetCase.html
"""

import re
from collections.abc import Mapping
from typing import Any

from triage.domain.evidence import Read
from triage.domain.ticket import Ticket
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import text
from triage.questions.source.shape import OPEN, RESOLVED, Desk, Said

CASE = re.compile(
    r"^arn:[^:]+:security-ir:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):case/(?P<case>\d{10,32})$"
)
CLOSED = "Closed"


def read(asking: Asking) -> Read:
    """Ask where the ARN says the case is. Raises CannotAsk without one."""
    place = CASE.match(asking.ticket.native_id)
    if place is None:
        raise CannotAsk("the ticket does not give its case's ARN")
    return Read.of("security-ir.get_case", place["account"], place["region"], case=place["case"])


def said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    """The case of that ARN. Closed is what people there decided; it proves nothing here."""
    if text(found, "caseArn") != ticket.native_id:
        return None
    return Said(
        status=RESOLVED if text(found, "caseStatus") == CLOSED else OPEN,
        severity=ticket.severity.score,
        sample=False,
        updated=text(found, "lastUpdatedDate"),
    )


DESK = Desk(read, said)
IAM_ACTIONS = ("security-ir:GetCase",)
