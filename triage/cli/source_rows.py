"""What people see of a case's close: how its finding stands at its source, and its probation."""

from collections.abc import Iterator, Mapping, Sequence

from triage.closing.catalogue import OPEN_BECAUSE, desks_of
from triage.domain.case import Case, CaseEvent, EventKind, Status
from triage.domain.effect import Effect, EffectStatus
from triage.domain.ticket import Source
from triage.engine.intending import CLOSE

OFF = "left open: switched off, or no role to write with; close it there by hand"
WORDS: Mapping[EffectStatus, str] = {
    EffectStatus.INTENDED: "not closed yet",
    EffectStatus.ABANDONED: "left open, given up",
}


def at_its_source(
    case: Case, events: Sequence[CaseEvent], effects: Sequence[Effect], on: frozenset[str]
) -> dict[str, object]:
    """Rows for a case's page; `on` are the desks where findings are closed."""
    closed = case.status is Status.CLOSED
    rows = {
        "at source": list(_sources(case, effects, on) if closed else _closed_there(events)),
        "probation": _probation(case, events),
    }
    return {name: value for name, value in rows.items() if value}


def _sources(case: Case, effects: Sequence[Effect], on: frozenset[str]) -> Iterator[str]:
    source = Source(case.headline["source"])
    known = [desk for desk, _ in desks_of(source, case.told)]
    told = {one.data["desk"]: one for one in reversed(effects) if one.kind == CLOSE}
    for desk in known:
        if desk in told:
            yield f"{desk}: {_outcome(told[desk])}"
        elif desk not in on:
            yield f"{desk}: {OFF}"
    if source in OPEN_BECAUSE and not known:
        yield f"nothing is written: {OPEN_BECAUSE[source]}"


def _closed_there(events: Sequence[CaseEvent]) -> Iterator[str]:
    """What an open case was once closed at: nothing of ours opens it there again."""
    closed = {one.data["desk"]: one.at for one in events if one.kind is EventKind.SOURCE_CLOSED}
    for desk, at in closed.items():
        yield f"{desk}: we closed it there at {at.isoformat(timespec='seconds')}; open it by hand"


def _outcome(effect: Effect) -> str:
    said = WORDS.get(effect.status)
    return f"{said} ({effect.outcome or 'not tried yet'})" if said else effect.outcome


def _probation(case: Case, events: Sequence[CaseEvent]) -> str:
    if case.watch is not None:
        back = case.watch["returned"]
        return f"it came back at {back}" if back else f"watched until {case.watch['until']}"
    returned = (case.decided or {}).get("returned")
    if returned:
        return str(returned["told"])
    looks = [one.data for one in events if one.kind is EventKind.WATCHED and one.data["final"]]
    return str(looks[-1]["says"]) if looks else ""
