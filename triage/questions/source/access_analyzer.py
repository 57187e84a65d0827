"""IAM Access Analyzer: GetFindingV2 by analyzer and id.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingV2.html
"""

import re
from collections.abc import Mapping
from typing import Any

from triage.domain.evidence import Read
from triage.domain.ticket import Ticket
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import text
from triage.questions.source.shape import OPEN, RESOLVED, SUPPRESSED, Desk, Said

STATUSES = {"ARCHIVED": SUPPRESSED, "RESOLVED": RESOLVED}
ANALYZER = re.compile(
    r"^arn:[^:]+:access-analyzer:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):analyzer/[\w.-]+$"
)


def read(asking: Asking) -> Read:
    """Ask where the analyzer is: an organization's is not in the account the finding is about."""
    about.account(asking)
    analyzer, _, finding = asking.ticket.native_id.rpartition("/")
    place = ANALYZER.match(analyzer)
    if place is None:
        raise CannotAsk("the ticket does not name its analyzer")
    return Read.of(
        "accessanalyzer.get_finding_v2",
        place["account"],
        place["region"],
        analyzer=analyzer,
        finding=finding,
    )


def said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    """The finding, if it is the same kind of finding about the same resource.

    One that the analyzer could not analyze says nothing of its status: it stays open.
    """
    if any(text(found, name) != told for name, told in _told(ticket).items()):
        return None
    status = STATUSES.get(text(found, "status"), OPEN)
    return Said(
        status=OPEN if text(found, "error") else status,
        severity=ticket.severity.score,
        sample=False,
        updated=text(found, "updatedAt"),
        began=text(found, "createdAt"),
    )


def _told(ticket: Ticket) -> Mapping[str, str]:
    return {
        "id": ticket.native_id.rpartition("/")[2],
        "resource": ticket.subject.id,
        "resourceOwnerAccount": ticket.account,
        "findingType": ticket.type.partition(":")[0],
    }


DESK = Desk(read, said)
IAM_ACTIONS = ("access-analyzer:GetFinding",)
