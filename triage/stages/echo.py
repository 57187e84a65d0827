"""Our own update of a finding coming back as an event: known by the intent that was recorded.

Security Hub sends an event for every update, ours included, and moves no UpdatedAt. A telling is
an echo when we intended to write to that finding, it says what we wrote, and everything else in it
is as it was told before. Whatever says anything else is news.
https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchupdatefindings.html
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from triage.domain.case import CaseEvent, EventKind, case_id, event_id
from triage.domain.json import Record
from triage.domain.message import Admission, Reception
from triage.domain.ticket import Format, Source, SourceStatus, Ticket
from triage.questions.records.shape import dig, text
from triage.stages.dedup import telling

ECHO = "our own update of the finding, coming back; kept"


@dataclass(frozen=True, slots=True)
class Mark:
    """What our update of a finding leaves in its record.

    `fields` are those that it may change, each by its path; `worn` is whether it could be ours at
    all, which is asked of everything that comes in; `says` whether it says what we wrote, given the
    parameters of a call that was intended.
    """

    fields: tuple[tuple[str, ...], ...]
    worn: Callable[[Record], bool]
    says: Callable[[Record, Record], bool]


def _resolved(record: Record, wrote: Record) -> bool:
    ours = dig(wrote, "UserDefinedFields") or {}
    theirs = dig(record, "UserDefinedFields") or {}
    status = text(record, "Workflow", "Status") == text(wrote, "Workflow", "Status")
    return status and all(dig(theirs, name) == value for name, value in ours.items())


def _second(record: Record, wrote: Record) -> bool:
    said = dig(wrote, "Comment")
    return dig(record, "status_id") == dig(wrote, "StatusId") and (
        said is None or dig(record, "comment") == said
    )


def _archived(record: Record, wrote: Record) -> bool:
    return dig(record, "service", "archived") is True and "Feedback" not in wrote


MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "securityhub": Mark(
            (
                ("Workflow",),
                ("WorkflowState",),
                ("Note",),
                ("UserDefinedFields",),
                ("ProcessedAt",),
            ),
            # Controls that pass are resolved by the thousand, and bear no word of anybody.
            lambda record: bool(dig(record, "UserDefinedFields") or dig(record, "Note")),
            _resolved,
        ),
        "securityhub_v2": Mark(
            (
                ("status",),
                ("status_id",),
                ("comment",),
                ("activity_id",),
                ("activity_name",),
                ("type_uid",),
                ("type_name",),
            ),
            lambda record: bool(text(record, "comment")),
            _second,
        ),
        "guardduty": Mark(
            (("updatedAt",), ("service", "archived"), ("service", "userFeedback")),
            lambda record: dig(record, "service", "archived") is True,
            _archived,
        ),
        "access_analyzer": Mark(
            (("status",), ("updatedAt",)),
            lambda record: bool(text(record, "status")),
            lambda record, wrote: text(record, "status") == text(wrote, "status"),
        ),
    }
)
"""By the desk that was told (closing/catalogue.py)."""
NATIVELY: Mapping[Source, str] = MappingProxyType(
    {Source.GUARDDUTY: "guardduty", Source.ACCESS_ANALYZER: "access_analyzer"}
)
COPIED: Mapping[Format, str] = MappingProxyType(
    {Format.ASFF: "securityhub", Format.OCSF: "securityhub_v2"}
)


def desk_of(ticket: Ticket) -> str:
    """The desk whose update could have made this telling; "" where nothing of ours could."""
    if ticket.status is SourceStatus.OPEN:
        return ""
    native = ticket.format is Format.NATIVE
    desk = NATIVELY.get(ticket.source, "") if native else COPIED.get(ticket.format, "")
    return desk if desk and MARKS[desk].worn(ticket.record) else ""


def written(events: Iterable[CaseEvent], desk: str) -> tuple[Record, ...]:
    """The parameters of every call that was ever intended at a desk: the write ledger."""
    intended = (one.data for one in events if one.kind is EventKind.SOURCE_INTENDED)
    return tuple(
        write["parameters"] for data in intended if data["desk"] == desk for write in data["writes"]
    )


def echoes(ticket: Ticket, before: Record, wrote: Iterable[Record]) -> bool:
    """Whether a telling is `before`, the record told last, with what we wrote and nothing else."""
    mark = MARKS[desk_of(ticket)]
    alike = _without(ticket.record, mark.fields) == _without(before, mark.fields)
    return alike and any(mark.says(ticket.record, one) for one in wrote)


def _without(record: Record, fields: Iterable[tuple[str, ...]]) -> Any:
    left: dict[str, Any] = dict(record)
    for head, *rest in fields:
        if not rest:
            left.pop(head, None)
        elif isinstance(inner := left.get(head), Mapping):
            left[head] = _without(inner, [tuple(rest)])
    return left


def admit_echo(ticket: Ticket, received: datetime) -> Admission:
    """Keep it in its case, which it changes in nothing."""
    event = CaseEvent(
        id=event_id(case_id(ticket.key), EventKind.ECHOED, ticket.format, ticket.body),
        kind=EventKind.ECHOED,
        at=received,
        data=telling(ticket, received),
    )
    return Admission(reception=Reception.OWN_WRITE, event=event, due=False, reason=ECHO)
