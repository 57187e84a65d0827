"""Our own change coming back as an event: known by the intent that was recorded before it.

Role, session, call, resource and time must all match. Whatever the engine's role does without an
intent is not ours: somebody else holds its credentials.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from triage.domain.account import Organisation
from triage.domain.case import CaseEvent, EventKind, case_id, event_id
from triage.domain.effect import Effect
from triage.domain.message import Admission, Reception
from triage.domain.severity import Label
from triage.domain.ticket import Source, Ticket
from triage.stages.dedup import telling
from triage.stages.never_close import ours

APPLY = "apply"
"""Effects of this kind write to AWS.

Their data names the `repair`, `role` (ARN), `session` (the case's id) and `writes`: each a `call`
(service:Name) and its `parameters` (the request's, resource included, as CloudTrail spells them).
"""
TRANSPORT = frozenset({"Host", "host", "xmlns", "x-amz-expected-bucket-owner"})
"""What CloudTrail adds to some services' parameters: how it was asked, and nothing of what."""
DEFAULTS: Mapping[str, Any] = MappingProxyType({"allowMajorVersionUpgrade": False})
"""What RDS is logged with although nobody asked for it: only so does it say nothing."""
NOTHING: tuple[Any, ...] = ("", {}, [], None)
"""It also names parameters that were left out."""
OURS = "our own change, as it was intended"
EARLY, LATE = timedelta(minutes=1), timedelta(minutes=15)
"""Clocks differ before; retries and CloudTrail's own second come after."""


def by_engine(ticket: Ticket, organisation: Organisation) -> bool:
    """Whether the engine's own role made a change, going by who CloudTrail says it was."""
    changed = ticket.severity.label is not Label.INFORMATIONAL
    by_us = ours(ticket.principal or "", organisation.engine_roles)
    return ticket.source is Source.CLOUDTRAIL and changed and by_us


def session_of(ticket: Ticket) -> str:
    """The session's name, which is the id of the case it was opened for; "" without one."""
    principal = ticket.principal or ""
    return principal.rpartition("/")[2] if ":assumed-role/" in principal else ""


def admit_own(ticket: Ticket, received: datetime) -> Admission:
    """Keep it as a case of its own that nobody has to look at."""
    event = CaseEvent(
        id=event_id(case_id(ticket.key), EventKind.OWN_WRITE, ticket.body),
        kind=EventKind.OWN_WRITE,
        at=received,
        data=telling(ticket, received),
    )
    return Admission(reception=Reception.OWN_WRITE, event=event, due=False, reason=OURS)


def intended(ticket: Ticket, effects: Iterable[Effect], events: Iterable[CaseEvent]) -> bool:
    """Whether exactly this change was intended, right before it was made.

    An effect is tried again and its time moves on; each of its calls is recorded before it is made.
    """
    meant = {
        event.data["repair"]
        for event in events
        if event.kind is EventKind.INTENDED
        and event.data["call"] == ticket.type
        and _follows(ticket, event)
    }
    return any(_is(ticket, effect) and effect.data["repair"] in meant for effect in effects)


def intended_at_source(ticket: Ticket, events: Iterable[CaseEvent]) -> bool:
    """Whether exactly this call was intended to close a finding where it came from."""
    return any(
        _makes(ticket, write)
        for event in events
        if event.kind is EventKind.SOURCE_INTENDED and _follows(ticket, event)
        for write in event.data["writes"]
    )


def _is(ticket: Ticket, effect: Effect) -> bool:
    data = effect.data
    return (
        effect.kind == APPLY
        and data["session"] == session_of(ticket)
        and ours(ticket.principal or "", frozenset({data["role"]}))
        and any(_makes(ticket, write) for write in data["writes"])
    )


def _follows(ticket: Ticket, intent: CaseEvent) -> bool:
    return intent.at - EARLY <= ticket.occurred <= intent.at + LATE


def _makes(ticket: Ticket, write: Mapping[str, Any]) -> bool:
    return bool(write["call"] == ticket.type) and _same(ticket, write["parameters"])


def _same(ticket: Ticket, parameters: Mapping[str, Any]) -> bool:
    """Whether the call changed exactly what was intended, and nothing besides."""
    told = ticket.record.get("requestParameters")
    return isinstance(told, Mapping) and _plain(told) == _plain(parameters)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        # Services disagree about the case of the first letter; CloudTrail about services.
        inside = {
            name[:1].lower() + name[1:]: _plain(one)
            for name, one in value.items()
            if _says(name, one)
        }
        return {name: one for name, one in inside.items() if one not in NOTHING}
    if isinstance(value, list):
        # S3 is logged with `policy: ""`, and in older records with `policy: [""]`.
        return [plain for one in value if (plain := _plain(one)) not in NOTHING]
    return value


def _says(name: str, value: Any) -> bool:
    return name not in TRANSPORT and not (name in DEFAULTS and value == DEFAULTS[name])
