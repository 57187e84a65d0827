"""What is intended with a close: one effect for every desk where its finding is closed too."""

from datetime import datetime

from triage.closing.catalogue import SAID, desks_of
from triage.closing.shape import AtSource
from triage.domain.case import Case, event_id
from triage.domain.effect import Effect
from triage.domain.json import Record
from triage.domain.ticket import Format, Source
from triage.domain.verdict import Verdict

CLOSE = "close"


def intend(at: AtSource | None, case: Case, said: Record, now: datetime) -> tuple[Effect, ...]:
    """One effect for every desk that knows the finding; none where nothing may be written.

    `said` is a Word without its id. The case is as it was before the event that closes it.
    """
    if at is None or Verdict(said["verdict"]) not in SAID:
        return ()
    known = desks_of(Source(case.headline["source"]), case.told)
    return tuple(
        _effect(case, desk, format_, said, now) for desk, format_ in known if desk in at.desks
    )


def _effect(case: Case, desk: str, format_: Format, said: Record, now: datetime) -> Effect:
    name = event_id(case.id, CLOSE, desk, case.version)
    word = {**said, "id": name, "case": case.id}
    return Effect(
        id=name,
        case=case.id,
        kind=CLOSE,
        data={"desk": desk, "format": format_, "word": word},
        due=now,
    )
