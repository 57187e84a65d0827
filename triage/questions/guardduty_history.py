"""How long has this been going on, and did the same happen to this resource before?

GuardDuty keeps findings for 90 days.
https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings.html
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.domain.ticket import Source
from triage.questions import about
from triage.questions.answers import known, payload, unanswered
from triage.questions.question import Asking, CannotAsk, Field, Question
from triage.questions.records.shape import dig, instant, records, text
from triage.questions.source.guardduty import ids_of, is_named

KEPT = timedelta(days=90)


def plan(asking: Asking) -> tuple[Read, ...]:
    """Every finding of this type in the account and Region. Raises CannotAsk for other sources."""
    ticket = asking.ticket
    if ticket.source is not Source.GUARDDUTY or not ticket.native_id:
        raise CannotAsk("the ticket is no GuardDuty finding")
    since = (ticket.version - KEPT).replace(microsecond=0)
    return (
        Read.of(
            "guardduty.history",
            about.account(asking),
            about.region(asking),
            type=ticket.type,
            since=since.isoformat(),
        ),
    )


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """A history in which the finding itself is missing is not this finding's."""
    if (answer := unanswered(reads)) is not None:
        return answer
    own_id = asking.ticket.native_id.rpartition("/")[2]
    found = records(payload(reads[0]), "Findings")
    own = next((one for one in found if text(one, "Id") == own_id), None)
    began, first, last, count = _seen(own)
    if began is None or first is None or last is None or count is None:
        return Unknown(reason="GuardDuty did not show this finding with its past")
    before = [one for one in found if (at := _created(one)) is not None and at < began]
    here = [one for one in before if _same(asking, one)]
    return known(
        reads,
        {
            "first_seen": first.isoformat(),
            "last_seen": last.isoformat(),
            "days": (last - first).days,
            "count": count,
            "earlier_here": len(here),
            "earlier": len(before),
            "explanation": _explain(count, (last - first).days, len(here)),
        },
    )


def _seen(finding: Any) -> tuple[Any, Any, Any, int | None]:
    """When it was made, first and last seen, and how often."""
    service = dig(finding, "Service")
    count = dig(service, "Count")
    whole = isinstance(count, int) and not isinstance(count, bool)
    seen = (instant(dig(service, name)) for name in ("EventFirstSeen", "EventLastSeen"))
    return (_created(finding), *seen, count if whole else None)


def _created(finding: Any) -> Any:
    return instant(dig(finding, "CreatedAt"))


def _same(asking: Asking, finding: Mapping[str, Any]) -> bool:
    subject = asking.ticket.subject.id
    return bool(subject) and is_named(subject, set(ids_of(dig(finding, "Resource"))))


def _explain(count: int, days: int, here: int) -> str:
    return f"seen {count} times over {days} days, {here} earlier findings of the kind here."


QUESTION = Question(
    name="guardduty.history",
    phrase="whether the same happened before",
    parameters={},
    answer={
        "first_seen": Field(type="time", meaning="when this finding was first seen"),
        "last_seen": Field(type="time", meaning="when it was last seen"),
        "days": Field(type="number", meaning="whole days between the two"),
        "count": Field(type="number", meaning="how often it was seen"),
        "earlier_here": Field(
            type="number", meaning="earlier findings of the type about this resource, in 90 days"
        ),
        "earlier": Field(type="number", meaning="earlier ones in the account and Region"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=3600,
    iam_actions=("guardduty:ListDetectors", "guardduty:ListFindings", "guardduty:GetFindings"),
    plan=plan,
    interpret=interpret,
    scarce=True,
)
