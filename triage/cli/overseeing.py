"""How the work stands: a page of sentences for people, a record for programs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from triage.adapters.system.clock import SystemClock
from triage.domain.errors import TriageError
from triage.domain.overview import Lease, Overview, Spent
from triage.ports.switches import ALL, Switch
from triage.wiring.bootstrap import opened_inbox, opened_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The overview, and the queue in front of it; None where the queue does not tell.

    `halted` are the switches that stop repairs: all of them, or those of a rule.
    """

    overview: Overview
    messages: int | None
    oldest: datetime | None
    halted: tuple[Switch, ...] = ()


def looked() -> Seen:
    """Look at store and inbox as the settings say."""
    now = SystemClock().now()
    with opened_store() as store, opened_inbox() as inbox:
        seen = store.overviews.look(now)
        halted = tuple(one for one in store.switches.all().values() if one.stopped)
        try:
            messages, oldest = inbox.depth(), inbox.oldest()
        except TriageError:
            return Seen(overview=seen, messages=None, oldest=None, halted=halted)
        return Seen(overview=seen, messages=messages, oldest=oldest, halted=halted)


def record(seen: Seen) -> Mapping[str, Any]:
    """Everything by name; ages in whole seconds, null where there is nothing to be old."""
    view = seen.overview
    return {
        "at": view.at.isoformat(),
        "halted": {one.name: _switch(one) for one in seen.halted},
        "inbox": {"messages": seen.messages, "oldest_seconds": _age(seen.oldest, view)},
        "due": {"cases": view.due, "oldest_seconds": _age(view.oldest_due, view)},
        "cases": dict(view.cases),
        "unanswered": dict(view.unanswered),
        "effects": dict(view.effects),
        "timers": dict(view.timers),
        "leases": [{**asdict(one), "until": one.until.isoformat()} for one in view.leases],
        "anchors": {
            "events": view.anchors.events,
            "appended_seconds": _age(view.anchors.appended, view),
            "exported": view.anchors.exported,
            "exported_seconds": _age(view.anchors.exported_at, view),
        },
        "per_hour": dict(view.per_hour),
        "budgets": [asdict(one) for one in view.spent],
    }


def sentences(seen: Seen) -> Mapping[str, Any]:
    """Say the same in lines."""
    view = seen.overview
    return {
        "at": view.at.isoformat(timespec="seconds"),
        **({"HALTED": [_stopped(one) for one in seen.halted]} if seen.halted else {}),
        "inbox": _inbox(seen),
        "due": f"{view.due} cases{_old(view.oldest_due, view)}",
        "cases": _counted(view.cases),
        "unanswered": _counted(view.unanswered),
        "effects": _counted(view.effects),
        "timers": _counted(view.timers),
        "leases": [_lease(one) for one in view.leases] or "none",
        "anchors": _anchors(view),
        "last hour": _counted(view.per_hour),
        "AWS, last minute": [_spent(one) for one in view.spent] or "nothing was asked",
    }


def _switch(switch: Switch) -> Mapping[str, Any]:
    return {"by": switch.by, "because": switch.because, "at": switch.at.isoformat()}


def _stopped(switch: Switch) -> str:
    what = "every repair" if switch.name == ALL else f"repairs of {switch.name}"
    return f"{what}, {switch.told}"


def _inbox(seen: Seen) -> str:
    if seen.messages is None:
        return "unknown: the queue does not tell"
    return f"{seen.messages} messages{_old(seen.oldest, seen.overview)}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def _age(since: datetime | None, view: Overview) -> int | None:
    return None if since is None else max(round((view.at - since).total_seconds()), 0)


def _old(since: datetime | None, view: Overview) -> str:
    return "" if since is None else f", the oldest for {_age(since, view)} s"


def _lease(lease: Lease) -> str:
    until = lease.until.isoformat(timespec="seconds")
    return f"{lease.owner} holds {lease.count} {lease.kind} until {until}"


def _anchors(view: Overview) -> str:
    anchors = view.anchors
    if not anchors.exported:
        return f"{anchors.events} events, no head exported"
    ago = _age(anchors.exported_at, view)
    return f"{anchors.events} events, {anchors.exported} of them under a head exported {ago} s ago"


def _spent(spent: Spent) -> str:
    place = f"{spent.api} in {spent.account} {spent.region}"
    refused = f", {spent.refused} refused" if spent.refused else ""
    return f"{place}: {spent.used} of {spent.allowed} calls{refused}"
