"""Past verdicts answered by the case store, everything else by the next evidence source."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from triage.domain.case import Case, EventKind
from triage.domain.evidence import Failed, Failure, Got, RawRead, Read
from triage.ports.case_store import CaseStore, Filter
from triage.ports.clock import Clock
from triage.ports.evidence_source import EvidenceSource

KIND, SOURCE = "history.verdicts", "past verdicts"
CASES_MAX = 500
"""Cases of one type in one account that are looked through; of more, half a history is none."""


class PastVerdicts:
    """The evidence source port: the store in front of the `following` source.

    The payload is `Verdicts`: every verdict that a person signed, on whichever case of the type and
    account, each with `verdict`, `by`, `at`, `case`, `subject` and `principal`. What the engine
    decided by itself is not among them.
    """

    def __init__(self, cases: CaseStore, clock: Clock, following: EvidenceSource) -> None:
        self._cases = cases
        self._clock = clock
        self._following = following

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        own = {read: self._answer(read) for read in reads if read.kind == KIND}
        others = [read for read in reads if read not in own]
        found = self._following.fetch(others, deadline=deadline, fresh=fresh) if others else {}
        return {**own, **found}

    def _answer(self, read: Read) -> RawRead:
        asked = self._clock.now()
        wanted = Filter(type=str(read.argument("type")), account=read.account, limit=CASES_MAX + 1)
        try:
            cases = self._cases.cases(wanted)
            if len(cases) > CASES_MAX:
                return Failed(failure=Failure.PARTIAL, detail=KIND)
            said = [one for case in cases for one in self._said(case)]
        except Exception as error:  # noqa: BLE001 - whatever database is behind it, it is an answer
            return Failed(failure=Failure.BROKEN, detail=f"{KIND}: {type(error).__name__}")
        return Got(payload={"Verdicts": said}, as_of=asked, source=SOURCE)

    def _said(self, case: Case) -> Iterator[dict[str, Any]]:
        for event in self._cases.events(case.id):
            if event.kind is EventKind.VERDICT_GIVEN:
                yield {
                    "verdict": str(event.data["verdict"]),
                    "by": event.data["by"],
                    "at": event.at.isoformat(),
                    "case": case.id,
                    "subject": case.headline.get("subject", ""),
                    "principal": case.headline.get("principal") or "",
                }
