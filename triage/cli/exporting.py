"""The record, written for others."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from triage.adapters.storage.codec import event_from
from triage.cli.show import line
from triage.domain.case import Case, CaseEvent, evolve, open_case
from triage.domain.errors import TriageError
from triage.domain.json import Record
from triage.ports.case_store import Chain
from triage.stages.export import as_stored, incident_finding
from triage.wiring.bootstrap import opened_store

Write = Callable[[Case, CaseEvent], Record]


class Unexportable(TriageError):
    """Somebody touched the record; what is left of it is no history."""

    def __init__(self, case: str, place: int) -> None:
        super().__init__(
            f"case {case}: event {place} cannot be read; `triage audit verify` says what is wrong"
        )


WRITERS: Mapping[str, Write] = {"jsonl": as_stored, "ocsf": incident_finding}


def export_events(written_as: str, since: datetime | None) -> None:
    """Write every event to stdout, case by case; never more than a page of cases in memory."""
    write = WRITERS[written_as]
    with opened_store() as store:
        for chain in store.cases.chains():
            for case, event in _told(chain):
                if since is None or event.at >= since:
                    line(write(case, event))


def _told(chain: Chain) -> Iterator[tuple[Case, CaseEvent]]:
    """Every event with the case as it was after it."""
    case = open_case(chain.key)
    for place, (_, body, _, _) in enumerate(chain.links, start=1):
        try:
            event = event_from(body)
            case = evolve(case, event)
        except (TriageError, ValueError, KeyError, TypeError) as error:
            raise Unexportable(chain.case, place) from error
        yield case, event
